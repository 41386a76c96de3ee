# A knowledge file killed at any moment of its build: no file or the whole file, and nothing left behind.
set -eu
sh "$SRC/tests/entities.sh" 12000 >dump
mkdir want work tmp
(cd want && weir-kg2instruction build -q --rejects rejects ../dump -o kg)
cd work
n=0 complete=0
while [ "$n" -lt 40 ]; do
    n=$((n + 1))
    rm -f kg rejects ledger
    weir-kg2instruction build -q -j 2 -m 64M -T ../tmp --rejects rejects --ledger ledger ../dump -o kg 2>/dev/null &
    pid=$!
    # From before the start to after the end.
    sleep "0.$(printf %03d $(($(od -An -N2 -tu2 /dev/urandom) % 300)))"
    if [ $((n % 2)) = 0 ]; then kill -9 $pid 2>/dev/null || true; else kill $pid 2>/dev/null || true; fi
    wait $pid 2>/dev/null || true
    if [ -e kg ]; then
        cmp kg ../want/kg
        cmp rejects ../want/rejects
        [ "$(wc -l <ledger)" = 1 ]
        complete=$((complete + 1))
    fi
    left=$(find . ../tmp -name '.*' -type f; find ../tmp -type f)
    [ -z "$left" ] || { echo "left behind: $left"; exit 1; }
done
[ "$complete" -lt 40 ] || { echo "no run was killed before its end"; exit 1; }
rm -f rejects
weir-kg2instruction build -q --rejects rejects ../dump -o kg
cmp kg ../want/kg
