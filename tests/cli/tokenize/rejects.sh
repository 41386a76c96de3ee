# Malformed records are set aside and counted, or end the run.
model=$SRC/tests/data/tokenize/tiny.model
printf '%s\n' '{"id":"1","text":"water"}' '{"id":"2"}' '{"id":"3","text":7}' 'text' >in
weir tokenize -q --json --model "$model" --rejects bad in
grep -c malformed bad
printf '416\n1 x\n99999\n560\n' >ids
weir tokenize -q --lines --decode --model "$model" --rejects bad ids
grep -c malformed bad
weir tokenize --lines --decode --model "$model" ids
