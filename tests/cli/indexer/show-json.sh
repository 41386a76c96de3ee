# The same with a tokenizer.json: text, and places inside characters of several bytes.
model=$SRC/tests/data/tokenize/hf-llama3.json
printf '%s\n' '{"id":"one","text":"The dam holds; 龘 is rare, 水 is not."}' '{"id":"two","text":"It measures the flow."}' >docs
weir tokenize -q --model "$model" docs | weir indexer -q --unit document -o set
weir indexer show set --model "$model" | sed 's/^\(# [0-9]*: \)[0-9]*/\1N/'
# every token's place joins the next one's, to the end of the text
n=$(weir indexer show set 0 | wc -w) token=0 at=0
while [ "$token" -lt "$n" ]; do
    set -- $(weir indexer trace set "$token" --model "$model" | sed -n 's/^text *bytes \([0-9]*\) to \([0-9]*\) .*/\1 \2/p')
    [ "$1" = "$at" ] && [ "$2" -gt "$1" ] || echo "token $token: $1 to $2, not from $at"
    token=$((token + 1)) at=$2
done
echo "$at bytes"
