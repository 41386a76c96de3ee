# weir indexer export --to datatrove: the three files that datatrove's own writer makes, byte for byte, and
# what its reader of documents gives.
set -eu
. "$SRC/tests/venv/dedup.sh"
sh "$SRC/tests/documents.sh" 100 | weir tokenize -q --model "$SRC/tests/data/tokenize/tiny.model" -o tok
for eod in 2 70000; do
    weir chunker -q -n 100 tok | weir indexer -q --eod $eod -o set
    weir indexer show set >shown
    weir indexer export -q set --to datatrove -o d
    "$python" "$SRC/tests/cross/export_datatrove.py" $eod
    for ext in ds ds.index ds.metadata; do cmp d.$ext theirs.$ext; done
done
