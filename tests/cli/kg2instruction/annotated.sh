# What annotate writes, in the common form: places in bytes become places in characters; what is wrong is refused.
cat >in <<'END'
{"id":"a","text":"祁连生于望潮市。","entities":[{"at":0,"n":6,"name":"祁连","qid":"Q9","type":"人物","by":"alias"},{"at":12,"n":9,"name":"望潮市","qid":"Q5","type":"地理地区","by":"alias"}],"relations":[{"head":"祁连","head_type":"人物","relation":"出生地点","tail":"望潮市","tail_type":"地理地区","pid":"P19","h":0,"t":1,"evidence":{"rule":"cue"}}],"topic":"人物"}
{"id":"b","text":"none","entities":[],"relations":[]}
{"id":"c","text":"中间","entities":[{"at":1,"n":3,"name":"间","type":"x"},{"at":3,"n":99,"name":"间","type":"x"}],"relations":[]}
{"id":"d","text":"far","entities":[],"relations":[{"head":"a","relation":"r","tail":"b","h":7,"t":18446744073709551615}]}
END
weir-kg2instruction convert -q --from annotated in
for bad in '{"text":"t"}' '{"text":"t","entities":{},"relations":[]}' '{"text":"t","entities":[{"at":0,"n":1}],"relations":[]}' \
    '{"text":"t","entities":[],"relations":[{"head":"t"}]}'; do
    ! echo "$bad" | weir-kg2instruction convert -q --from annotated || exit 9
done
