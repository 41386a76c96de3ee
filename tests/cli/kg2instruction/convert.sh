# Every source's sample in the common form.
cd "$SRC/samples/raw/ie"
for s in conll:conll.txt peoples-daily:peoples-daily.txt msra:peoples-daily.txt bio:bioes.txt conll04:conll04.txt \
    cluener:cluener.jsonl ace2005:ace2005.jsonl ace2005:ace2005.json casie:casie.json duie:duie.jsonl duee:duee.jsonl \
    fewrel:fewrel.json nyt:nyt.jsonl iepile:iepile.jsonl; do
    weir kg2instruction convert --from "${s%:*}" "${s#*:}" 2>"$OLDPWD/err"
    sed "s/.*: in/in/; s/;.*//" "$OLDPWD/err"
done
# What is written are documents: an id that was a number too.
weir kg2instruction convert -q --from iepile iepile.jsonl | weir dedup -q | wc -l | tr -d ' '
