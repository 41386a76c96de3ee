#!/bin/sh
# Gopher's, FineWeb's and dolma's measures against a second implementation in Python, words as
# white space separates them: every value of every document equal.
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
exec python3 "$SRC/tests/cross/filters_values.py"
