# The bundled tiny model trained on a mix, broken off and resumed: the same weights as unbroken, the loss falls,
# and what was read is what the plan says.  Needs Debian's python3-torch and -numpy.
set -eu
for python in python3 /usr/bin/python3 ""; do
    [ -n "$python" ] || { echo "torch and numpy are not importable"; exit 77; }
    "$python" -c 'import torch, numpy' 2>/dev/null && break
done
export PYTHONPATH="$SRC/python" PYTHONDONTWRITEBYTECODE=1
model=$SRC/samples/tokenizer.model
sh "$SRC/tests/documents.sh" 90 >docs
for part in a b; do
    { [ $part = a ] && head -n 50 docs || tail -n 40 docs; } | sed "s/\"source\":\"[^\"]*\"/\"source\":\"$part\"/" |
        weir tokenize -q --model "$model" | weir chunker -q -n 31 | weir indexer -q --eod 2 -o $part
done
printf 'phase main tokens 6k\ntake a weight 2\ntake b weight 1\n' >spec
weir indexer mix -q spec --seed 3 --pack -n 64 --pad 0 -o mixed
weir indexer stats --json mixed >stats
"$python" "$SRC/tests/cross/python_train.py" mixed stats
# the rest that weir makes is the rest that the loop reads
weir indexer resume -q mixed --consumed $((5 * 8)) -o rest
"$python" "$SRC/tests/cross/python_train.py" mixed stats rest
