#!/bin/sh
# weir dedup --compat datatrove against datatrove: words, signature files, kept documents; datatrove goes
# on from the files that --export-sig wrote.
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
. "$SRC/tests/venv/dedup.sh"
mkdir novels && tar --zstd -xf "$SHARED/data/en/novels.tar.zst" -C novels
exec "$python" "$SRC/tests/cross/dedup_datatrove.py"
