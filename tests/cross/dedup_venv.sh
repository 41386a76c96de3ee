# Sourced: a Python with datatrove, datasketch and spaCy from the package index, as $python; kept in
# $BUILD/venv-dedup.  Ends the test as skipped where it cannot be made.
python=$BUILD/venv-dedup/bin/python
if ! "$python" -c 'import datatrove, datasketch, rensa, spacy, jieba, xxhash, regex, orjson, tokenizers' 2>/dev/null; then
    rm -rf "$BUILD/venv-dedup"
    { python3 -m venv "$BUILD/venv-dedup" && "$python" -m pip install -q --disable-pip-version-check \
        datatrove 'datasketch>=2' rensa spacy jieba 'xxhash<4' regex orjson tokenizers; } >venv.log 2>&1 ||
        { echo "no Python packages to compare with"; exit 77; }
fi
