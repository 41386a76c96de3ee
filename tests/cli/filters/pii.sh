# Private data is masked, reported with its place in what is written, or drops the document; by kind.
printf '%s\n' '{"id":"1","text":"电话13800138000，邮箱li@qq.com","n":1}' '{"id":"2","text":"车牌京A12345；8.8.8.8"}' \
    '{"id":"3","text":"没有"}' >docs.jsonl
echo mask; weir filters -q -p pii docs.jsonl
echo mask and report; weir filters -q -p pii,pii-report docs.jsonl
echo report; weir filters -q -p pii-report docs.jsonl
echo drop; weir filters -q -p pii-drop docs.jsonl --rejects drops.jsonl; cut -d, -f 2-10 drops.jsonl
echo some; weir filters -q -p pii --rule pii-phone-mask=off --rule pii-plate-max=0 docs.jsonl --rejects drops.jsonl
grep -o '"reason":"[^"]*"' drops.jsonl
# What was masked is in the account.
weir filters -p pii docs.jsonl --ledger l.json -o out.jsonl 2>/dev/null
grep -o '"pii-[a-z-]*mask":[^,}]*' l.json
# One field already there is replaced, another added.
echo '{"weir_private":0,"text":"li@qq.com"}' | weir filters -q -p pii,pii-report
