# Real dumps: as many records as pages, the places exact, old schemas, UTF-16 refused.
[ -n "$SHARED" ] || exit 77
bzcat "$SHARED/data/wiki/enwiki-shortened.xml.bz2" >en.xml
weir ingest --from wiki en.xml -o en.jsonl 2>&1 | sed 's/^[^:]*: //; s/ (.*dropped/ … dropped/; s/;.*//'
grep -c '<page>' en.xml
for n in 1 50 106; do
    sed -n ${n}p en.jsonl | sed 's/.*"origin":{"file":"en.xml","offset":\([0-9]*\),"length":\([0-9]*\)}.*/\1 \2/' |
    { read -r at len; tail -c +$((at + 1)) en.xml | head -c "$len" | sed -n '1p;$p'; echo; }
done
weir ingest -q --from wiki "$SHARED/data/wiki/enwiki-shortened.xml.bz2" | sed 's/"file":"[^"]*"/"file":"en.xml"/' | cmp - en.jsonl
weir ingest -q --from wiki -j1 en.xml | cmp - en.jsonl
zstd -dcq "$SHARED/data/wiki/xml-edge-cases.tar.zst" | tar xf -
cd tests/data/xml
weir ingest -q --from wiki article-pear.xml | cut -c1-70
weir ingest --from wiki article-pyrus-utf16.xml 2>&1 || true
