#!/bin/sh
# Inputs that make deduplication slow where it is not linear: N of each, and 2 N.  CPU seconds of one thread, and
# peak memory, which stays below -m 256M.
#   bench/dedup_hostile.sh [N]    documents [1000000]; the giant document has 50 bytes for each
set -eu
cd "$(dirname "$0")/.."
PATH=$(cd "${BUILD:-build}/bin" && pwd):$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number() { sed -n 's/.*"'"$1"'":\([0-9.]*\).*/\1/p' "$work/ledger" | tail -n 1; }
make_input() # KIND N
{
    awk -v kind="$1" -v n="$2" 'BEGIN {
        for (j = 0; j < 31; j++) stem = stem " stem" j
        if (kind == "giant") { # and a copy that lacks its first hundredth
            for (copy = 0; copy < 2; copy++) {
                printf "{\"id\":\"%d\",\"text\":\"", copy
                for (i = copy ? n / 100 : 0; i < n * 5; i++) printf "w%08d ", i
                print "\"}"
            }
            exit
        }
        for (i = 0; i < n; i++) {
            if (kind == "empty") text = ""
            if (kind == "same") text = stem
            if (kind == "cluster") text = stem stem stem " a" i        # all copies of the first
            if (kind == "family") text = stem " a" i " b" i " c" i " d" i # 27 of 35 shingles: none is a copy
            if (kind == "thousand") { # texts, in turns
                text = ""
                for (j = 0; j < 20; j++) text = text " w" i % 1000 * 31 + j * 7
            }
            print "{\"id\":\"" i "\",\"text\":\"" text "\"}"
        }
    }'
}
n=${1:-1000000}
echo "input,documents,CPU s,documents,CPU s,ratio,kept,peak MB"
for kind in empty same thousand cluster family giant; do
    row=$kind was=
    for times in 1 2; do
        m=256M count=$((n * times))
        [ $kind != giant ] || m=8G
        make_input $kind $count >"$work/in"
        rm -f "$work/ledger"
        weir-dedup -q -j 1 -m $m -T "$work" --ledger "$work/ledger" "$work/in" -o "$work/out"
        s=$(number cpu_seconds)
        row=$row,$count,$s
        [ -z "$was" ] || row=$row,$(awk "BEGIN { printf \"%.2f\", $s / ($was + 0.001) }")
        was=$s
    done
    echo "$row,$(wc -l <"$work/out"),$(awk "BEGIN { printf \"%.0f\", $(number peak_memory) / 1e6 }")"
done
