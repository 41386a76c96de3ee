# python/examples/megatron_gpt.py, Megatron core's own GPTDataset, against weir indexer resume --order megatron: what a
# run has read and what is left of it are all tokens, each once.
set -eu
. "$SRC/tests/venv/megatron.sh"
export PYTHONPATH="$SRC/python:$SRC/python/examples" PYTHONDONTWRITEBYTECODE=1 WEIR_MEGATRON_CACHE="$PWD/cache"
"$python" "$SRC/tests/cross/megatron_rest.py" >log 2>&1 || { tail -n 20 log; exit 1; }
