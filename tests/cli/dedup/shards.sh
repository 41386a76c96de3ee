# sign, match, cluster and apply over 1, 3, 7 and 30 shards: joined, documents and rejects are those of one
# run, for any -j, -m, bands a match, and rule.
awk 'BEGIN { srand(6); for (i = 0; i < 2100; i++) {
    k = rand() < 0.4 ? int(rand() * (i + 1)) : i
    text = ""
    for (j = 0; j < 40; j++) text = text " w" (k * 7919 + j * j) % 50021
    if (rand() < 0.3) text = text " tail" int(rand() * 3)
    if (i % 97 == 0) text = ""
    printf "{\"id\":\"%d\",\"text\":\"%s\",\"score\":%d,\"source\":\"%s\"}\n", i, text, rand() * 9, i % 3 ? "a" : "b"
    if (i == 1000) print "{\"id\":\"broken\""
} }' >docs.jsonl

# sharded N OPTION…: what N shards give, in sharded and sharded.rejects.
sharded()
{
    rm -rf s v
    mkdir s
    split -n "l/$1" -d -a 2 docs.jsonl s/
    shift
    for f in s/??; do weir-dedup sign -q -j 2 --rejects /dev/null "$@" "$f" >"$f.sig"; done
    weir-dedup match -q s/*.sig --bands 0-2 -o low.match
    weir-dedup match -q s/*.sig --bands 3-9 -j 2 -o high.match.zst
    weir-dedup cluster -q s/*.sig --match low.match --match high.match.zst --verdicts v -m 40M >summary
    for f in s/??; do
        weir-dedup apply -q "$f" --verdict "v/${f#s/}.verdict" --rejects "$f.rejects" >"$f.out"
    done
    cat s/*.out >sharded
    cat s/*.rejects >sharded.rejects
}

check() # N OPTION…
{
    sharded "$@"
    shift
    weir-dedup -q -j 8 "$@" s/?? --rejects whole.rejects >whole
    cmp whole sharded
    cmp whole.rejects sharded.rejects
}
check 1
check 30
check 3 --keep longest
check 3 --keep score:max
check 3 --keep source:b,a --verify
check 3 --raw --shingle word:3
# The summary's numbers are those of the rejects; without --match the same is decided.
sharded 7
sed 's/.*"documents":\([0-9]*\),"exact":\([0-9]*\),"near":\([0-9]*\)}/\1 \2 \3/' summary |
    awk '{ d += $1; e += $2; n += $3 } END { print d, e, n }'
echo "$(grep -c exact-dup sharded.rejects) $(grep -c near-dup sharded.rejects) $(grep -c '"error"' sharded.rejects)"
cp -r v with
rm -r v
weir-dedup cluster -q s/*.sig -o summary
for f in with/*; do cmp "$f" "s/${f#with/}"; done

# What does not belong together is told.
says() { "$@" 2>err >out && exit 1; head -n 1 err; }
says weir-dedup apply s/01 --verdict with/02.verdict -o x
{ cat s/01; head -n 1 s/02; } >longer
says weir-dedup apply longer --verdict with/01.verdict -o x --rejects bad
weir-dedup sign -q s/01 --seed 2 >other.sig
says weir-dedup match s/01.sig other.sig -o x
says weir-dedup match s/01.sig --bands 3-10 -o x
says weir-dedup match s/01 -o x
says weir-dedup cluster s/*.sig --match low.match -o x
says weir-dedup cluster s/01.sig s/00.sig --match low.match --match high.match.zst -o x
says weir-dedup cluster s/01.sig --match low.match --match with/01.verdict -o x
says weir-dedup cluster s/01.sig with/../s/01.sig --verdicts v2 -o x
head -c 5000 s/01.sig >s/short.sig
says weir-dedup match s/short.sig -o x
says weir-dedup apply s/01 -o x
says weir-dedup match s/01.sig -o /dev/full
says weir-dedup cluster s/01.sig -o /dev/full
says weir-dedup apply s/01 --verdict with/01.verdict -o /dev/full
[ ! -e x ]
