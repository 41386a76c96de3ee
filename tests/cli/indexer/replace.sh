# What writes over a dataset replaces all of it: also through symbolic links, by two at once, and a
# KnowLM dataset by a Megatron one.  A name from the data that is a pipe is not waited for.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 40 >docs
samples() { weir tokenize -q --model "$model" "$@" | weir chunker -q -n 64; }
samples docs >big
head -n 5 docs >few
samples few >small

mkdir disk
for ext in bin idx prov json; do : >disk/$ext; ln -s disk/$ext set.$ext; done
weir indexer -q big -o set
[ -L set.bin ] && [ -L set.idx ] || echo the links are gone
weir indexer check set >/dev/null

for i in 1 2 3 4 5 6 7 8; do
    weir indexer -q big -o both &
    weir indexer -q small -o both &
    wait
    weir indexer check both >/dev/null || echo "two at once: mixed"
done

weir tokenize -q --model "$model" --compat knowlm few | weir chunker -q --compat knowlm |
    weir indexer -q --compat knowlm -o old
weir indexer -q small -o old
ls old.*

mkfifo pipe
echo '{"id":"x","text":"Water runs.","origin":{"file":"pipe","offset":0,"length":5}}' >odd
samples odd | weir indexer -q -o odd
weir indexer trace odd 0 | tail -n 1
