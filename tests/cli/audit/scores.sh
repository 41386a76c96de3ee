# What weir infer score left in the ledgers: added up by source, a protocol a table; bars on the page.
model="--model $SRC/samples/tiny-model"
printf '%s\n' '{"id":"1","text":"The lamp burned.","source":"one"}' '{"id":"2","text":"A boat.","source":"<two>"}' >a
printf '%s\n' '{"id":"3","text":"The clockmaker and the lamp.","source":"one"}' >b
# shellcheck disable=SC2086
for f in a b; do weir infer score -q $model --ledger l $f -o $f.scored; done
# shellcheck disable=SC2086
weir infer score -q $model --window 8 --stride 4 --no-bos --ledger l b -o c
weir audit -q l 2>/dev/null | sed -n '/^scores/,/^$/p' >report
cut -c 1-50 report
# the sums are those of the records
cat a.scored b.scored | grep '"source":"one"' | sed 's/.*"nll_token":\([^,]*\).*"scored_tokens":\([0-9]*\).*/\1 \2/' |
    awk '{ nll += $1 * $2; n += $2 } END { printf "%.4f\n", nll / n }' >want
awk '$1 == "one" { printf "%.4f\n", $5; exit }' report | cmp - want
weir audit -q --html l 2>/dev/null | grep -o 'Scores by source: [^<]*\|&#60;two&#62;<td class=n>[0-9]*'
sed 's/"nll":/"nil":/' l >odd
weir audit -q odd 2>&1 >/dev/null | tail -n 1
