# What annotate is given must be what it says it is.
raw=$SRC/samples/raw
weir-kg2instruction build -q "$raw/wikidata.json" -o kg
! weir-kg2instruction annotate "$raw/baike.jsonl" || exit 9
! weir-kg2instruction annotate --kg none </dev/null || exit 9
! weir-kg2instruction annotate --kg "$raw/baike.jsonl" </dev/null || exit 9
{
    echo '{"id":"a","text":"望潮市","links":[{"at":0,"n":9,"target":"望潮市"}]}'
    echo '{"id":"b","text":"望潮市","links":[{"at":0,"n":10,"target":"望潮市"}]}'
    echo '{"id":"c","text":"望潮市","links":{"at":0}}'
    echo '{"id":"d","text":"望潮市","links":[{"at":-1,"n":1,"target":"x"}]}'
    echo '{"id":"e","text":"望潮市","title":"望潮市","subject":{"at":3}}'
    echo '{"id":"f","title":"x"}'
    echo '{"id":"g","text":"望潮市","links":null,"subject":null}'
    echo 'no json'
} >docs
! weir-kg2instruction annotate --kg kg docs -o out || exit 9
[ ! -e out ]
weir-kg2instruction annotate --kg kg --keep-empty --rejects bad docs | grep -o '"id":"[^"]*"\|"qid":"[^"]*"\|"by":"[^"]*"'
sed 's/.*"reason":"\([^"]*\)".*"error":\(.*\),"raw".*/\1 \2/' bad
# An index of another knowledge file is made anew; a damaged one is refused.
weir-kg2instruction build -q "$raw/zhwiki.xml" -o empty
weir-kg2instruction annotate -q --kg empty --index kg.aliases --keep-empty docs --rejects bad | wc -l | tr -d ' '
head -c 100 kg.aliases >cut
weir-kg2instruction annotate --kg kg --index cut docs 2>&1 | sed 's/^weir-kg2instruction: //'
! weir-kg2instruction annotate --kg kg --index no/such/folder/ix docs || exit 9
weir-kg2instruction annotate -q --kg kg docs -o kg 2>&1 | sed -n '1s/^weir-kg2instruction: //p'
# The index is an input too, at the place that nobody named, and before there is one.
for out in '-o kg.aliases' '-o ./kg.aliases --index kg.aliases' '--ledger kg.aliases' '-o other.aliases --kg other'; do
    cp kg other
    # shellcheck disable=SC2086
    weir-kg2instruction annotate -q --kg kg $out docs 2>&1 | sed -n '1s/^weir-kg2instruction: //p'
done
# Links that are too deep are the document's fault, not the knowledge file's.
{
    printf '{"id":"a","text":"望潮市","links":'
    printf '%0100d' 0 | sed 's/0/[/g'
    printf '%0100d' 0 | sed 's/0/]/g'
    printf '}\n{"id":"b","text":"望潮市"}\n'
} >deep
weir-kg2instruction annotate -q --kg kg --keep-empty --rejects bad deep | grep -c '"id":"b#0"'
sed 's/.*"reason":"\([^"]*\)".*/\1/' bad
yes word | head -c 70000000 >words
weir-kg2instruction annotate -q --kg kg --stop words docs 2>&1 | sed 's/^weir-kg2instruction: //'
printf '\377\n' >words
! weir-kg2instruction annotate --kg kg --stop words docs || exit 9
