# Traditional Chinese becomes simplified before rules look at it; the same for any number of threads.
printf '%s\n' '{"id":"1","text":"計算機軟體，在這裡\n簡體字"}' '{"id":"2", "text":"简体不变"}' >docs.jsonl
for how in t2s tw2sp hk2s; do
    echo $how; weir filters -q --to-simplified $how docs.jsonl
done
weir filters -q --to-simplified no docs.jsonl 2>&1 || echo "exit $?"
weir filters --to-simplified t2s docs.jsonl -o out.jsonl --ledger l.json 2>/dev/null
grep -o '"to-simplified":[^,}]*' l.json
weir filters -q --to-simplified t2s --rule dup-lines-max=1 --write-lang docs.jsonl
for i in 1 2 3 4 5 6 7 8; do
    sed "s/\"id\":\"/&$i/" docs.jsonl
done >more.jsonl
cat more.jsonl more.jsonl more.jsonl >>more2.jsonl
weir filters -q -j 1 --to-simplified tw2sp more2.jsonl -o a
weir filters -q -j 8 --to-simplified tw2sp more2.jsonl -o b
cmp a b
