# Ids, and the text back, equal those of Hugging Face's tokenizers: the shared texts and random strings, with
# every tokenizer.json of the shared data and of tests/data, LLaMA's and Chinese-LLaMA-2's models as conversions
# write them, and DeepSeek's published file.  STRINGS=N of them for each (default 2000).
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
. "$SRC/tests/venv/hf.sh"
exec "$python" "$SRC/tests/cross/hf_tokenizers.py"
