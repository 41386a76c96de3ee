# What names both and a word of the relation, and says it of something else: no triple.  Beside each the
# sentence that does say it.
raw=$SRC/samples/raw
weir-kg2instruction build -q "$raw/wikidata.json" "$raw/zhwiki.xml" "$raw/enwiki.xml" -o kg
cat >docs <<'END2'
{"id":"begin","text":"Born in Wangchao, Qi Lian left early."}
{"id":"no: another child","text":"Tom was born in Wangchao, the child of Qi Lian."}
{"id":"no: mourning","text":"They came to Wangchao for the birth of Qi Lian."}
{"id":"no: of another","text":"He was born in Wangchao and later met the scientist Qi Lian."}
{"id":"wife","text":"Qi Lian and his wife Shen Ruolan came."}
{"id":"no: pending","text":"Qi Lian spoke of a pending marriage with Shen Ruolan."}
{"id":"no: her own","text":"Qi Lian met Shen Ruolan, who came with her husband."}
{"id":"located","text":"The city of Wangchao, a port located in Dongping Province, is old."}
{"id":"no: turned","text":"In Dongping Province a dam located in Wangchao was built."}
{"id":"no: colon","text":"All are in Wangchao: the dam is located in Dongping Province."}
{"id":"no: copula","text":"Those who gathered in Wangchao were sad for the people of Dongping Province."}
{"id":"whose","text":"出生于望潮市的祁连来了。"}
{"id":"no: who met","text":"他出生于望潮市，后来认识了祁连。"}
{"id":"no: told","text":"祁连表示，得知你出生于望潮市。"}
{"id":"at","text":"祁连在望潮市出生。"}
{"id":"no: anniversary","text":"纪念祁连诞生六十年，望潮市放假。"}
{"id":"no: company","text":"东屏省的公司在望潮市开会，大坝位于望潮市。"}
{"id":"no: lady","text":"夫人的友人沈若兰走后，祁连来了。"}
END2
weir-kg2instruction annotate -q --kg kg docs |
    sed 's/.*"id":"\([^#]*\)#.*"relations":\[{"head":"\([^"]*\)".*"relation":"\([^"]*\)","tail":"\([^"]*\)".*/\1: \2 | \3 | \4/'
