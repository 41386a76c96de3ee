#!/bin/sh
# Decisions against datatrove's own filters, where that is installed: at least 99 of 100 equal for
# each preset (words are cut by our rules, not by spaCy), and every text that C4 kept.
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
python3 -c 'import datatrove, spacy, numpy' 2>/dev/null || { echo "no datatrove with spacy"; exit 77; }
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
mkdir novels && tar --zstd -xf "$SHARED/data/en/novels.tar.zst" -C novels
exec python3 "$SRC/tests/cross/filters_datatrove.py"
