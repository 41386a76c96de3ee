printf '%s\n' '{"text":"water"}' | weir tokenize -q --model "$SRC/tests/data/tokenize/tiny.model" -o t
weir tokenize --decode --model "$SRC/tests/data/tokenize/unigram.model" t
