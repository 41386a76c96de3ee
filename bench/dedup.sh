#!/bin/sh
# Shingling and signing against datatrove's signature stage and rensa's kernel, which come from the package
# index (skipped with a message where they cannot be had): one run, one thread, CPU time.
#   bench/dedup.sh [BYTES]    text for datatrove, which does some 0.2 MB a second [1000000]
set -eu
cd "$(dirname "$0")/.."
SRC=$PWD
BUILD=$(cd "${BUILD:-build}" && pwd)
shared=${SHARED:-../shared/data}
[ -d "$shared" ] || { echo "bench: $shared is not there; nothing to measure"; exit 0; }
PATH=$BUILD/bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CROSS=1
. tests/venv/dedup.sh
for n in 00001 00003 00006 00022 00023; do zstd -dqc "$shared/zh/wudao-$n.json.zst" >"$work/$n.json"; done
weir-ingest -q --from wudao "$work"/*.json -o "$work/all.jsonl"
awk 'NR % 11 == 1' "$work/all.jsonl" >"$work/zh.jsonl"
mkdir "$work/novels" && tar -C "$work/novels" --zstd -xf "$shared/en/novels.tar.zst"
find "$work/novels" -type f | while read -r f; do split -C 8000 "$f" "$f".part && rm "$f"; done
weir-ingest -q --from text "$work/novels" -o "$work/en.jsonl" --rejects /dev/null
for lang in zh en; do
    { "$BUILD/bench/dedup_bench" "$work/$lang.jsonl" 20000000 2>/dev/null
      "$python" bench/dedup_others.py "$work/$lang.jsonl" $lang "${1:-1000000}" 2>/dev/null; } |
        awk -F, -v lang=$lang '{
            v[$1] = $2
            printf "%s  %-34s %9.3f MB/s\n", lang, $1, $2
            if ($1 ~ /^weir default/ && $2 > own) own = $2
        }
        END {
            t = v["datatrove eng"]; c = v["weir compat english"]
            printf "%s  default / datatrove english words    %6.0f\n", lang, own / t
            printf "%s  compat  / datatrove, the same words  %6.0f\n", lang, c / t
            if (lang == "zh") {
                printf "%s  default / datatrove jieba words      %6.0f\n", lang, own / v["datatrove zho"]
                printf "%s  compat chars / datatrove jieba words %6.0f\n", lang, v["weir compat chars"] / v["datatrove zho"]
            }
            printf "%s  default / rensa kernel               %6.1f\n", lang, own / v["rensa kernel on shingles given"]
        }'
done
SHARED=$(dirname "$shared") "$python" bench/dedup_f1.py
