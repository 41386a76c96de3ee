# Ids as spm_encode gives them for the whole text (江水流。 = ▁江 水 流 。); sentences; a made id
# (xxhsum -H2 of the line); what has no tokens is dropped; what the model folds is noted.
printf '%s\n' '{"id":"a","source":"s","text":"江水流。“水来了！”孩子们说。","origin":{"offset":0}}' \
    '{"source":"web","text":"It runs. The end"}' '{"id":"e","text":""}' '{"id":"f","text":"水▁水"}' >in
weir tokenize -v --json --model "$SRC/tests/data/tokenize/tiny.model" in
