# Answers as models write them: whole, cut off, in quotes of the other kind, with talk around, as rows.
score() { weir kg2instruction eval -q "$@" | sed -n 1,2p | grep -o '"unread":[0-9]*\|"right":[0-9]*,"said":[0-9]*,"gold":[0-9]*' | tr '\n' ' '; echo; }
ner() { printf '{"label":[{"entity":"林小雨","entity_type":"人物"},{"entity":"河灯","entity_type":"作品"}],"response":"%s"}\n' "$1" | score --task NER; }
ner '{\"人物\": [\"林小雨\"], \"作品\": [\"河灯\"]}'
ner '{\"人物\": [\"林小雨\"], \"作品\": [\"河灯'
ner '好的，结果如下：\n```json\n{\"人物\": [\"林小雨\",], \"作品\": [\"河灯\"]}\n```\n希望有帮助。'
ner "{'人物': ['林小雨'], '作品': ['河灯']}"
ner '｛人物：林小雨｝'
ner '[{\"entity\": \"林小雨\", \"entity_type\": \"人物\"}, {\"entity\": \"河灯\", \"entity_type\": \"作品\"}]'
ner '[[\"林小雨\", \"人物\"], [\"河灯\", \"作品\"]]'
ner '{\"entity\": \"林小雨\", \"entity_type\": \"人物\"}\n{\"entity\": \"河灯\", \"entity_type\": \"作品\"'
ner '(林小雨,人物)\n(河灯,作品)'
ner '抽取到（林小雨，人物），（河灯，作品）。'
ner '实体是林小雨，实体类型是人物。\n实体是河灯，实体类型是作品。'
ner 'The entity is 林小雨, the entity type is 人物.'
ner '人物：林小雨\n作品: 河灯'
ner 'NAN'
ner '我不知道'
ner '{\"人物\": [], \"作品\": []}'
ner '{\"人物\": [\"林小雨\", \"林小雨\", 3, null], \"作品\": \"河灯\"}'
re() { printf '{"label":"[{\\"head\\":\\"河灯\\",\\"relation\\":\\"导演\\",\\"tail\\":\\"林小雨\\"}]","output":"%s"}\n' "$1" | score --task "${2:-RE}"; }
re '{\"导演\": [{\"subject\": \"河灯\", \"object\": \"林小雨\"}]}'
re '{\"导演\": [{\"head\": \"河灯\", \"tail\": \"林小雨\"}]}' SPO
re '(河灯,导演,林小雨)'
re '导演：河灯,林小雨'
re 'The head is 河灯, the relation is 导演, the tail is 林小雨.'
re '{\"作品\": {\"河灯\": {\"导演\": [\"林小雨\", \"无\"]}}}' KG
re '实体是河灯，属性是导演，属性值是林小雨。' KG
ee() { printf '{"label":[{"event_trigger":"导演","event_type":"创作","arguments":[{"argument":"林小雨","role":"作者"},{"argument":"河灯","role":"作品"}]}],"output":"%s"}\n' "$1" | score --task "${2:-EE}"; }
ee '{\"创作\": [{\"trigger\": \"导演\", \"arguments\": {\"作者\": [\"林小雨\"], \"作品\": \"NAN\"}}]}'
ee '(导演,创作,作者,林小雨)\n(导演,创作,作品,河灯)'
ee '{\"创作\": [{\"trigger\": \"导演\", \"arguments\": {\"作者\": \"林小雨\", \"作品\": \"河'
ee '{\"创作\": [{\"作者\": \"林小雨\"}]}' EEA
ee '{\"创作\": [\"导演\"]}' EET
# Every form that instruct writes reads as it was meant.
for f in json triples sentences labels; do
    for t in NER RE SPO EE EET EEA KG; do
        for l in zh en; do
            weir kg2instruction instruct -q --task $t --lang $l --format $f "$SRC/samples/raw/ie/iepile.jsonl" |
                sed 's/\("output": \)\(".*"\), "task"/\1\2, "response": \2, "task"/' | weir kg2instruction eval -q --task $t | sed -n 2p
        done
    done
done | grep -c '"f1":1.0000,"right":[1-9]'
# Repeated ones, parts of words, records of one text, another field, scores by a member.
cat >in <<'END'
{"id":1,"source":"a","label":[{"entity":"中国科学院","entity_type":"机构"},{"entity":"李冰","entity_type":"人物"},{"entity":"李冰","entity_type":"人物"}],"x":"{\"人物\": [\"李冰\", \"李冰\", \"李冰\"]}"}
{"id":1,"source":"a","label":[{"entity":"中国科学院","entity_type":"机构"},{"entity":"李冰","entity_type":"人物"},{"entity":"李冰","entity_type":"人物"}],"x":"{\"机构\": [\"科学院\"]}"}
{"id":1,"source":"b","label":[{"entity":"水","entity_type":"物"}],"x":"{\"物\": [\"水\"]}"}
END
weir kg2instruction eval -q --task NER --field x --by source in
weir kg2instruction eval -q --task NER --field x --match set -j 3 in | head -n 3
weir kg2instruction eval --task NER in 2>&1 | sed -n 1p
printf '%s\n' '{"label":3,"output":"x"}' '{"output":"x"}' '{"label":[{"entity":1}],"output":"x"}' no |
    weir kg2instruction eval --task NER --rejects r 2>err | head -n 1
sed 's/.*"reason":"\([^"]*\)","error":"\([^}]*\)","file.*/\1: \2/' r
sed 's/;.*//; s/.*: in/in/' err
