# Archives of every format and compression give the same documents; each origin gives its file back.
long=$(printf 'deep/%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22)
mkdir -p "repo/$long" repo/vendor
printf 'Permission to use, copy, modify, and/or distribute this software for any purpose with or\n' >repo/COPYING
printf 'without fee is hereby granted, provided that the above copyright notice\n' >>repo/COPYING
printf 'package main\n' >repo/main.go
printf 'print("深")\n' >"repo/${long}names.py"
printf 'x\n' >repo/vendor/v.go
ln -s main.go repo/link.go
members="repo/main.go repo/COPYING repo/deep repo/link.go repo/vendor"
for format in gnu pax; do
    tar --format=$format -cf $format.tar $members
    weir ingest --from github -q --rejects $format.rej $format.tar -o $format.jsonl
    sed 's/.*"text":"\([^"]*\)\(\\"\|"\).*"offset":\([0-9]*\),"length":\([0-9]*\).*/\3 \4/' $format.jsonl |
        while read -r at n; do
            tail -c +$((at + 1)) $format.tar | head -c "$n"
        done >$format.back
    cat repo/main.go repo/COPYING "repo/${long}names.py" | cmp - $format.back
    sed 's/"origin".*//' $format.jsonl >$format.docs
done
cmp gnu.docs pax.docs
sed 's/.*"code_lang"/"code_lang"/; s/\(deep\/\)*names/deep names/; s/,$//' gnu.docs
sed 's/.*\("reason".*\),"file".*/\1/' gnu.rej
for tool in gzip bzip2 xz zstd; do
    $tool -q -c gnu.tar >gnu.tar.$tool
    weir ingest --from github -q gnu.tar.$tool | sed 's/"origin".*//' | cmp - gnu.docs
done
cat gnu.tar pax.tar | weir ingest --from github -q - | sed 's/"origin".*//' >two
cat gnu.docs gnu.docs | cmp - two
# Half an archive is an error, and no output appears.
head -c 2000 gnu.tar >half.tar
code=0
weir ingest --from github half.tar -o half.jsonl 2>err || code=$?
echo "exit $code: $(sed 's/byte [0-9]*/byte N/' err | head -n 1)"
ls half.jsonl 2>/dev/null || true
