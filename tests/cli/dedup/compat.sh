# datatrove's signature of the five words "a b c d e" begins with 608970002929154467 (numpy); the three such
# documents stand behind that of document 4: the empty one has no number.
{
    printf '{"id":"1","text":"A b, c. D e!"}\n{"id":"2","text":"a b c d e"}\n{"id":"empty","text":""}\n'
    printf '{"id":"short","text":"a b c d"}\n{"id":"3","text":"a. b. c. d. e."}\n{"text":"some other words of this other text"}\n'
} >in.jsonl
weir-dedup --compat datatrove --export-sig sigs --rank 7 --rejects rejects --ledger ledger in.jsonl
sed 's/,"file".*//' rejects
grep -o '"plan":{[^}]*}' ledger
find sigs -type f | sort | sed -n '1p;$p'
od -An -tu8 -j 68 -N 8 sigs/bucket_000/00007.minhash.sig
od -An -tu4 -j 64 -N 4 sigs/bucket_000/00007.minhash.sig
wc -c <sigs/bucket_013/00007.minhash.sig
weir-dedup -q --compat datasketch <in.jsonl --rejects /dev/null | cut -c 1-9
for bad in "--exact" "--shingle char:5" "--plan" "--field title"; do
    weir-dedup --compat datatrove $bad in.jsonl 2>&1 | head -n 1
done
weir-dedup --compat datasketch --export-sig sigs in.jsonl 2>&1 | head -n 1
