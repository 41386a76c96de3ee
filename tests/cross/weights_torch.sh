# weir infer convert, recover, diff, merge: files byte for byte those that torch 1.13.1 and the safetensors
# library write, of random dicts and of models saved by transformers 4.28.1.  LARGE=1: one above 4 GiB too.
. "$SRC/tests/venv/transformers.sh"
"$python" -c 'import torch; assert torch.__version__.startswith("1.13")' 2>/dev/null ||
    { echo "torch is not release 1.13"; exit 77; }
exec "$python" -B "$SRC/tests/cross/weights_torch.py"
