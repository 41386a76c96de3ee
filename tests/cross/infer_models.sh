# Every layout of model that weir infer reads, random and tiny, against transformers on torch: logits, greedy
# tokens, what the sampling options leave, beams by the rules of transformers since 4.36; LoRA adapters of
# peft at run time and merged.
. "$SRC/tests/venv/peft.sh"
exec "$python" -B "$SRC/tests/cross/infer_models.py"
