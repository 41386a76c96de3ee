# One text of 10 MB by one thread and by three: the same bytes; with and without memory to spare.
model=$SRC/samples/tokenizer.model
{
    printf '{"id":"a","text":"'
    yes '江水向东流，the water flows east: x = (1 + 2)；都江堰。' | head -c 10000000 | tr '\n' ' ' | sed 's/[^ ]*$//'
    printf '"}\n'
} >large.jsonl
weir tokenize -q -j 1 --model "$model" large.jsonl -o one
weir tokenize -q -j 3 --model "$model" large.jsonl -o three
weir tokenize -q -j 3 -m 384M --model "$model" large.jsonl -o little
cmp one three && cmp one little && echo same
