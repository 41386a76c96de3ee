# The walk-through of answers runs, and every case has one.
cp -r "$SRC/samples" .
DIR=out PATH_WEIR=${PATH%%:*} NEW=8 sh -e samples/03-answer.sh 2>err
for f in general extraction; do
    echo "$f $(grep -c . samples/cases/$f.jsonl) $(grep -c '"response":.*"end":"[a-z]*","tokens":[0-9]*}$' out/$f.jsonl)"
done
grep -o '"response_[234]"' out/four.jsonl
wc -l <out/likely.tsv
