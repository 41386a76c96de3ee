# A stage that streams takes the same memory for ten times the input, and stays below -m.
set -eu
case ${BUILD##*/} in *asan* | *tsan*) echo "sanitizers keep memory of their own"; exit 77 ;; esac
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || { echo "no samples/tokenizer.model"; exit 77; }
sh "$SRC/tests/documents.sh" 3000 >docs
weir tokenize -q --model "$model" docs >tok
weir chunker -q -n 128 tok >chunk

copies() { for _ in 1 2 3 4 5; do for _ in $(seq "$2"); do cat "$1"; done; done; }
peak() { sed -n 's/.*"peak_memory":\([0-9]*\).*/\1/p' ledger; rm ledger; }

# NAME INPUT COMMAND…
same_peak()
{
    name=$1 input=$2
    shift 2
    copies "$input" 2 >few
    copies "$input" 16 >many
    "$@" -q -j 2 -m 96M --ledger ledger few
    small=$(peak)
    "$@" -q -j 2 -m 96M --ledger ledger many
    large=$(peak)
    echo "$name: $small bytes for $(wc -c <few), $large bytes for $(wc -c <many)"
    [ "$large" -le $((small + small / 5 + 2000000)) ]
    [ "$large" -le $((96 << 20)) ]
}
same_peak ingest docs weir ingest --from jsonl -o /dev/null
same_peak filters docs weir filters --preset knowlm-zh -o /dev/null
same_peak chunker tok weir chunker -n 128 -o /dev/null
same_peak indexer chunk weir indexer -o set

# Large records, some of them nothing but structure, and more threads than they leave room for.
awk 'BEGIN { ones = ",1"; words = "河水流过堰坝 "
             for (i = 0; i < 18; i++) { ones = ones ones; if (i < 17) words = words words }
             for (i = 0; i < 24; i++)
                 if (i % 3) printf "{\"id\":\"%d\",\"text\":\"%d short\",\"a\":[1%s]}\n", i, i, ones
                 else printf "{\"id\":\"%d\",\"text\":\"%d %s\"}\n", i, i, words }' >large
within() # INPUT COMMAND…
{
    input=$1
    shift
    "$@" -q -j 64 -m 128M --ledger ledger "$input" >made
    used=$(peak)
    echo "$*: $used bytes"
    [ "$used" -le $((128 << 20)) ]
}
within large weir ingest --from jsonl
within large weir filters --rule chars-min=1
within large weir dedup
within large weir tokenize --model "$model"
mv made tok
within tok weir chunker -n 128
mv made chunk
within chunk weir indexer -o set
# Entities, some of them with nothing but names.
sh "$SRC/tests/entities.sh" 40000 >entities
awk 'BEGIN { alias = ",{\"language\":\"zh\",\"value\":\""
             for (q = 2000001; q < 2000007; q++) {
                 printf "{\"type\":\"item\",\"id\":\"Q%d\",\"labels\":{},\"aliases\":{\"zh\":[{\"language\":\"zh\",\"value\":\"a\"}", q
                 for (i = 0; i < 50000; i++) printf "%s名%d\"}", alias, i + q
                 print "]}}" } }' >>entities
within entities weir kg2instruction build --part -o kg

# A window is memory too: what does not fit a quarter of -m is refused, with the way out.
zstd -q --long=27 -c <docs >wide.zst
xz -q -9 -c docs >wide.xz
for f in wide.zst wide.xz; do
    ! weir dedup -q --exact -m 64M "$f" -o made 2>err || { echo "$f was read"; exit 1; }
    grep -q "window does not fit: raise -m" err
    weir dedup -q --exact -m 1G "$f" -o made
done

# A record that is allowed but does not fit is not gathered.
{ printf '[{"content":"'; head -c 50000000 /dev/zero | tr '\0' x; printf '"}]'; } >array
{ printf '<mediawiki><siteinfo></siteinfo><page><title>a</title><revision><text>'
  head -c 50000000 /dev/zero | tr '\0' x; printf '</text></revision></page></mediawiki>'; } >dump
for f in "wudao array" "wiki dump"; do
    ! weir ingest -q -m 64M --from $f -o made 2>err || { echo "$f fits?"; exit 1; }
    grep -q "a record of 50000.* bytes needs about -m " err || { cat err; exit 1; }
done
