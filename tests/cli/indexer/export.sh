# A dataset in the files of other programs: the same ids, read back with od.
model=$SRC/tests/data/tokenize/tiny.model
sh "$SRC/tests/documents.sh" 40 | weir tokenize -q --model "$model" -o tok
weir chunker -q -n 50 tok | weir indexer -q --eod 2 -o set
weir chunker -q -n 50 tok | weir indexer -q --eod 70000 -o wide
put() { weir indexer export -q "$@"; }
numbers() { od -An -v -w8 "$@" | tr -s ' ' '\n' | sed '/^$/d'; }
for s in set wide; do
    weir indexer show $s >$s.ids
    tr ' ' '\n' <$s.ids >$s.tokens
    awk 'BEGIN { print 0 } { n += NF; print n }' $s.ids >$s.sequences
done
n=$(wc -l <set.tokens)
# an id 2 or 70000 ends a document, and only that
awk '{ n += NF } $NF == 2 { print n }' set.ids >ends

# NumPy: a header of 128 bytes that says type and length
put set --to npy -o np
head -c 128 np.npy | tail -c +11 | grep -q "^{'descr': '<u2', 'fortran_order': False, 'shape': ($n,), } *\$" && echo header
head -c 10 np.npy | od -An -tx1
numbers -j128 -tu2 np.npy | cmp - set.tokens
numbers -j128 -td8 np.sequences.npy | cmp - set.sequences
{ echo 0; cat ends; } >documents
numbers -j128 -td8 np.documents.npy | cmp - documents
put wide -o np
head -c 24 np.npy | tail -c 4 && echo
numbers -j128 -td4 np.npy | cmp - wide.tokens

# raw, as read or wider
put set --to raw -o raw && cmp raw.bin set.bin
put set --to raw --dtype uint32 -o raw
numbers -tu4 raw.bin | cmp - set.tokens

# llm.c: shards; an older export leaves nothing behind
put set --to llm.c --shard 100 -o c
put set --to llm.c --shard 1000 -o c
ls c_* | wc -l | awk -v n="$n" '{ print $1 == int((n + 999) / 1000) ? "shards" : "not " $1 }'
od -An -v -td4 -N 1024 c_000000.bin | tr -s ' ' '\n' | sed '/^$/d' | sort -n | uniq -c | tr -s ' '
for f in c_*; do numbers -j1024 -tu2 $f; done | cmp - set.tokens
put wide --to llm.c -o w
od -An -td4 -N 8 w_000000.bin
od -An -v -j1024 -td4 -w4 w_000000.bin | tr -d ' ' | cmp - wide.tokens

# datatrove: ends of documents, and what the tokens are
put set --to datatrove -o d
cmp d.ds set.bin
numbers -td8 d.ds.index | cmp - ends
sed "2s/^$n\$/N/; 3d; s/:.*|/:HASH|/" d.ds.metadata
awk -v n="$n" 'NR == 3 { print $0 == sprintf("%.*f kT", 6 - length(n), n / 1000) ? "metric" : $0 }' d.ds.metadata

# dolma: documents, by their ids and origins
cat >quoted <<'X'
{"id":"a,b","text":"aaaa aaaa","origin":{"file":"raw \"x\".jsonl","offset":17,"length":30}}
{"id":"c","text":"bbbb"}
X
weir tokenize -q --model "$model" quoted | weir chunker -q -n 4 | weir indexer -q --eod 2 -o q
weir indexer show q
put q --to dolma -o q-dolma
gzip -dc q-dolma.csv.gz | tr '\r' '|'
cmp q.bin q-dolma.npy
rm q.json q.prov
put q --to dolma -o q-dolma
gzip -dc q-dolma.csv.gz | tr '\r' '|'
put set --to dolma -o dolma
gzip -dc dolma.csv.gz | cut -d , -f 2 | cmp - ends
weir indexer mix -q --take 'set epochs 2' --seed 5 -o mixed
put mixed --to dolma -o dolma
gzip -dc dolma.csv.gz | awk -F, '$1 != n { print "a gap before " $0 } { n = $2 } END { print n == '$((2 * n))' ? "all" : n }'

# the account is exact
weir indexer export set --to npy -o np 2>&1 | sed 's/;.*//; s/ ([^)]*)//g' | sed "s/ $(wc -l <set.ids)/ N/g"
# what does not fit, or would harm a dataset
for x in "wide --to raw --dtype uint16" "wide --to llm.c --dtype uint16 --shard 20"; do
    put $x -o bad 2>&1 | sed 's/[0-9][0-9]* *,/N,/g; s/token [0-9]*/token N/'
done
# the same when shards have their names already: a document of more tokens than are looked at once
{ printf '{"text":"'; yes 'aaaa bbbb' | head -n 30000 | tr '\n' ' '; printf '"}\n'; } |
    weir tokenize -q --model "$model" | weir indexer -q --unit document --eod 70000 -o long
[ "$(weir indexer show long | wc -w)" -gt 200000 ] && echo long
put long --to llm.c --dtype uint16 --shard 50000 -o bad 2>&1 | sed 's/token [0-9]*/token N/'
cp set.bin other_000000.bin && cp set.idx other_000000.idx
put set --to llm.c -o other 2>&1 | tail -n 2 | head -n 1
put set --to raw -o wide 2>&1 | head -n 1
put set --to raw -o - 2>&1 | head -n 1
put nowhere -o x 2>&1 | head -n 1
truncate -s -2 set.bin
put set -o bad 2>&1 | sed 's/[0-9][0-9]*/N/g'
ls bad* 2>/dev/null || true
weir indexer check -q wide
# nothing in, nothing out
: | weir tokenize -q --model "$model" | weir chunker -q | weir indexer -q -o none 2>/dev/null || echo "no empty datasets"
# KnowLM's: each sequence is a document
weir chunker -q -n 50 tok | weir indexer -q --format knowlm -o know
put know --to datatrove -o k
weir indexer show know | awk '{ n += NF; print n }' >ends
numbers -td8 k.ds.index | cmp - ends && echo knowlm
