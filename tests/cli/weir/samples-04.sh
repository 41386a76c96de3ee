# The walk-through from dumps to a training file runs; these are its instructions and answers.
cp -r "$SRC/samples" .
DIR=out PATH_WEIR=${PATH%%:*} sh -e samples/04-extraction.sh
cat out/iepile.jsonl
grep -c '"task": "NER"' out/train.jsonl
weir-audit out/ledger >/dev/null
