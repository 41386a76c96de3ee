#!/bin/sh
# What a build made: report.sh WEIR OUT.  Printed at the end of "make demo".
set -eu
weir=$1 out=$2
echo
cat "$out/audit.txt"
echo
echo "Datasets in $out/dataset:"
sed "s|^$out/dataset/||; s/: ok: [^,]*, [^,]*,/:/" "$out/check.txt" | awk -F '[:,] *' '
    { printf "  %-14s %9d samples %9d documents %11d tokens\n", $1, $2, $3, $4 }'
(cd "$out/dataset" && ls -l corpus.*) | awk '{ printf "  %-14s %9d bytes\n", $NF, $5 }'
echo "Left out, with the reason: $out/rejects    What each stage counted: $out/ledger"
echo
echo "Try next:"
echo "  $weir indexer show $out/dataset/corpus 0 --model samples/tokenizer.model"
echo "  $weir indexer trace $out/dataset/corpus 1000 --model samples/tokenizer.model"
set -- "$out"/rejects/*.dedup.jsonl.zst
echo "  zstd -dc $1 | head -n 1"
