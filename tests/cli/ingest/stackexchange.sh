# Questions with their answers, wherever these stand; every row is accounted for.
cp "$SRC/tests/data/ingest/posts.xml" .
weir ingest --from stackexchange -q --rejects out.rej --ledger out.led posts.xml -o out.jsonl
cat out.jsonl
sed 's/.*"reason":"\([^"]*\)","id":\([0-9]*\).*"line":\([0-9]*\).*/\1 \2 line \3/' out.rej
sed 's/.*"in":{"records":\([0-9]*\),"bytes":\([0-9]*\).*"kept":{"records":\([0-9]*\),"bytes":\([0-9]*\).*"dropped":{"records":\([0-9]*\),"bytes":\([0-9]*\).*"bad":{"records":\([0-9]*\).*"framing":\([0-9]*\).*/\1 = \3 + \5 + \7, \2 = \4 + \6, framing \8/' out.led
# The origin is the question's row.
sed -n '1s/.*"offset":\([0-9]*\),"length":\([0-9]*\).*/\1 \2/p' out.jsonl | while read -r at n; do
    tail -c +$((at + 1)) posts.xml | head -c "$n" | sed 's/\(Id="[0-9]*"\).*\( \/>\)$/\1\2/'
    echo
done
# Another order of the rows, another -j, another -m: the same texts.
{ sed -n 1,2p posts.xml; sed '1,2d; /<\/posts>/d' posts.xml | sort -r; echo '</posts>'; } >other.xml
for f in out.jsonl other.xml; do
    case $f in *.xml) weir ingest --from stackexchange -q -j8 -m 64M $f ;; *) cat $f ;; esac |
        sed 's/"origin":{[^}]*}//' >"$f.texts"
done
cmp out.jsonl.texts other.xml.texts
echo "min-score 3:"
weir ingest --from stackexchange -q --min-score 3 --rejects low.rej posts.xml | grep -o '"answers":[0-9]*'
grep -c low-score low.rej
