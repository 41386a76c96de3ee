# Parts of a dataset: split, sample and subset leave out no sequence and take none twice; twins stay on one
# side; resume and subtract are complements.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 200 >docs
weir tokenize -q --model "$model" docs | weir chunker -q -n 64 | weir indexer -q --eod 2 -o set
weir indexer show set | sort >all
shown() { for s; do weir indexer show "$s"; done; }
ids() { weir indexer show "$1" --model "$model" | sed -n 's/^#.*document \("[^"]*"\) .*/\1/p' | sort -u; }

weir indexer split -q set --valid 0.2 --test 0.1 --seed 3 -o by
weir indexer check by-train by-valid by-test | wc -l
shown by-train by-valid by-test | sort | cmp - all
for p in train valid test; do ids by-$p; done | sort | uniq -d
for p in train valid test; do echo "$(ids by-$p | wc -l)"; done | awk '
    { n[NR] = $1 } END { print (n[1] > 110 && n[2] > 20 && n[3] > 5 ? "sizes as asked" : "sizes " n[1] " " n[2] " " n[3]) }'
# a document's side does not depend on what else is there
head -n 50 docs | weir tokenize -q --model "$model" | weir chunker -q -n 64 | weir indexer -q -o few
weir indexer split -q few --valid 0.2 --test 0.1 --seed 3 -o part
ids part-valid >a
ids by-valid >b
comm -23 a b
# 0-1-2 … are a chain of twins: all on one side, however long
for i in 0 1 2 3 4 5 6 7 8; do
    printf '{"reason":"near-duplicate","record":{"id":"d%d"},"twin":"d%d"}\n' $((i + 1)) "$i"
done >twins
weir indexer split -q set --train 0.5 --valid 0.5 --twins twins -o tw
for p in train valid; do ids tw-$p | grep -cx '"d[0-9]"' || true; done | sort -n
weir indexer split set --valid 0.9 --test 0.9 -o no 2>&1 | head -n 1
weir indexer split set --valid 0.9 2>&1 | head -n 1

weir indexer sample -q set --tokens 3000 --seed 5 -o sam
echo "$(($(wc -c <sam.bin) / 2)) tokens"
weir indexer sample -q set --samples 50 --seed 5 -o sam
shown sam | sort | comm -23 - all
shown sam | wc -l
weir indexer sample set --samples 50000 -o no 2>&1 | head -n 1 | sed 's/[0-9][0-9]*/N/g'

weir indexer subset -q set --source s1 --source s2 -o sub
weir indexer subset -q set --source s1 --source s2 --not -o rest
shown sub rest | sort | cmp - all
ids sub | tr -d '"' >list
weir indexer subset -q set --ids list -o again
cmp sub.bin again.bin
weir indexer subset set --source nobody -o no 2>&1 | head -n 1

weir indexer mix -q --take set --seed 9 -o mixed
weir indexer resume -q mixed --consumed 100 -o on
weir indexer show mixed | tail -n +101 >want
shown on | cmp - want
weir indexer show mixed | head -n 100 | sort >seen
weir indexer subtract -q mixed --order given --consumed 100 -o on2
cmp on.bin on2.bin
weir indexer trace on 5 | sed -n 's/ [0-9]* "d[0-9]*"/ N ID/p'
seq 0 2 199 >numbers
weir indexer subtract -q set --seen numbers -o odd
shown odd | wc -l
weir indexer resume set --consumed 100000 -o no 2>&1 | head -n 1 | sed 's/[0-9][0-9]*/N/g'
weir indexer resume set -o no 2>&1 | head -n 1
echo 5x >numbers
weir indexer subtract -q set --seen numbers -o no 2>&1 | head -n 1
ls no* 2>/dev/null || echo nothing is left
