# n-grams of 12 words or 20 characters; those of a query count only where they touch the label.
cat >bench.jsonl <<'EOF'
{"task":"qa","query":"What is the capital of the ancient kingdom of Shu in what is now","label":"the city of Chengdu, in Sichuan"}
{"task":"zh","text":"都江堰水利工程位于四川省成都市都江堰市城西，岷江上游，始建于秦昭王末年"}
{"label":"short"}
EOF
printf 'the quick brown fox jumps over the lazy dog while seven wizards read old books\n' >lines.txt
cat >docs.jsonl <<'EOF'
{"id":"1","text":"Question: what is the capital of the ancient Kingdom of Shu, in what is NOW — the city of Chengdu!"}
{"id":"2","text":"公元前，都江堰水利工程位于四川省成都市都江堰市城西、岷江上游。"}
{"id":"3","text":"He said: The quick, brown fox jumps over the lazy dog while seven wizards... read"}
{"id":"4","text":"What is the capital of the ancient kingdom of Shu in what is now nothing"}
{"id":"5","text":"都江堰水利工程位于四川省成都市都江堰市"}
EOF
weir-dedup decontaminate --against bench.jsonl --against lines.txt --rejects rejects --ledger ledger docs.jsonl
sed 's/,"file".*//' rejects
grep -o '"tasks".*' ledger
echo
ids() { weir-dedup decontaminate -q --rejects /dev/null "$@" docs.jsonl | sed 's/{"id":"\(.\)".*/\1/' | tr '\n' ' '; echo; }
ids --against bench.jsonl --query
ids --against bench.jsonl --against lines.txt --min-hits 3
ids --against bench.jsonl --against lines.txt --min-ratio 0.51
ids --against bench.jsonl --member label --member text --words 4
ids --against lines.txt --words 13
weir-dedup decontaminate docs.jsonl 2>&1 || echo $?
echo '{"label":7}' >bad.jsonl
weir-dedup decontaminate --against bad.jsonl docs.jsonl 2>&1 || echo $?
echo 'too short' >bad.txt
weir-dedup decontaminate --against bad.txt docs.jsonl 2>&1 || echo $?
