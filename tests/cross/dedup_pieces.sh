#!/bin/sh
# weir dedup spans against datatrove's sentence deduplication, decontaminate against its n-grams, paragraphs
# against CCNet's rule in Python.
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
. "$SRC/tests/venv/dedup.sh"
exec "$python" "$SRC/tests/cross/dedup_pieces.py"
