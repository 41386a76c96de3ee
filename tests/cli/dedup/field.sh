# Another member than the text; a document without it is kept and counted.
printf '%s\n' '{"id":"1","text":"one","name":"Same"}' '{"id":"2","text":"two","name":"same "}' \
    '{"id":"3","text":"one"}' '{"id":"4","text":"one","name":7}' >in.jsonl
weir-dedup --field name --ledger ledger in.jsonl
grep -o '"notes":{[^}]*}' ledger
