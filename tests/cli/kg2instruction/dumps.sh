# Every form of a dump gives the same file: array, lines, objects over many lines, compressed, a pipe, two files, any
# order; so do any threads and any memory that does not hold it.
raw=$SRC/samples/raw
weir-kg2instruction build -q "$raw/wikidata.json" -o one
sed -e '/^[][]$/d' -e 's/,$//' "$raw/wikidata.json" >lines
weir-kg2instruction build -q lines -o two
cmp one two
sed '1s/^\[$/[/; 1!s/^/ /' "$raw/wikidata.json" | tr -d '\n' | sed 's/},  *{"type":"\(item\|property\)","id"/},\n{"type":"\1","id"/g' >joined
weir-kg2instruction build -q joined -o two
cmp one two
sed -e 's/^{"type"/{\n"type"/' -e 's/"claims":/"claims":\n/' "$raw/wikidata.json" >broken
weir-kg2instruction build -q broken -o two
cmp one two
for c in gzip bzip2 'zstd -q' xz; do
    $c <"$raw/wikidata.json" | weir-kg2instruction build -q - -o two
    cmp one two
done
head -n 30 lines >a
tail -n +31 lines >b
weir-kg2instruction build -q b a -o two
cmp one two
sh "$SRC/tests/entities.sh" 20000 >many
weir-kg2instruction build -q -j 1 -m 2G --rejects r1 many -o m1
for o in "-j 3 -m 2G" "-j 2 -m 64M" "-j 1 -m 56M"; do
    # shellcheck disable=SC2086
    weir-kg2instruction build -q $o --rejects r2 many -o m2
    cmp m1 m2
    cmp r1 r2
done
grep -c duplicate r1
weir-kg2instruction check m1
