# Names that pages hold and seldom link: pages are counted, not places; a name in small letters or inside a
# longer link counts for nothing; pages without links are dropped.
cat >dump <<'END2'
{"type":"item","id":"Q1","labels":{"en":{"language":"en","value":"Harbour"},"zh":{"language":"zh","value":"海港城市"}},"claims":{}}
{"type":"item","id":"Q2","labels":{"en":{"language":"en","value":"Wangchao"},"zh":{"language":"zh","value":"望潮城市"}},"claims":{}}
{"type":"item","id":"Q3","labels":{"en":{"language":"en","value":"The Time"}},"claims":{}}
END2
weir-kg2instruction build -q --part dump -o kg
cat >pages <<'END2'
{"id":"1","text":"Harbour of Wangchao. Harbour again.","links":[{"at":11,"n":8,"target":"Wangchao"}]}
{"id":"2","text":"Harbour and harbour, The Time of Wangchao.","links":[{"at":21,"n":20,"target":"X"}]}
{"id":"3","text":"Wangchao has a Harbour. The Time.","links":[]}
{"id":"4","text":"海港城市和望潮城市","links":[{"at":15,"n":12,"target":"望潮城市"}]}
{"id":"5","text":"harbour, harbour","links":[]}
{"id":"6","text":"Harbour","links":null}
END2
weir-kg2instruction stops --kg kg --pages 1 --linked 1 pages --rejects rejects
sed 's/.*"reason":"\([^"]*\)".*"id":"\([^"]*\)".*/\2 \1/' rejects
echo "== fewer"
weir-kg2instruction stops -q --kg kg --pages 2 --linked 0.5 pages --rejects /dev/null -o words
cat words
# What was learnt is left out.
printf '{"id":"7","text":"Harbour is near Wangchao."}\n' >text
weir-kg2instruction annotate -q --kg kg --keep-empty --precision recall text | grep -c '"name":"Harbour"' || true
weir-kg2instruction annotate -q --kg kg --keep-empty --precision recall --stop words text | grep -c '"name":"Harbour"' || true
# Any threads and memory: 40,000 names in three pages each, of which few fit at once.
awk 'BEGIN { for (i = 1; i <= 40000; i++)
    printf "{\"type\":\"item\",\"id\":\"Q%d\",\"labels\":{\"en\":{\"language\":\"en\",\"value\":\"Thing %d\"}},\"claims\":{}}\n", i, i
}' | weir-kg2instruction build -q --part - -o many
for page in 1 2 3; do
    awk -v p=$page 'BEGIN { for (i = 1; i <= 100; i++) {
        printf "{\"id\":\"%d-%d\",\"links\":[],\"text\":\"", p, i
        for (k = i; k <= 40000; k += 100) printf "Thing %d. ", k
        print "\"}" } }'
done >things
weir-kg2instruction stops -q -j 1 -m 96M --kg many --pages 3 things -o small
weir-kg2instruction stops -q -j 8 --kg many --pages 3 things | cmp - small
awk -F '\t' '$2 != 3 || $3 != 0 { bad++ } END { print NR, bad + 0 }' small
echo "== wrong"
weir-kg2instruction stops pages 2>&1 | sed 's/see.*//'
weir-kg2instruction stops --kg kg --linked 2 pages 2>&1 | sed 's/see.*//'
printf '{"id":"1","text":"a","links":[{"at":1,"n":5}]}\n' | weir-kg2instruction stops --kg kg 2>&1 || echo "exit $?"
