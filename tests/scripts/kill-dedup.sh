# One dedup run with --work, killed again and again and started again: it comes to its end with the bytes of
# a run without, has signed every part once, and leaves no folder behind.
set -eu
sh "$SRC/tests/documents.sh" 24000 >all
awk 'NR % 5000 == 7 { print "{\"id\":\"broken" } { print }' all >docs.jsonl
split -n l/3 -d -a 1 docs.jsonl in.
gzip in.1
mkdir want
weir dedup -q --verify --keep longest in.? in.1.gz -o want/out --rejects want/rejects --ledger want/ledger

run() # MEMORY
{
    exec weir dedup -q -j 2 -m "$1" -T . --verify --keep longest --work work in.? in.1.gz -o out --rejects rejects \
        --ledger ledger
}
parts() { stat -c '%n %i %y' work/*.sig 2>/dev/null | sort; }
for m in 48M 1G; do
    n=0
    : >before
    while [ ! -e out ]; do
        n=$((n + 1))
        [ "$n" -lt 200 ] || { echo "no end"; exit 1; }
        run $m 2>err &
        pid=$!
        # Longer and longer, so that it comes to an end on a busy machine too.
        ms=$(($(od -An -N2 -tu2 /dev/urandom) % 250 + n * 20))
        sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
        if [ $((n % 2)) = 0 ]; then kill -9 $pid 2>/dev/null || true; else kill $pid 2>/dev/null || true; fi
        wait $pid 2>/dev/null || true
        [ -e out ] && break
        # A part that was signed stays.
        parts >now
        [ -z "$(comm -23 before now)" ] || { comm -3 before now; exit 1; }
        mv now before
    done
    parts=$(wc -l <before)
    echo "-m $m: $n runs, $parts parts"
    [ "$n" -gt 1 ] || { echo "done before it could be killed"; exit 77; }
    cmp out want/out
    cmp rejects want/rejects
    # The account of a run without; how it was done differs.
    for l in ledger want/ledger; do
        sed 's/.*"outputs":[^]]*\],//; s/,"index":{[^}]*},"temp_bytes":[0-9]*//' "$l" >account.$(dirname "$l")
    done
    cmp account.. account.want
    # Killed while it was removed: that is a state like any other.
    [ ! -e work ] || { rm out rejects ledger; (run $m); cmp out want/out; }
    [ ! -e work ]
    left=$(find . -name '.*' -type f)
    [ -z "$left" ] || { echo "left behind: $left"; exit 1; }
    rm out rejects ledger
done
