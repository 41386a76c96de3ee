#!/bin/sh
# gopher + c4 + fineweb: weir filters against datatrove's filters on the same documents in one run, CPU
# seconds of one thread each.  Needs a Python with datatrove and spaCy, as $PYTHON, and ../shared/data.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/${BUILD:-build}/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar --zstd -xf ../shared/data/en/novels.tar.zst -C "$work"
"${PYTHON:-python3}" bench/filters_datatrove.py "$work"
