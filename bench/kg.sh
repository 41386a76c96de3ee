#!/bin/sh
# A generated Wikidata dump of N entities (5 million, 25 GB of JSON; never stored) through weir kg2instruction
# build within 1 GB: what it takes, and what the real dump would.
#   bench/kg.sh [N] [FOLDER]      the knowledge file and the temporaries go to FOLDER
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
n=${1:-5000000}
work=${2:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
rm -f "$work/ledger"
"$build/bench/kg_make" "$n" | "$build/bin/weir-kg2instruction" build -m 1G -T "$work" --ledger "$work/ledger" -o "$work/kg"
"$build/bin/weir-kg2instruction" check "$work/kg"
number() { sed -n 's/.*"'"$1"'":\([0-9.]*\).*/\1/p' "$work/ledger" | tail -n 1; }
bytes=$(sed -n 's/.*"in":{"records":[0-9]*,"bytes":\([0-9]*\).*/\1/p' "$work/ledger")
# The dump of 2024: 1.5 TB of JSON in 110 million entities.
awk -v b="$bytes" -v n="$n" -v w="$(number seconds)" -v s="$(number cpu_seconds)" -v p="$(number peak_memory)" \
    -v k="$(wc -c <"$work/kg")" 'BEGIN {
        printf "%.1f GB of JSON, %d entities: %.0f s, %.0f MB/s; CPU %.0f s, %.0f MB/s; peak %.0f MB; file %.2f GB, %.0f bytes an entity\n",
            b / 1e9, n, w, b / 1e6 / w, s, b / 1e6 / s, p / 1e6, k / 1e9, k / n
        printf "1.5 TB at this rate: %.1f hours; 110 million entities at this size: %.0f GB\n", 1.5e12 / (b / w) / 3600, k / n * 110e6 / 1e9
    }'
