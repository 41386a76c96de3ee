# The counts of weir kg2instruction eval --strict on noisy answers are those of IEPile's evaluator.
set -eu
command -v python3 >/dev/null 2>&1 || { echo "python3 is not installed"; exit 77; }
[ -n "$SHARED" ] && [ -d "$SHARED/data/ie" ] || { echo "no shared data"; exit 77; }
tar --zstd -xf "$SHARED/data/ie/iepile-samples.tar.zst"
for task in NER RE EET EE EEA; do
    python3 "$SRC/tests/cross/ie_eval.py" noise $task data/$task/test.json data/$task/sample.json >noisy
    for match in normal set; do
        python3 "$SRC/tests/cross/ie_eval.py" counts $task $match <noisy >theirs
        weir kg2instruction eval -q --strict --task $task --match $match noisy | sed -n 2p |
            grep -o '"right":[0-9]*,"said":[0-9]*,"gold":[0-9]*' | sed 's/"[a-z]*"://g; s/,/ /g' >ours
        cmp ours theirs || { echo "$task $match"; cat ours theirs; exit 1; }
        awk '$1 > 10 && $2 > $1 && $3 > $1 { n++ } END { exit !n }' ours || { cat ours; exit 1; }
    done
done
