# A token back to its document, its place in the text and the raw bytes.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
cat >raw.jsonl <<'EOF'
{"title":"one","content":"第一句话在这里。第二句话也在这里。第三句话。"}
{"title":"two","content":"Zhè is 龘, a rare character. The dam holds. It measures the flow."}
EOF
weir ingest -q --from baike raw.jsonl -o docs
weir tokenize -q --model "$model" docs | weir chunker -q -n 16 | weir indexer -q --eod 2 -o set

# Every token's place joins the next one's, and the second document's text is covered to its end.
text='Zhè is 龘, a rare character. The dam holds. It measures the flow.'
n=$(wc -c <set.bin)
token=0 at=0 eods=0
while [ "$token" -lt $((n / 2)) ]; do
    weir indexer trace set "$token" --model "$model" >out
    token=$((token + 1))
    if grep -q '^place     padding' out; then
        [ "$eods" = 1 ] || first=$at
        eods=$((eods + 1)) end=$at at=0
        continue
    fi
    set -- $(sed -n 's/^text *bytes \([0-9]*\) to \([0-9]*\) .*/\1 \2/p' out)
    [ "$1" = "$at" ] || { cat out; exit 1; }
    at=$2
done
echo "$eods documents, $first and $end bytes"
printf %s "$text" | wc -c | tr -d ' '
weir indexer trace set 3 | sed -n 's/^sequence.*/sequence/p;/^document/p;/^place/p;/^raw/p' |
    sed 's/baike:[0-9a-f]*/ID/'
weir indexer trace set $((n / 2 - 1)) | grep -E '^(place|origin)'
rm raw.jsonl
weir indexer trace set 3 | grep ^raw
weir indexer trace set $((n / 2)) 2>err && exit 1
sed 's/[0-9][0-9]*/N/g' err
weir indexer trace set 1x 2>&1 | head -n 1
