# What weir indexer stats left in the ledger: bars in the table, plots on the page.
model=$SRC/tests/data/tokenize/tiny.model
cat >docs <<'E'
{"id":"1","text":"aaaa aaaa aaaa","source":"one"}
{"id":"2","text":"bbbb","source":"<two>"}
E
weir tokenize -q --model "$model" docs | weir chunker -q -n 8 | weir indexer -q -o set --ledger l
weir indexer stats -q set --ledger l >/dev/null
weir audit -q l 2>/dev/null | sed -n '/^dataset/,/^$/p' | grep -v 'from'
weir audit -q --html l >page.html 2>/dev/null || true
grep -c '<table>' page.html
grep -o '<td>&#60;two&#62;<td class=n>[0-9]*' page.html
grep -o 'Dataset set' page.html
sed 's/"lengths":\[{"from"/"lengths":[{"of"/' l >odd
weir audit -q odd 2>&1 >/dev/null | tail -n 1
