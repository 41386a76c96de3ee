# Every page of a dump is in one count: another language's, no redirect, to a part, to nothing, to an entity.
raw=$SRC/samples/raw
weir-kg2instruction build -q --lang zh --ledger ledger "$raw/wikidata.json" "$raw/zhwiki.xml" "$raw/enwiki.xml" -o kg
notes=$(sed 's/.*"notes"://' ledger)
count() {
    n=$(printf %s "$notes" | grep -o "\"$1[^\"]*\":[0-9]*" | sed 's/.*://')
    echo "${n:-0}"
}
[ "$(count 'pages of wikis of other languages')" = "$(grep -c '<page>' "$raw/enwiki.xml")" ] || exit 9
all=0
for note in 'pages that are no redirects' 'redirects to a part' 'redirects whose target' 'redirects to an entity'; do
    all=$((all + $(count "$note")))
done
[ $all = "$(grep -c '<page>' "$raw/zhwiki.xml")" ] || exit 9
[ "$(count 'redirects to an entity')" -gt 0 ] || exit 9
echo balanced
