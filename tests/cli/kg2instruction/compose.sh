# Sets of instructions by count: what is drawn, what is refused, and where the rest goes.
compose() { weir kg2instruction compose "$@"; }
cat >cot.jsonl <<'EOF'
{"instruction":"Add","input":"1 and 2","output":"1 + 2 = 3"}
{"conversations":[{"from":"human","value":"Add\n1 and 2"},{"from":"gpt","value":"1 + 2 = 3"}]}
{"instruction":"三加四？","input":"","output":"七","id":7}
{"instruction":"Five?","input":null,"output":"5"}
EOF
cat >chat.jsonl <<'EOF'
{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"origin":{"file":"x"},"more":1}
{"messages":[{"role":"user","content":"Five?"},{"role":"assistant","content":"5"}]}
{"system":"","history":[["a","b"]],"instruction":"c","output":"d"}
{"messages":[{"role":"user","content":"Bye"},{"role":"assistant","content":"Bye \"you\""}],"source":"cot"}
EOF
echo "# messages: all of both; one is in both sets, one in one set in two forms"
compose --take cot=all:cot.jsonl --take chat=all --form messages --report r --rejects rejects --ledger l chat.jsonl 2>err | sort
cat r
sed 's/,"offset.*//' rejects
grep -o 'in 8 .*, out 6 .*, dropped 2: duplicate 2' err
grep -o '"sets":.*' l | sed 's/"sets":\[//; s/\]}$//; s/},/}\n/' | cmp - r && weir audit l | tail -n 1
echo "# alpaca: of several turns none; a count"
compose -q --take cot=2:cot.jsonl --take chat=1 --report r --rejects rejects chat.jsonl | wc -l | tr -d ' '
cat r | sed 's/,"bytes.*//'
sed 's/.*"reason":"\([^"]*\)".*/\1/' rejects | sort | uniq -c | sed 's/^ *//'
echo "# too few: refused, fewer, again"
compose -q --take cot=5:cot.jsonl -o made 2>&1 || echo "$?"
[ ! -e made ] || echo "output of a refused mix"
compose -q --take cot=5:cot.jsonl --fewer --report r | wc -l | tr -d ' '
cat r
compose -q --take cot=8:cot.jsonl --repeat --report r | sort | uniq -c | sed 's/^ *\([0-9]*\).*/\1/' | sort
cat r
: >none
compose -q --take x=1:none --repeat 2>&1 || echo "$?"
compose -q --take x=all:none --report r && cat r
echo "# sets by source"
compose -q --take a=all:cot.jsonl --take b=all:chat.jsonl --form messages --text |
    compose -q --take b=1 --take a=2 --report r --rejects rejects |
    sed 's/.*"source": "\([^"]*\)".*/\1/' | sort | uniq -c | sed 's/^ *//'
sed 's/,"bytes.*//' r
sed 's/.*"reason":"\([^"]*\)".*/\1/' rejects | sort | uniq -c | sed 's/^ *//'
compose -q --take nobody=all --take chat=all --form messages --rejects rejects chat.jsonl
sed 's/.*"reason":"\([^"]*\)".*/\1/' rejects | uniq -c | sed 's/^ *//'
echo "# the text that dedup reads"
compose -q --take cot=all:cot.jsonl --text | sed 's/.*"text"/"text"/' | sort
echo "# threads, memory, seeds, a pipe; the draw and its order are even"
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "{\"instruction\":\"q%d\",\"output\":\"a\",\"id\":\"%d\"}\n", i, i }' >many
compose -q --take x=5000 -j 1 many -o a && compose -q --take x=5000 -j 4 -m 64M <many -o b && cmp a b
compose -q --take x=5000 --seed 2 many -o c && cmp -s a c && echo "seeds draw the same"
sort -u a | wc -l | tr -d ' '
awk -F'"' '{ low = $(NF - 1) < 5000; all += low; if (NR <= 2500) first += low }
    END { print (all > 2375 && all < 2625), (first > 1160 && first < 1340) }' a
echo "# what is no instruction"
for bad in '{' '[]' '{"instruction":"a"}' '{"instruction":"","output":"a"}' '{"instruction":3,"output":"a"}' \
    '{"messages":{}}' '{"messages":[]}' '{"messages":[{"role":"user","content":"a"}]}' '{"messages":[3]}' \
    '{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}' \
    '{"messages":[{"role":"user","content":["a"]},{"role":"assistant","content":"b"}]}' \
    '{"instruction":"a","output":"b","history":[["c"]]}' '{"instruction":"a","output":"b","history":3}' \
    '{"instruction":"a","output":"b","system":3}'; do
    echo "$bad" >bad
    compose -q --take x=all bad 2>&1 | sed 's/.*bad:1: //'
done
compose -q --take x=all --rejects rejects bad && grep -c no-instruction rejects
echo "# wrong use"
try() { compose -q "$@" 2>&1 >/dev/null | sed -n 's/^weir-kg2instruction: //; 1p'; }
try many
try --take x many
try --take x=0 many
try --take x=3k many
try --take =3 many
try --take x=99999999999999999999 many
try --take x=1 --take x=2 many
try --take x=1:many --take y=1:many
try --take x=1: many
try --take x=1:many cot.jsonl
try --take x=1:many many
try --take x=1 --fewer --repeat many
try --take x=1:many -o many
try --take x=1:many --rejects many
try --take x=1:many --report many
try --take x=1:many --ledger many
try --take x=1:many --ledger r --report r
try --take x=1:many --report r -o r
try --take x=1:nowhere
