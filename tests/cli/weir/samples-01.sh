# The walk-through for newcomers runs, and ends with a dataset, a sample and a trace.
cp -r "$SRC/samples" .
DIR=out PATH_WEIR=${PATH%%:*} sh -e samples/01-corpus.sh 2>/dev/null | sed 's/[0-9][0-9]*/N/g'
wc -l <out/bad.jsonl
wc -l <out/dropped.jsonl
wc -l <out/copies.jsonl
sed -n 2p out/sample.txt | cut -c 1-30
grep -c '^origin' out/trace.txt
