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
echo '{"reason":1}' >no
weir audit --serve --port 0 --drops no l || echo "$?"
