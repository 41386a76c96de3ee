# --work: documents and rejects of a run without it, whatever the rule, -j and -m; from every step on; and what
# does not belong together is told.
awk 'BEGIN { srand(8); for (i = 0; i < 9000; i++) {
    k = rand() < 0.4 ? int(rand() * (i + 1)) : i
    text = ""
    for (j = 0; j < 40; j++) text = text " w" (k * 7919 + j * j) % 50021
    if (rand() < 0.3) text = text " tail" int(rand() * 3)
    if (i % 97 == 0) text = ""
    if (i % 101 == 0) text = "四个字"
    printf "{\"id\":\"%d\",\"text\":\"%s\",\"score\":%d,\"source\":\"%s\"}\n", i, text, rand() * 9, i % 3 ? "a" : "b"
    if (i == 1000) print "{\"id\":\"broken\""
    if (i == 5000) print "{\"text\":\"no id and no copy\"}"
} }' >all.jsonl
split -n l/2 -d -a 1 all.jsonl in.
: >empty
gzip -k in.1
check() # OPTION…
{
    weir-dedup -q "$@" in.0 empty in.1.gz --rejects want.rejects >want
    weir-dedup -q --work w -j 8 -m 36M -T . "$@" in.0 empty in.1.gz --rejects rejects >got
    cmp want got
    cmp want.rejects rejects
    [ ! -e w ]
}
check
check -m 1G -j 1
check --keep longest
check --keep score:max --verify
check --exact --raw
check --near --shingle word:3
# Stopped by a full output, all steps but the last are there; then with some of them.
cp -p in.0 text
from() # FILES-TO-DELETE…
{
    weir-dedup -q --work w --rejects rejects -m 36M text in.1 >/dev/full 2>err && exit 1
    ls w >all
    for f; do rm w/$f; done
    weir-dedup -q --work w --rejects rejects -m 36M text in.1 >got
    cmp want got
}
weir-dedup -q text in.1 --rejects want.rejects >want
from
cat all
from decided 00000002.verdict
from decided '0*.verdict' 4-7.match
from decided '0*.verdict' '*.match' signed 00000003.sig
from decided '0*.verdict' '*.match' signed '0*.sig'

weir-dedup -q --work w --rejects rejects text in.1 >/dev/full 2>err || true
says() { "$@" 2>err >out && exit 1; head -n 1 err; }
says weir-dedup --work w --rejects rejects -t 0.7 text in.1
says weir-dedup --work w --rejects rejects in.1 text
# Another version may sign otherwise.
[ "$(head -n 1 w/run)" = "weir dedup --work $(weir-dedup --version | sed -n '1s/.* //p')" ]
cp w/run run
sed -i '1s/$/0/' w/run
says weir-dedup --work w --rejects rejects text in.1
mv run w/run
flock w/lock weir-dedup --work w --rejects rejects text in.1 2>&1 | head -n 1
says weir-dedup --work . text in.1
says weir-dedup --work w <text
says weir-dedup --work w text -
says weir-dedup --work w --index i text
says weir-dedup --work w --compat datatrove text
says weir-dedup --work x/y/z text
# As many bytes at the same time, but others.
was=$(stat -c %y text)
sed 's/w7/w8/' text >other
cat other >text
touch -d "$was" text
says weir-dedup -q --work w --rejects rejects text in.1
rm w/signed w/decided
says weir-dedup -q --work w --rejects rejects text in.1
head -c 3000 w/00000001.sig >cut
cp cut w/00000001.sig
says weir-dedup -q --work w --rejects rejects text in.1
