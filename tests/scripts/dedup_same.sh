# One kept set, the same bytes: streaming and external, one thread and eight, little memory and much, in steps
# (--work), and over 1, 7 and 64 shards, each cut anywhere and in any number of match programs; rejects too.
set -eu
sh "$SRC/tests/documents.sh" 16000 >made
# Copies near and exact, near and far apart, and a family around the threshold.
awk '{ print } NR % 7 == 3 { held = $0 } NR % 11 == 5 && held { sub(/"id":"d/, "\"id\":\"c", held); print held }
     NR % 13 == 1 { copy = $0; sub(/"id":"d/, "\"id\":\"n", copy); sub(/。/, "，又有一个字不同。", copy)
                    sub(/lazy/, "sleepy", copy); print copy }
     NR % 17 == 2 { copy = $0; sub(/"id":"d/, "\"id\":\"f", copy); gsub(/不/, "没", copy); gsub(/fox/, "wolf", copy); print copy }' \
    made >all.jsonl
mkdir in && split -n l/64 -d -a 2 all.jsonl in/
want() { weir dedup -q -j 1 -m 8G "$@" in/?? -o want --rejects want.rejects; }
same() # NAME; got and got.rejects
{
    cmp want got || { echo "$1: other documents"; exit 1; }
    cmp want.rejects got.rejects || { echo "$1: other rejects"; exit 1; }
}
single() # DEDUP-OPTION…
{
    for how in "-j 8 -m 8G" "-j 1 -m 256M" "-j 8 -m 256M" "-j 1 -m 36M" "-j 8 -m 36M" "-j 8 -m 36M --work w"; do
        # shellcheck disable=SC2086
        weir dedup -q $how -T . "$@" in/?? -o got --rejects got.rejects --ledger ledger
        same "$how $*"
    done
}
sharded() # SHARDS DEDUP-OPTION…
{
    n=$1
    shift
    rm -rf s && mkdir s
    # A shard is some of the files in a row, so that rejects name the same ones.
    for f in in/??; do
        d=${f#in/} i=$((${d#0} * n / 64))
        echo "$f" >>s/$(printf %02d $i).list
    done
    for l in s/*.list; do
        # shellcheck disable=SC2046
        weir dedup sign -q -j 2 "$@" $(cat "$l") -o "${l%.list}.sig"
    done
    for b in 0-1 2-8 9; do weir dedup match -q -m 40M --bands $b s/*.sig -o s/$b.match; done
    weir dedup cluster -q -m 40M --match s/0-1.match --match s/2-8.match --match s/9.match s/*.sig -o /dev/null
    for l in s/*.list; do
        # shellcheck disable=SC2046
        weir dedup apply -q -j 2 --verdict "${l%.list}.verdict" $(cat "$l") -o "${l%.list}.out" --rejects "${l%.list}.rej"
    done
    cat s/*.out >got
    cat s/*.rej >got.rejects
    same "$n shards $*"
}
want
single
[ "$(sed -n 's/.*"passes":\([0-9]*\).*/\1/p' ledger | sort -n | tail -n 1)" -gt 1 ] || { echo "all fitted"; exit 1; }
for n in 1 7 64; do sharded $n; done
want --keep longest --verify
single --keep longest --verify
sharded 7 --keep longest --verify
grep -c near-dup want.rejects
grep -c exact-dup want.rejects
