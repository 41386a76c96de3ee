# Empty texts and identical ones by the ten thousand, a family of texts that are too far apart (27 of 35
# shingles, 0.77) but share buckets, and one text of half a megabyte with its near copy: the same bytes
# in one pass and in several.  With --verify all of the family and of the short ones stay.
awk 'BEGIN {
    for (i = 0; i < 60000; i++) print "{\"id\":\"e" i "\",\"text\":\"\"}"
    for (i = 0; i < 60000; i++) print "{\"id\":\"s" i "\",\"text\":\"the same words in every one of these texts\"}"
    for (j = 0; j < 31; j++) common = common " stem" j
    for (i = 0; i < 30000; i++) print "{\"id\":\"f" i "\",\"text\":\"p" i " q" i " r" i " s" i " t" i " u" i "\"}"
    for (i = 0; i < 8000; i++) print "{\"id\":\"f" i "\",\"text\":\"" common " a" i " b" i " c" i " d" i "\"}"
    printf "{\"id\":\"giant\",\"text\":\""
    for (i = 0; i < 60000; i++) printf "word%d ", i
    print "\"}"
    printf "{\"id\":\"its-copy\",\"text\":\""
    for (i = 600; i < 60000; i++) printf "word%d ", i
    print "\"}"
} ' >in
for o in '' '--verify' '--keep longest'; do
    # shellcheck disable=SC2086
    weir-dedup -q $o -m 1G in --rejects rejects >out
    # shellcheck disable=SC2086
    weir-dedup -q $o -m 40M in --rejects small.rejects >small
    cmp out small
    cmp rejects small.rejects
    [ "$o" != --verify ] || wc -l <out
    grep -o '"id":"[^f"]*"' out
done
