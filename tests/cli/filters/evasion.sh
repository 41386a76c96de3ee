# One page in many forms: each is dropped for the same terms, found where they stand.
while read -r text; do
    printf '{"text":"%s"}\n' "$text"
done >docs.jsonl <<'END'
专业代开发票，税点低
專業代開發票，稅點低
专业代*开*发*票，税点低
专业代 开 发 票，税点低
专业代.开發.票，税点低
专业代​开​发​票，税点低
专业代开发飘，税点低
专业代开fa票，税点低
online ｃａｓｉｎｏ with no deposit bonus here
online casino with n0 dep0sit b0nus here
online casino with nо dеpоsit bonus here
best n.i.g.g.e.r jokes
best N1GGER jokes
best nigggger jokes
best n*gger jokes
出 售 冰 毒 加我
【出-售-冰-毒】
END
weir filters -q -p harmful --rejects r docs.jsonl | sed 's/^/kept /'
sed 's/.*"category":"\([^"]*\).*{"term":"\([^"]*\)","weight":[0-9],"at":\([0-9]*\),"end":\([0-9]*\).*/\1 \2 \3-\4/' r
