#!/bin/sh
# weir dedup --compat datasketch against datasketch's MinHash and its choice of bands and rows.
. "$SRC/tests/venv/dedup.sh"
exec "$python" "$SRC/tests/cross/dedup_datasketch.py"
