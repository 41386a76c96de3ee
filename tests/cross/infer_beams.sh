# Beam search against transformers 4.28.1: the n best answers with their scores, whose lengths count the prompt.
. "$SRC/tests/venv/transformers.sh"
exec "$python" -B "$SRC/tests/cross/infer_beams.py"
