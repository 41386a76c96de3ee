# JSON in any frame is the same records; what stands wrong is said with its line.
cd "$SRC/samples/raw/ie"
t=$OLDPWD
weir kg2instruction convert -q --from cluener cluener.jsonl | sed 's/"id":"[^"]*"//' >"$t/lines"
{ printf '['; paste -sd, cluener.jsonl; printf ']\n[]\n'; } >"$t/array"
sed 's/{"text"/\n{\n"text"/; s/, "label"/,\n"label"/' cluener.jsonl >"$t/pretty"
sed 's/$/\r/' cluener.jsonl >"$t/crlf"
{ printf '\357\273\277'; cat cluener.jsonl; } >"$t/bom"
cd "$t"
for f in array pretty crlf bom; do
    weir kg2instruction convert -q --from cluener $f | sed 's/"id":"[^"]*"//' | cmp - lines && echo "$f"
done
weir kg2instruction convert -q --from fewrel "$SRC/samples/raw/ie/fewrel.json" >named
sed 's/^{"P19": \[//; s/\], "P69": \[/\n/; s/\]}$//' "$SRC/samples/raw/ie/fewrel.json" |
    awk '{ sub(/^{/, "{\"relation\": \"" (NR == 1 ? "P19" : "P69") "\", "); print }' >flat
weir kg2instruction convert -q --from fewrel flat | sed 's/"id":"[^"]*"//' >got
sed 's/"id":"[^"]*"//' named | cmp - got && echo flat
try() { printf "$1" | weir kg2instruction convert -q --from "${2:-cluener}" >out 2>err || sed -n 1p err; }
r='{"text":"a","label":{}}'
try "[$r $r]"
try "[$r,]"
try "[$r"
try "[\n$r,\n3]"
try "{\n\"text\":\"a\""
try "$r\n{\"text\":1}\n"
try '{"P1":[{"tokens":["a"]}' fewrel
try '{"P1":[{"tokens":["a"]}]}' fewrel
try '{"text":"a","label":{"x":{"a":[[0,99999999999999999999999]]}}}'
try '{"text":"a","label":{"x":{"a":[[5,7]]}}}' && cat out | cut -d '"' -f 5-
try '{"text":"a","spo_list":[{"subject":"a"}]}' duie
try '{"text":"a","event_list":[{"event_type":"x"}]}' duee
