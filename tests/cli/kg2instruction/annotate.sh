# Triples of the sample dump in texts written for it: what says them, what denies them, how sure one must be.
raw=$SRC/samples/raw
weir-kg2instruction build -q "$raw/wikidata.json" "$raw/zhwiki.xml" "$raw/enwiki.xml" -o kg
triples() # id, rule: head | relation | tail, a line each
{
    python3 -c '
import json, sys
for line in sys.stdin:
    d = json.loads(line)
    text = d["text"].encode()
    for e in d["entities"]:
        assert text[e["at"] : e["at"] + e["n"]].decode() == e["name"]
    for r in d["relations"]:
        v = r["evidence"]
        assert d["entities"][r["h"]]["name"] == r["head"] and d["entities"][r["t"]]["name"] == r["tail"]
        cue = text[v["cue"]["at"] : v["cue"]["at"] + v["cue"]["n"]].decode() if "cue" in v else "-"
        print(d["id"], v["rule"], cue, v.get("match", "-"), ":", r["head"], "|", r["relation"], "|", r["tail"])
'
}
cat >docs <<'END'
{"id":"born","title":"祁连 (考古学家)","text":"祁连（1961年7月17日－），科学家。他出生于望潮市，1990年与沈若兰结婚。"}
{"id":"traditional","text":"祁連於一九六一年七月十七日出生在望潮鎮，妻子是沈若蘭。"}
{"id":"denied","text":"祁连并非出生在望潮市。祁连没有与沈若兰结婚。"}
{"id":"perhaps","text":"据说祁连出生在望潮市。"}
{"id":"apart","text":"祁连去了东屏省。那一年很冷。沈若兰也在。"}
{"id":"neighbour","text":"祁连去了东屏省。沈若兰与他结婚。"}
{"id":"river","text":"東屏江位於東屏省，全長612公里。东屏江大桥建成于1986年5月，长1418米，位于东屏省。"}
{"id":"capital","text":"望潮市是东屏省的首府，人口312万人。"}
{"id":"book","text":"《东屏省水利志》由祁连著，1998年出版。"}
{"id":"also","text":"望潮市，旧称望潮镇，位于东屏省。"}
{"id":"inside","text":"小东屏湾里没有别的。望潮市长来了。"}
{"id":"english","title":"Qi Lian","text":"Qi Lian (born 17 July 1961) is a scientist. He was born in Wangchao. Qi Lian married Shen Ruolan in 1990."}
{"id":"julian","text":"Ailsa Verrin was born on 22 February 1702."}
{"id":"wrong","text":"Ailsa Verrin was born on 23 February 1702."}
{"id":"beside","text":"They met in Wangchao, Dongping Province."}
{"id":"small","text":"nothing about lian qi or wangchao here"}
END
weir-kg2instruction annotate --kg kg docs --rejects none -o high
triples <high
echo "== balanced"
weir-kg2instruction annotate -q --kg kg --precision balanced docs | triples >balanced
weir-kg2instruction annotate -q --kg kg docs | triples | diff - balanced | grep '^[<>]' || true
echo "== recall"
weir-kg2instruction annotate -q --kg kg --precision recall docs | triples | diff balanced - | grep '^[<>]' || true
echo "== dropped"
sed 's/.*"reason":"\([^"]*\)".*"id":"\([^"]*\)".*/\2 \1/' none
echo "== links"
weir-ingest -q --from wiki --links "$raw/zhwiki.xml" "$raw/enwiki.xml" --rejects /dev/null -o pages
weir-kg2instruction annotate -q --kg kg --precision balanced pages | triples
weir-kg2instruction annotate -q --kg kg --pieces documents --keep-empty pages -o whole
wc -l <whole | tr -d ' '
! grep -q '"links"' whole
# The same bytes for any threads; another schema; another place of the index.
weir-kg2instruction annotate -q -j 8 --kg kg docs | cmp - high
weir-kg2instruction annotate -q --index ix --kg kg docs | cmp - high
cmp ix kg.aliases
echo "== schema"
weir-kg2instruction annotate -q --kg kg --schema topic docs | triples | wc -l | tr -d ' '
weir-kg2instruction annotate -q --kg kg --schema all --precision recall pages | triples | wc -l | tr -d ' '
weir-kg2instruction annotate --list-schema --language en | cut -c 1-100
printf '望潮市\nWangchao\tmany\n' >words
weir-kg2instruction annotate -q --kg kg --stop words docs | triples | grep -c 望潮市 || true
echo "== pieces"
weir-kg2instruction annotate -q --longest 12 --keep-empty --kg kg docs | grep -o '"id":"born#[0-9]*"'
