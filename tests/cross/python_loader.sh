# python/weir.py against what `weir indexer show` and `resume` say; its wheel holds it.
set -eu
for python in python3 /usr/bin/python3 ""; do
    [ -n "$python" ] || { echo "numpy is not importable"; exit 77; }
    "$python" -c 'import numpy' 2>/dev/null && break
done
export PYTHONPATH="$SRC/python" PYTHONDONTWRITEBYTECODE=1
model=$SRC/tests/data/tokenize/tiny.model
check() { "$python" "$SRC/tests/cross/python_loader.py" "$@"; }
sh "$SRC/tests/documents.sh" 60 | weir tokenize -q --model "$model" -o tok
weir chunker -q -n 63 tok | weir indexer -q -o set
weir chunker -q -n 63 tok | weir indexer -q --eod 70000 -o wide
weir chunker -q -n 63 tok | weir indexer -q --eod 2 --pad 3 -n 64 -o rows
weir chunker -q -n 63 tok | weir indexer -q --format knowlm -o know
weir indexer mix -q --take 'set epochs 1.5' --pack -n 128 --pad 3 --seed 4 -o packed
for name in set wide rows know packed; do
    weir indexer show $name >ids
    : >heads
    [ $name = wide ] || weir indexer show $name --model "$model" | grep -a '^# [0-9]*: [0-9]* tokens' >heads
    weir indexer resume -q $name --consumed 12 -o rest
    weir indexer show rest >rest.ids
    check $name
done
rm set.json set.prov
weir indexer show set >ids
check set
for bad in "truncate -s -1 know.idx" "truncate -s -8 wide.idx" "truncate -s -2 rows.bin" "truncate -s 30 packed.prov"; do
    $bad
    "$python" -c 'import sys, weir
try: weir.Dataset(sys.argv[1])
except ValueError: sys.exit(0)
sys.exit("a bad dataset was read: " + sys.argv[1])' "$(echo "$bad" | sed 's/.* //; s/\..*//')"
done

grep -q "^version = \"$(cat "$SRC/VERSION")\"" "$SRC/python/pyproject.toml"
# the wheel, where it can be made without a network
cp -r "$SRC/python" project
for python in python3 /usr/bin/python3; do
    "$python" -c 'import setuptools, pip; from wheel import __version__; assert int(setuptools.__version__.split(".")[0]) >= 61' \
        2>/dev/null || continue
    "$python" -m pip wheel -q --no-deps --no-build-isolation --no-index -w made ./project >wheel.log 2>&1
    "$python" -m zipfile -e made/weir-*.whl out
    cmp out/weir.py "$SRC/python/weir.py"
    break
done
