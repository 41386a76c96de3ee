# Killed at any moment and run again: the same bytes, nothing half-written, nothing left behind.
set -eu
sh "$SRC/tests/documents.sh" 6000 >in.jsonl
mkdir want work
(cd want && weir dedup -q ../in.jsonl -o out.zst --rejects rejects)
cd work
n=0 complete=0
while [ "$n" -lt 40 ]; do
    n=$((n + 1))
    rm -f out.zst rejects ledger
    weir dedup -q -j 2 ../in.jsonl -o out.zst --rejects rejects --ledger ledger 2>/dev/null &
    pid=$!
    # From before the start to after the end.
    sleep "0.$(printf %03d $(($(od -An -N2 -tu2 /dev/urandom) % 250)))"
    if [ $((n % 2)) = 0 ]; then kill -9 $pid 2>/dev/null || true; else kill $pid 2>/dev/null || true; fi
    wait $pid 2>/dev/null || true
    if [ -e out.zst ]; then
        # With its name come its rejects and its ledger, whole.
        cmp out.zst ../want/out.zst
        cmp rejects ../want/rejects
        [ "$(wc -l <ledger)" = 1 ]
        complete=$((complete + 1))
    fi
    left=$(find . -name '.*' -type f)
    [ -z "$left" ] || { echo "left behind: $left"; exit 1; }
done
[ "$complete" -lt 40 ] || { echo "no run was killed before its end"; exit 1; }
weir dedup -q ../in.jsonl -o out.zst --rejects rejects
cmp out.zst ../want/out.zst
