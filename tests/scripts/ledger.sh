# Lines appended to one ledger by many processes at once stay whole, also far above what a pipe takes
# at once; a full disk leaves no half line.
set -eu
awk 'BEGIN { for (i = 0; i < 3000; i++)
    printf "{\"id\":\"%d\",\"text\":\"t%d\",\"source\":\"a source with a long name, number %d\"}\n", i, i, i }' >in
n=0
while [ "$n" -lt 20 ]; do
    weir dedup -q -j 1 --exact in --ledger ledger -o /dev/null &
    n=$((n + 1))
done
wait
[ "$(wc -l <ledger)" = 20 ]
[ "$(grep -c '^{"program":"weir-dedup",.*}$' ledger)" = 20 ]
[ "$(wc -c <ledger)" -gt 2000000 ]
weir audit ledger >/dev/null

mkdir small
mount -t tmpfs -o size=64k none small 2>/dev/null || exit 0
head -n 3 in >few
weir dedup -q few --ledger small/ledger -o /dev/null
cp small/ledger before
status=0
weir dedup -q in --ledger small/ledger -o out 2>err || status=$?
cmp small/ledger before && same=1 || same=0
umount small
[ "$status" = 1 ] && [ "$same" = 1 ] && [ ! -e out ]
grep -q "cannot write the ledger" err
