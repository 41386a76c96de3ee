# The samples of every document, one after another, are the document's ids, and decode to its text.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 40 >docs
weir tokenize -q --model "$model" docs -o tok
weir chunker -q -n 50 tok | weir indexer -q -o set
weir indexer -q --unit document tok -o whole
weir indexer show set | tr '\n' ' ' >a
weir indexer show whole | tr '\n' ' ' >b
cmp a b
weir indexer show whole | weir tokenize -q --model "$model" --lines --decode >text
sed 's/.*"text":"//; s/","source.*//' docs | cmp - text
weir indexer show whole 39 --model "$model" | tail -n 1 >last
tail -n 1 text | cmp - last
weir indexer show whole 39 --model "$model" | sed -n '1s/[0-9]* tokens/N tokens/p'
weir indexer show whole 40 2>&1 || echo "exit $?"
weir indexer show set -o ids
tr '\n' ' ' <ids | cmp - a

# longer than what is decoded at once: no space and no character is lost where the parts meet
awk 'BEGIN {
    printf "{\"text\":\""; for (i = 0; i < 1050000; i++) printf "a "; print "\"}"
    printf "{\"text\":\""; for (i = 0; i < 350000; i++) printf "龘"; print "\"}" }' >long
weir tokenize -q --model "$model" long | weir indexer -q --unit document -o long
for n in 0 1; do
    [ "$(weir indexer show long $n | wc -w)" -gt 1048576 ] || echo too short
    sed -n "$((n + 1))s/.*\"text\":\"\(.*\)\"}/\1/p" long >text
    weir indexer show long $n --model "$model" | tail -n 1 | cmp - text
done
