#!/bin/sh
# tests/scripts/dedup_quality.sh on N documents, with its tables, and F1 on the labelled pairs.
set -eu
SRC=$(cd "$(dirname "$0")/../.." && pwd)
SHARED=$SRC/../shared
[ -d "$SHARED/data" ] || { echo "no shared inputs"; exit 0; }
SHARED=$(cd "$SHARED" && pwd)
PATH=$BUILD/bin:$PATH
export SRC SHARED PATH N BUILD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && sh "$SRC/tests/scripts/dedup_quality.sh")
python3 "$SRC/bench/dedup_f1.py"
