# Real records come out whole: as many as went in, all bytes accounted for, the places exact.
[ -n "$SHARED" ] || exit 77
zstd -dcq "$SHARED/data/zh/wudao-00003.json.zst" | head -c 3000000 | sed '$d' >part
sed '$s/,$//' part >cut.json
echo ']' >>cut.json
weir ingest -q --from wudao cut.json -o out.jsonl --ledger ledger
n=$(grep -c '^{' cut.json)
[ "$(wc -l <out.jsonl)" = "$n" ] || { echo "$n in"; wc -l out.jsonl; }
sum=$(sed 's/.*"in":{"records":'"$n"',"bytes":\([0-9]*\).*"framing":\([0-9]*\).*/\1+\2/' ledger)
[ "$(($sum))" = "$(wc -c <cut.json)" ] || echo "bytes: $sum"
sed 's/.*"offset":\([0-9]*\),"length":\([0-9]*\)}.*/\1 \2/' out.jsonl | while read -r at len; do
    tail -c +$((at + 1)) cut.json | head -c "$len"
    echo
done >records
grep '^{' cut.json | sed 's/,$//' | cmp - records
