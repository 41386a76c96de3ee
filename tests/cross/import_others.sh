# weir indexer import of files that NumPy and, where they are installed, datatrove and datasets wrote.
set -eu
export PYTHONPATH="$SRC/python" PYTHONDONTWRITEBYTECODE=1 HF_HUB_OFFLINE=1 HF_HOME="$PWD/hf"
for python in "$BUILD/venv-dedup/bin/python" python3 /usr/bin/python3 ""; do
    [ -n "$python" ] || { echo "numpy is not importable"; exit 77; }
    "$python" -c 'import numpy' 2>/dev/null && break
done
sh "$SRC/tests/documents.sh" 100 | weir tokenize -q --model "$SRC/tests/data/tokenize/tiny.model" -o tok
for eod in 2 70000; do
    weir indexer -q --unit document --eod $eod tok -o set
    weir indexer show set >shown
    weir indexer export -q set --to jsonl -o ours
    ! "$python" -c 'import datasets' 2>/dev/null || with=datasets
    "$python" "$SRC/tests/cross/import_others.py" $eod ${with:-} >log 2>&1 || { cat log; exit 1; }
    from() # NAME ARG…: the documents that were shown
    {
        name=$1
        shift
        weir indexer import -q "$@" -o in
        weir indexer show in | cmp - "$name"
    }
    dtype=uint16
    [ $eod = 2 ] || dtype=uint32
    from shown --from npy --eod $eod np.npy
    from shown --from npy --eod $eod np64.npy
    from table.want --from npy table.npy
    from shown --from raw --dtype $dtype --eod $eod train.bin
    from turned.want --from llm.c --bod $eod shard_*.bin
    from shown --from jsonl hf.jsonl
    [ ! -e theirs.jsonl ] || from shown --from jsonl theirs.jsonl
    [ ! -e theirs.ds ] || from shown --from datatrove theirs.ds
    rm -rf shard_* theirs.* cache
done
