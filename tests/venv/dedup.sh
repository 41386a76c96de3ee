# Sourced: a Python with datatrove, datasketch and spaCy, as $python.
venv=dedup modules="datatrove, datasketch, rensa, spacy, jieba, xxhash, regex, orjson, tokenizers"
packages="datatrove datasketch>=2 rensa spacy jieba xxhash<4 regex orjson tokenizers"
. "$SRC/tests/venv/venv.sh"
