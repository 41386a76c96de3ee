# Both encoders give the same stream, whatever the model; --check finds nothing to say; the ledger names
# what encoded.
printf '%s\n' '{"id":"a","source":"s","text":"江水流。“水来了！”孩子们说。 鯨  ▁x\n\t"}' \
    '{"source":"web","text":"It runs. The end <s> of  the  water"}' '{"id":"f","text":"   "}' >in
for m in tiny unigram; do
    model=$SRC/tests/data/tokenize/$m.model
    weir tokenize -q --model "$model" --ledger ledger in -o weir.tok
    weir tokenize -q --model "$model" --ledger ledger --encoder library in -o library.tok
    cmp weir.tok library.tok
    weir tokenize -q --check --model "$model" in -o check.tok
    cmp weir.tok check.tok
    weir tokenize -q --lines --check --model "$model" in >/dev/null
done
sed 's/.*"encoder":"\([a-z]*\)".*/\1/' ledger
