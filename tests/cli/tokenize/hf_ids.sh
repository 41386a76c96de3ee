# Ids, and the text back, for every kind of tokenizer.json; the expected ids are the reference's.
data=$SRC/tests/data/tokenize
for k in gpt2 prefix llama3 qwen deepseek piece-legacy piece-first piece-always piece-words; do
    weir tokenize -q --json --model "$data/hf-$k.json" "$data/hf-cases.jsonl" |
        sed 's/.*"units":\[\[//; s/\]\].*//; s/\],\[/,/g; y/,/ /' | cmp - "$data/hf-$k.ids"
    weir tokenize --model "$data/hf-$k.json" "$data/hf-cases.jsonl" -o $k.tok --ledger $k.ledger 2>/dev/null
    weir tokenize -q --decode --model "$data/hf-$k.json" $k.tok -o $k.back
    echo "$k: $(cat "$data/hf-cases.jsonl" | diff - $k.back | grep -c '^>') of $(wc -l <$k.back) texts changed," \
        "$(grep -o '"folded-records":[0-9]*' $k.ledger)"
done
