# Limits on stored values decide as a direct run does, for every preset; other rules are missed, not guessed.
cp "$SRC"/samples/raw/docs.jsonl in 2>/dev/null || printf '%s\n' '{"id":"1","text":"好。"}' >in
cat >>in <<'X'
{"id":"x1","text":"Menu\n One line with three words here. \nTwo is here too.\nShort\nYour privacy policy is here.\nFour of that. Five."}
{"id":"x2","text":"This has { in it."}
{"id":"x3","text":"首页 | 登录 | 注册\n这里是正文，很长的正文。\n展开全文\n"}
{"id":"x4","code_lang":"Python","path":"a/b.py","license":"MIT","text":"# note\nx = 1\n"}
X
for p in $(weir filters --list-presets | grep -v '^	' | cut -f 1); do
    [ "$p" != redpajama ] || continue
    weir filters -q -p $p --rejects rd in >direct
    weir filters -q -p $p --annotate in >scored
    weir filters -q -p $p --from-scores --rejects rs scored >later
    sed 's/,"weir_filters":{[^}]*}//' later | cmp - direct || echo "$p: other texts"
    for r in rd rs; do
        sed 's/.*"reason":"\([^"]*\)".*"record":{"id":"\([^"]*\)".*/\1 \2/' $r >$r.reasons
    done
    cmp rd.reasons rs.reasons || echo "$p: other reasons"
done
weir filters -q -p gopher --annotate in | weir filters -q -p gopher --rule chars-min=9 --from-scores --rejects r >/dev/null
grep -c '"reason":"no-score"' r >/dev/null && echo missed
