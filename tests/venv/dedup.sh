# Sourced: a Python with datatrove, datasketch and spaCy, as $python.
venv=dedup modules="datatrove, datasketch, rensa, spacy, jieba, xxhash, regex, orjson, tokenizers, datasets"
packages="datatrove datasketch>=2 rensa spacy jieba xxhash<4 regex orjson tokenizers datasets"
. "$SRC/tests/venv/venv.sh"
