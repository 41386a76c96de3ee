# A line in more than two documents goes everywhere; one that is often in two documents stays.
for i in 1 2 3; do
    printf '{"id":"%d","text":"Home | About\\nstory number %s\\nHOME | about"}\n' $i "$(printf '%*s' $i | tr ' ' x)"
done >in.jsonl
printf '{"id":"4","text":"twice\\ntwice\\ntwice"}\n{"id":"5","text":"twice"}\n{"id":"6","text":"Home | About"}\n' >>in.jsonl
weir-dedup lines --max-docs 2 --rejects rejects in.jsonl
sed 's/,"file".*//' rejects
# in 4 documents, 7 times
weir-dedup lines -q --max-docs 3 --min-count 7 --rejects /dev/null in.jsonl | wc -l
weir-dedup lines -q --max-docs 3 --min-count 8 in.jsonl | cmp - in.jsonl
weir-dedup lines -q --max-docs 4 <in.jsonl | cmp - in.jsonl
