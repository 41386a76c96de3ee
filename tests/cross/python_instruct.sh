# The loss mask of instructions goes from weir tokenize through indexer, merge, mix and packing to weir.Dataset.
set -eu
for python in python3 /usr/bin/python3 ""; do
    [ -n "$python" ] || { echo "numpy is not importable"; exit 77; }
    "$python" -c 'import numpy' 2>/dev/null && break
done
export PYTHONPATH="$SRC/python" PYTHONDONTWRITEBYTECODE=1
model=$SRC/samples/tokenizer.model
awk 'BEGIN { for (i = 0; i < 120; i++) {
    if (i % 3) printf "{\"id\":\"i%d\",\"source\":\"s\",\"instruction\":\"Count to %d.\",\"input\":\"\",\"output\":\"One, two and so on to %d.\"}\n", i, i, i
    else printf "{\"id\":\"i%d\",\"conversations\":[{\"from\":\"human\",\"value\":\"Hi %d\"},{\"from\":\"gpt\",\"value\":\"Hello\"},{\"from\":\"human\",\"value\":\"Bye\"},{\"from\":\"gpt\",\"value\":\"See you, %d\"}]}\n", i, i, i
} }' >in
sh "$SRC/tests/documents.sh" 10 >docs
weir tokenize -q --model "$model" --instructions --template knowlm in -o tok
weir tokenize -q --model "$model" --instructions --template knowlm --json in >units
weir tokenize -q --model "$model" --json docs >>units
weir indexer -q --unit document tok -o set
weir tokenize -q --model "$model" docs | weir indexer -q --unit document -o plain
weir indexer merge -q set plain -o both
weir indexer mix -q --take 'both epochs 2' --pack -n 400 --pad 0 --seed 4 -o packed
"$python" "$SRC/tests/cross/python_instruct.py" units set plain both packed >got
# every token of two epochs is there, and twice as many are learnt as in one
awk 'NR == 3 { s = $1; l = $2 } NR == 4 && $1 == 2 * s && $2 == 2 * l && l < s && l > 500 { ok = 1 } END { exit !ok }' got || { cat got; exit 1; }
awk 'NR == 2 && $1 == $2 { ok = 1 } END { exit !ok }' got
weir indexer show set 0 1 --model "$model" | grep -a '^# ' >heads
grep -q '^# 0: .* answers \[\[[0-9]*,[0-9]*\],\[[0-9]*,[0-9]*\]\]$' heads || { cat heads; exit 1; }

# The example of KnowLM's instruction form runs, where transformers is installed.
( . "$SRC/tests/venv/peft.sh"
  export PYTHONPATH="$SRC/python:$SRC/python/examples" HF_HUB_OFFLINE=1
  head -n 16 in >few
  "$python" "$SRC/python/examples/knowlm_instruct.py" "$SRC/samples/tiny-model" "$model" few tuned 4 2 >log 2>&1 ||
      { tail -n 20 log; exit 1; }
  [ -e tuned/model.safetensors ] ) || [ $? = 77 ]
