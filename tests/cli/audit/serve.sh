# The page with what is behind it, and without.
. "$SRC/tests/http/serve.sh"
. "$SRC/tests/http/build.sh"
weir audit -q --html l >page.html
grep -c '<script' page.html || true
grep -o 'Dropped by [a-z]*' page.html
serve_audit
ask GET / | grep -c '<script'
ask GET /report | grep -o '"balanced":true'
ask GET /groups
ask GET '/samples?group=8' | grep -o '"similarity":[0-9.]*\|"kept":{"id":"[^"]*"'
ask GET '/samples?group=10'
ask GET '/sequence?dataset=0&sequence=144' | grep -o '"sequence":[0-9]*,"first":[0-9]*,"length":[0-9]*\|"origin":{[^}]*}'
ask GET '/sequence?dataset=0&token=14000'
ask GET '/sequence?dataset=0&sequence=145'
ask GET '/sequence?dataset=1&sequence=0'
ask GET '/sequence?dataset=0&sequence=-1'
mv baike.jsonl gone
ask GET '/sequence?dataset=0&sequence=0' | grep -o '"raw_error":"[^"]*"'
stop
weir audit --drops bad.jsonl l || echo "$?"
weir audit --serve --documents unique.jsonl l || echo "$?"
weir audit --serve --model "$model" l || echo "$?"
echo '{"reason":1}' >no
weir audit --serve --port 0 --drops no l || echo "$?"
# Of a hundred documents in one sequence the last is found.
for i in $(seq 100 199); do echo "{\"id\":\"d$i\",\"text\":\"Document $i.\"}"; done |
    weir tokenize -q --model "$model" | weir chunker -q -n 2048 | weir indexer -q -o short
weir indexer mix -q --take short --pack -n 2048 -o packed
start_server audit --serve --dataset packed l
ask GET '/sequence?dataset=0&sequence=0' | grep -o '"n_pieces":[0-9]*'
ask GET '/sequence?dataset=0&sequence=0' | grep -o '"id":"d[0-9]*"' | wc -l
for token in 0 899; do ask GET "/sequence?dataset=0&token=$token" | grep -o '"pieces":\[{"id":"d[0-9]*"'; done
weir indexer trace packed 899 | grep document
stop
