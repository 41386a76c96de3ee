# stats of a dataset whose every number is known: 4 documents of two sources, by hand.
model=$SRC/tests/data/tokenize/tiny.model
cat >docs <<'E'
{"id":"1","text":"aaaa aaaa aaaa","source":"one"}
{"id":"2","text":"bbbb","source":"one"}
{"id":"3","text":"cccc cccc","source":"two"}
E
weir tokenize -q --model "$model" docs | weir chunker -q -n 8 | weir indexer -q --eod 2 -o set
weir indexer show set >ids
weir indexer stats set >out
# counted again from what show prints
awk '{ n++; t += NF; for (i = 1; i <= NF; i++) { if ($i == 2) eod++; if (!s[$i]++) k++ } }
     END { print "set: " n " sequences, " t " tokens"; print eod " " k }' ids >want
head -n 1 out >first
head -n 1 want | cmp - first
set -- $(tail -n 1 want)
grep -q "end-of-document ids: $1\$" out && grep -q "^ids: $2 of" out && echo "ids and ends as counted"
sed -n 's/^\(one\|two\)  *\([0-9]*\) .*/\1 \2 documents/p' out
grep -c '#' out
one=$(($(sed -n '1,2p' docs | grep -o '"text":"[^"]*' | cut -c 9- | tr -d '\n' | wc -c)))
weir indexer stats --json set | grep -o "\"text_bytes\":$one" | head -n 1

# a mix of 2.5 epochs: repeats are counted, bytes a token are not known
weir indexer mix -q --take 'set epochs 2' -o twice
weir indexer stats twice | grep -E '^samples|^one' | sed 's/  */ /g'
weir indexer mix -q --take set --pack -n 64 --pad 3 -o rows --ledger l
weir indexer stats rows --ledger l >/dev/null
n=$(wc -w <ids)
weir indexer stats rows | grep -o "padding: $(($(weir indexer show rows | wc -w) - n)) tokens"
grep -c '"datasets":\[{"dataset":"rows"' l
weir indexer stats nowhere 2>&1 | head -n 1
