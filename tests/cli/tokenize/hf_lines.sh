# Lines: added tokens, broken UTF-8 as U+FFFD, BOS and EOS; a tokenizer.json is told by its first byte.
cp "$SRC/tests/data/tokenize/hf-llama3.json" t
printf 'river rivers <|im_start|>\n\n\377x\n' >in
weir tokenize -q --lines --model t in >ids
sed -n 1p ids | tr ' ' '\n' | grep -c -E '^(556|557|558|559|560)$'
weir tokenize -q --lines --decode --model t ids
weir tokenize -q --lines --eos --model t in | sed -n 2p
weir tokenize -q --lines --bos --model t in 2>&1 || echo $?
weir tokenize -q --check --model t </dev/null 2>&1 || echo $?
