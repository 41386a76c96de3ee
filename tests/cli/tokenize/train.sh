# A model of some documents: the same for any number of threads and whatever stands around the lines, usable
# at once, with the library's ids; a sample by seed; what cannot be is said.
sh "$SRC/tests/documents.sh" 40 >docs
weir tokenize train -q --vocab-size 420 --symbol fox -j 1 docs -o a.model
weir tokenize train -q --vocab-size 420 --symbol fox -j 8 -m 2G --ledger ledger docs -o b.model
cmp a.model b.model
grep -o '"train":{"lines":40,"sampled_lines":40,"sampled_bytes":[0-9]*' ledger
grep -c '"vocab_size":"420"' ledger
weir tokenize --model a.model --check -q docs -o docs.tok
weir tokenize --model a.model -q --decode docs.tok | grep -o '"text":".*"' >back
sed 's/.*\("text":".*"\),"source.*/\1/' docs | cmp - back
echo 'the foxes, 中国' | weir tokenize -q --model a.model --lines | wc -w
# Lines that are too long are cut at sentences, none is lost.
{ printf '{"text":"'; head -c 9000 /dev/zero | tr '\0' x; printf '。很长。"}\n'; } >long
weir tokenize train -q --vocab-size 420 --ledger long.ledger docs long --set max_sentence_length=4000 -o long.model
grep -o '"lines":[0-9]*' long.ledger
# A sample: fewer lines, by seed.
for seed in 1 1 2; do
    rm -f ledger
    weir tokenize train -q --vocab-size 400 --sample 20K --seed $seed --ledger ledger docs -o "$seed.model" -j 3
    xxh128sum <"$seed.model" 2>/dev/null || cksum <"$seed.model"
    grep -o '"sampled_bytes":[0-9]*' ledger | awk -F: '{ print ($2 <= 20480 && $2 > 17000) }'
done >sums
sort sums | uniq -c | awk '{ print $1 }'
say() { "$@" 2>&1 | head -n 1; }
say weir tokenize train -q --vocab-size 99999 docs -o c.model
say weir tokenize train -q --vocab-size 20 docs -o c.model
say weir tokenize train -q --set no_such=1 docs -o c.model
say weir tokenize train -q --set input=x docs -o c.model
say weir tokenize train -q --set vocab docs -o c.model
say weir tokenize train -q --coverage 0.5 docs -o c.model
say weir tokenize train -q --sample 1G docs -o c.model
printf '{"text":"\\n\\n"}\n' | say weir tokenize train -q -o c.model
[ ! -e c.model ]
# What the standing cases ask of every program.
weir tokenize train -q --vocab-size 420 docs >/dev/full 2>err || sed 's/.*: //' err
zstd -q docs -o whole.zst && head -c 900 whole.zst >short.zst
weir tokenize train -q --vocab-size 420 short.zst -o c.model 2>&1 | grep -c truncated
printf '{"text":"bad \377"}\n{"text":5}\n' | cat docs - >odd
say weir tokenize train -q --vocab-size 420 odd -o c.model | cut -d : -f 1-3
weir tokenize train -q --vocab-size 420 --symbol fox --rejects bad odd -o d.model
cmp a.model d.model
wc -l <bad
weir tokenize train --help | grep -c -e --vocab-size -e --sample -e --seed
[ ! -e c.model ]
