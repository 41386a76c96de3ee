# The sample dump with the redirects of two dumps of pages, found and shown.
raw=$SRC/samples/raw
weir-kg2instruction build --rejects rejects "$raw/wikidata.json" "$raw/zhwiki.xml" "$raw/enwiki.xml" -o kg
sed 's/"file":"[^"]*\//"file":"/' rejects
weir-kg2instruction check kg | tr ',' '\n'
weir-kg2instruction find kg 嵐河 東屏江 'CORRAN　SOUND' 水利志 人類 'quick_sort' Corran
weir-kg2instruction show kg Q900000002 Q900000009
weir-kg2instruction show --json kg P2043 Q900000016
! weir-kg2instruction find kg 'no such thing' || exit 9
! weir-kg2instruction show kg Q900000017 || exit 9
weir-kg2instruction build -q --rejects rejects --ledger ledger "$raw/wikidata.json" "$raw/zhwiki.xml" -o kg
weir-audit ledger >/dev/null
