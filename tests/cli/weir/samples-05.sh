# The walk-through from datasets to scores: the tiny model is asked for everything and says nothing of use.
cp -r "$SRC/samples" .
DIR=out PATH_WEIR=${PATH%%:*} NEW=8 sh -e samples/05-extract.sh 2>err | grep -o '"texts":[0-9]*\|"gold":[0-9]*'
wc -l <out/train.jsonl
