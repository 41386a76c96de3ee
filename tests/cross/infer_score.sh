# Negative log likelihoods of weir infer score against transformers 4.28.1 in double precision: each token, sums
# and perplexity of lines, documents and sources, with windows, strides, with BOS and without.
. "$SRC/tests/venv/transformers.sh"
exec "$python" -B "$SRC/tests/cross/infer_score.py"
