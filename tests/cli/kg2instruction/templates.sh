# Files of templates: a list, KnowLM's form, IEPile's; what is not a place stays.
in=$SRC/samples/raw/ie/iepile.jsonl
ask() { weir kg2instruction instruct -q --format triples --no-shuffle --task RE "$@" "$in" | sed 's/, "input".*//'; }
echo '["问{s_schema}，{s_format}，{other} [[留]]"]' >list
echo '{"zh":{"template":{"0":"有{s_schema}"},"open_template":{"0":"无"}},"en":{"template":["E{s_schema}"]}}' >knowlm
echo '{"NERzh":"N","REzh":"R"}' >iepile
ask --templates list
ask --templates knowlm
ask --templates knowlm --open
ask --templates knowlm --lang en
ask --templates iepile
weir kg2instruction instruct -q --task RE --form iepile --templates iepile "$in" | cut -c 1-70
try() { weir kg2instruction instruct -q --task RE "$@" "$in" 2>&1 >/dev/null | sed -n 1p; }
echo '{"NERzh":"N"}' >bad1; try --templates bad1
echo '[3]' >bad2; try --templates bad2
echo '{' >bad3; try --templates bad3
try --templates nowhere
echo '["a"]' >s1; try --schema s1; echo '[]' >s2; try --schema s2
try --task EE --schema s1
cp "$SRC/samples/raw/ie/schema.json" .
try --hard schema.json
echo '{"x":["y"]}' >h; try --hard h
try --form iepile --open
try --test --hard h
try --hard learn --hard-set x
# Facts that the schema lacks are counted; DuIE's and DuEE's schemas are read.
printf '%s\n' '{"subject_type":"作品","predicate":"导演","object_type":{"@value":"人物"}}' '{"subject_type":"作品","predicate":"编剧","object_type":"人物"}' >duie
weir kg2instruction instruct -q --task SPO --form iepile --schema duie --no-shuffle --ledger l "$in" | sed 's/.*schema/schema/'
grep -o '"outside-schema":[0-9]*' l
echo '{"event_type":"创作","role_list":[{"role":"作品"},{"role":"时间"}]}' >duee
weir kg2instruction instruct -q --task EE --form iepile --schema duee --no-shuffle "$in" | sed 's/.*schema/schema/'
# Bad records and those that say nothing of the task.
printf '%s\n' '{"text":"a"}' '{"text":"b","relation":{}}' '{"relation":[]}' '{"text":"c","relation":[{"head":"x"}]}' 'no' \
    '{"text":"d","relation":[]}' | weir kg2instruction instruct --task RE --rejects r >out 2>err
sed 's/.*"reason":"\([^"]*\)".*/\1/' r; sed 's/;.*//; s/.*: in/in/' err; wc -l <out | tr -d ' '
