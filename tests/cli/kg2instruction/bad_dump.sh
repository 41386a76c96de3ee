# Half a dump is an error and leaves no file; a bad entity ends the run, or goes to the rejects with its place.
dump=$SRC/samples/raw/wikidata.json
head -n 20 "$dump" >half
! weir-kg2instruction build half -o kg || exit 9
weir-kg2instruction build -q --part half -o kg
weir-kg2instruction check kg >/dev/null && rm kg
head -n 40 "$SRC/samples/raw/zhwiki.xml" >half.xml
! weir-kg2instruction build half.xml -o kg || exit 9
weir-kg2instruction build -q --part half.xml -o kg && rm kg
{
    sed -n 1,3p "$dump"
    echo '{"type":"item","id":"Q7","labels":{"en":{"language":"en"}}},'
    echo '{"type":"item","id":"Q7","labels":{"en":{"language":"en","value":"cut'
    echo 'no json at all'
    echo '{"type":"item","id":"P7","labels":{}},'
    echo '{"type":"item","id":"Q99999999999","labels":{}},'
    echo '{"type":"item","id":"Q8","labels":{},"claims":{"P31":[{"mainsnak":{"snaktype":"value","property":"P31"}}]}},'
    echo '{"type":"lexeme","id":"L7","lemmas":{}},'
    echo '{"entity":"Q9","redirect":"Q10"},'
    echo '{"type":"item","id":"Q11","labels":{"de":{"language":"de","value":"kein Name"}}},'
    sed -n '4,$p' "$dump"
} >mixed
! weir-kg2instruction build mixed -o kg || exit 9
[ ! -e kg ]
weir-kg2instruction build --rejects rejects mixed -o kg
cut -c 1-180 rejects
weir-kg2instruction build -q "$dump" -o clean
cmp kg clean
echo "neither" >text
! weir-kg2instruction build text -o kg2 || exit 9
! weir-kg2instruction build --lang zh,EN "$dump" -o kg2 || exit 9
# Damaged files.
n=$(wc -c <kg)
for cut in 0 7 100 $((n - 1)) $((n - 8)); do
    head -c "$cut" kg >short
    ! weir-kg2instruction check short || exit 9
done
{ cat kg; echo; } >long
! weir-kg2instruction show long Q5 || exit 9
{ head -c 200 kg; printf x; tail -c +202 kg; } >flipped
! weir-kg2instruction check flipped || exit 9
! weir-kg2instruction check mixed || exit 9
[ ! -e kg2 ]
