# Exports read back by NumPy itself, and datatrove's metadata by humanize's rule.
set -eu
for python in python3 /usr/bin/python3 ""; do
    [ -n "$python" ] || { echo "numpy is not importable"; exit 77; }
    "$python" -c 'import numpy' 2>/dev/null && break
done
sh "$SRC/tests/documents.sh" 100 | weir tokenize -q --model "$SRC/tests/data/tokenize/tiny.model" -o tok
for eod in 2 70000; do
    weir chunker -q -n 100 tok | weir indexer -q --eod $eod -o set
    weir indexer show set >shown
    weir indexer export -q set --to npy -o n
    weir indexer export -q set --to llm.c --shard 777 -o c
    weir indexer export -q set --to datatrove -o d
    weir indexer export -q set --to dolma -o m
    "$python" "$SRC/tests/cross/export_numpy.py" set shown $eod
    rm -f c_*
done
