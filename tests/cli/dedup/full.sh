# More documents than -m holds: the same bytes, in several passes, also from a pipe.
awk 'BEGIN { for (i = 0; i < 60000; i++) {
    k = i % 7 ? i : i % 1000
    printf "{\"id\":\"%d\",\"text\":\"a%d b%d c%d d%d e%d f%d%s\"}\n", i, k, k, k, k, k, k, i % 14 ? "" : "!" } }' >in
weir-dedup -q in -o want --rejects want.rejects
weir-dedup -q -m 36M in -o small --rejects small.rejects --ledger ledger
cmp want small
cmp want.rejects small.rejects
weir-dedup -q -m 36M -j 8 <in >piped
cmp want piped
sed 's/.*"passes":\([0-9]*\)},"temp_bytes":\([0-9]*\).*/\1 \2/' ledger | awk '{ print ($1 > 1), ($2 > 1000000) }'
wc -l <want
