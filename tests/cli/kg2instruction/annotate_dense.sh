# A line without an end, of 300 towns with 100 populations each and 20,000 numbers: 600 million comparisons, and every
# pair in one sentence of 200 KB.  The work is cut and that is told; the same towns in sentences of their own are not.
awk 'BEGIN {
    for (t = 0; t < 300; t++) {
        printf "{\"type\":\"item\",\"id\":\"Q%d\",\"labels\":{\"en\":{\"language\":\"en\",\"value\":\"Weirtown %03d\"}},\"claims\":{", t + 1000, t
        printf "\"P31\":[{\"mainsnak\":{\"snaktype\":\"value\",\"property\":\"P31\",\"datavalue\":{\"value\":{\"entity-type\":\"item\",\"numeric-id\":486972,\"id\":\"Q486972\"},\"type\":\"wikibase-entityid\"},\"datatype\":\"wikibase-item\"},\"type\":\"statement\",\"rank\":\"normal\"}],\"P1082\":["
        for (s = 0; s < 100; s++)
            printf "%s{\"mainsnak\":{\"snaktype\":\"value\",\"property\":\"P1082\",\"datavalue\":{\"value\":{\"amount\":\"+%d\",\"unit\":\"1\"},\"type\":\"quantity\"},\"datatype\":\"quantity\"},\"type\":\"statement\",\"rank\":\"normal\"}", s ? "," : "", 40000 + t * 100 + s
        print "]}}"
    }
}' >towns
weir-kg2instruction build -q towns -o kg
awk 'BEGIN {
    printf "{\"id\":\"dense\",\"text\":\""
    for (t = 0; t < 300; t++)
        printf "Weirtown %03d, ", t
    for (i = 0; i < 20000; i++)
        printf "%d people ", 40000 + i
    print "\"}"
    printf "{\"id\":\"apart\",\"text\":\""
    for (t = 0; t < 300; t++)
        printf "Weirtown %03d has a population of %d people. ", t, 40000 + t * 101
    print "\"}"
}' >docs
for id in dense apart; do
    grep "\"$id\"" docs | weir-kg2instruction annotate --kg kg --keep-empty --ledger ledger - >out 2>/dev/null
    echo "$id $(grep -o '"relation":"population"' out | wc -l) $(tail -n 1 ledger | grep -o 'documents too dense[^}]*')"
done
