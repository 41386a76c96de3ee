# python/examples/hf_trainer.py: Hugging Face's Trainer reads a mix in its order, and broken off and run again it
# ends with the same weights.
set -eu
. "$SRC/tests/venv/peft.sh"
export PYTHONPATH="$SRC/python:$SRC/python/examples" PYTHONDONTWRITEBYTECODE=1 HF_HUB_OFFLINE=1
model=$SRC/samples/tokenizer.model
sh "$SRC/tests/documents.sh" 60 >docs
weir tokenize -q --model "$model" docs | weir chunker -q -n 31 | weir indexer -q --eod 2 -o set
weir indexer mix -q --take set --seed 3 --pack -n 64 --pad 0 -o mixed
"$python" "$SRC/tests/cross/python_trainer.py" "$SRC/samples/tiny-model" mixed >log 2>&1 || { tail -n 20 log; exit 1; }
