# The indexer killed at any moment over an older dataset: a name with an index is a whole dataset, and a
# run to the end gives the same bytes.
set -eu
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || { echo "no model"; exit 77; }
sh "$SRC/tests/documents.sh" 2000 | weir tokenize -q --model "$model" | weir chunker -q -n 64 >new
cat new new new new new new >many
sh "$SRC/tests/documents.sh" 10 | weir tokenize -q --model "$model" | weir chunker -q -n 64 >old
weir indexer -q many -o want
weir indexer -q old -o older
mkdir work
n=0 whole=0
while [ "$n" -lt 20 ]; do
    n=$((n + 1))
    for ext in bin idx prov json; do cp older.$ext work/set.$ext; done
    weir indexer -q -j 2 many -o work/set 2>/dev/null &
    pid=$!
    sleep "0.$(printf %03d $(($(od -An -N2 -tu2 /dev/urandom) % 120)))"
    if [ $((n % 2)) = 0 ]; then kill -9 $pid 2>/dev/null || true; else kill $pid 2>/dev/null || true; fi
    wait $pid 2>/dev/null || true
    if [ -e work/set.idx ]; then
        weir indexer check work/set >/dev/null
        cmp -s work/set.idx want.idx && whole=$((whole + 1)) || cmp work/set.idx older.idx
    fi
    left=$(find work -name '.*' -type f)
    [ -z "$left" ] || { echo "left behind: $left"; exit 1; }
done
[ "$whole" -lt 20 ] || { echo "no run was killed before its end"; exit 1; }
weir indexer -q many -o work/set
for ext in bin idx prov json; do cmp work/set.$ext want.$ext; done
