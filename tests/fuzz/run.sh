#!/bin/sh
# run.sh FUZZER…: each for $FUZZ_TIME seconds from its seeds; new inputs stay in build-fuzz/corpus.
set -u
here=$(cd "$(dirname "$0")" && pwd)
status=0
for f in "$@"; do
    name=$(basename "$f" _fuzz)
    corpus=$(dirname "$f")/../corpus/$name
    mkdir -p "$corpus"
    echo "== $name, ${FUZZ_TIME:-60} s"
    "$f" -max_total_time="${FUZZ_TIME:-60}" -timeout=10 -rss_limit_mb=2048 -max_len=65536 -verbosity=0 -print_funcs=0 \
        -print_final_stats=1 -artifact_prefix="$corpus-" "$corpus" "$here/corpus/$name" || status=1
done
exit $status
