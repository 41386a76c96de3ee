# Ids, and the text back, equal those of Hugging Face's tokenizers: the shared texts and random strings, with
# every tokenizer.json of the shared data and of tests/data.  STRINGS=N of them for each (default 2000).
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
python3 -c 'import tokenizers' 2>/dev/null || { echo "tokenizers is not importable"; exit 77; }
exec python3 "$SRC/tests/cross/hf_tokenizers.py"
