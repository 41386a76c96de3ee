# Files of other programs as datasets: what export wrote comes back byte for byte, and files made here by hand.
model=$SRC/tests/data/tokenize/tiny.model
sh "$SRC/tests/documents.sh" 40 | weir tokenize -q --model "$model" -o tok
weir indexer -q --unit document --eod 2 tok -o set
take() { weir indexer import -q --model "$model" "$@"; }
same() { cmp set.bin in.bin && cmp set.idx in.idx && weir indexer check -q in >/dev/null && echo "$1"; }
for f in npy raw llm.c datatrove dolma jsonl; do weir indexer export -q set --to $f -o $f; done
take --from npy npy.npy -o in && same npy
take --from raw --eod 2 raw.bin -o in && same raw
weir indexer export -q set --to llm.c --shard 1000 -o c
take --from llm.c --eod 2 c_0*.bin -o in && same "llm.c, documents over the ends of shards"
take --from datatrove datatrove.ds -o in && same datatrove
take --from dolma dolma.npy -o in && same dolma
take --from jsonl jsonl.jsonl -o in && same jsonl
weir indexer show in --model "$model" | grep -a '^#' >heads
weir indexer show set --model "$model" | grep -a '^#' | sed 's/"d\([0-9]*\)"/&/' | cmp - heads && echo "ids of documents"
cp set.bin foreign.bin && cp set.idx foreign.idx
take --from megatron foreign -o in && same megatron
weir indexer -q --unit document --eod 2 --format knowlm tok -o know
cp know.bin k.bin && cp know.idx k.idx
take --from knowlm k -o in && same knowlm
# what has a manifest mixes with Weir's own
weir indexer merge -q set in -o both && weir indexer check -q both >/dev/null && echo merged

# -n cuts documents, each into pieces of 50 and what is left
take --from datatrove datatrove.ds -n 50 -o cut
weir indexer show set | awk '{ for (n = NF; n > 50; n -= 50) print 50; print n }' >want
weir indexer show cut | awk '{ print NF }' | cmp - want && cmp set.bin cut.bin && echo cut
# rows: every 100 tokens a document
take --from raw -n 100 raw.bin -o rows
weir indexer show rows | wc -w | awk -v n="$(weir indexer show set | wc -w)" '{ print $1 == n ? "rows" : $1 }'
weir indexer show rows | awk '{ print NF }' | sort -rn | uniq -c | awk 'NR == 1 { print $2 } END { print NR }'

# by hand: 16 bits, 7 begins a document; the second has nothing before 9 ends it
printf '\007\000\001\000\002\000\007\000\011\000\007\000\003\000' >hand.bin
weir indexer import -q --from raw --bod 7 hand.bin -o hand && weir indexer show hand
weir indexer import -q --from raw --bod 7 --eod 9 hand.bin -o hand && weir indexer show hand
take --from raw --bod 7 --source mine hand.bin -o hand && weir indexer trace hand 5
# a table of two rows and three columns, 32 bits
{
    printf '\223NUMPY\001\000\107\000'
    printf "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }           \n"
    printf '\001\000\000\000\002\000\000\000\003\000\000\000\004\000\000\000\005\000\000\000\006\000\000\000'
} >two.npy
weir indexer import -q --from npy two.npy -o two && weir indexer show two
# an empty document is counted as dropped; quoted fields
printf '0,2,"a ""b"", c",x.jsonl,7\r\n2,2,e,,\r\n2,4,d,"y\n.jsonl",9\r\n' | gzip >t.csv.gz
printf '\001\000\002\000\003\000\004\000' >t.npy
weir indexer import --from dolma --model "$model" t.npy -o t 2>&1 | sed 's/;.*//'
weir indexer trace t 0 --model "$model" | grep -v '^text'
weir indexer trace t 3
# lines: other names, a bad one aside
printf '%s\n' '{"tokens":[3,4],"source":"s"}' '{"tokens":[5,-1]}' '{"tokens":[]}' '{"tokens":[ 6 , 7 ],"id":12}' '{"ids":[1]}' >l.jsonl
take --from jsonl --field tokens --rejects bad l.jsonl -o l
weir indexer show l --model "$model" | grep -a '^#'
sed 's/.*"reason":"\([^"]*\)".*/\1/' bad

# what is wrong is said
no() { take "$@" -o bad 2>&1 | head -n 1; }
no --from raw raw.bin
no --from datatrove --eod 2 datatrove.ds
no --from megatron set
no --from npy raw.bin
no --from llm.c raw.bin
no --from nothing x
truncate -s -1 raw.bin && no --from raw --eod 2 raw.bin
truncate -s -8 npy.documents.npy && no --from npy npy.npy
truncate -s -8 datatrove.ds.index && no --from datatrove datatrove.ds | sed 's/[0-9][0-9]*/N/g'
printf '0,1,a,,\r\n2,4,b,,\r\n' | gzip >t.csv.gz && no --from dolma t.npy
printf '0,1,a,,\r\n1,4,b\r\n' | gzip >t.csv.gz && no --from dolma t.npy
printf '\377\377\002\000' >high.bin && no --from raw -n 2 high.bin
printf '\377\377\377\377' >low.bin && no --from raw -n 2 --dtype int32 low.bin
ls bad.bin bad.idx 2>/dev/null || echo "nothing half-written"
