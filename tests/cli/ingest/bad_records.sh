# Each kind of bad record with its place and reason; the good ones come out.
deep=$(printf '%0300d' 0 | sed 's/0/[/g')
close=$(printf '%0300d' 0 | sed 's/0/]/g')
cat >in.json <<END
[{"content":"good"},
{"content":"lone \ud800 surrogate"},
{"title":"no text"},
{"content":5},
"a string",
{"content":"x" "y"},
{"content":"deep","x":$deep$close},
{"content":"nul \u0000 is cleaned"},
{"content":null}]
END
printf '{"content":"caf\351 au lait"}\n' >latin.jsonl
weir ingest --from baike in.json latin.jsonl --rejects bad --id title | sed 's/"id":"[^"]*"/"id":""/'
sed 's/,"offset.*//' bad
