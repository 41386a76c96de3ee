# The same records as an array, pretty-printed, and as lines; places point to the records.
cat >array.json <<'END'
[
{"id": 1, "uniqueKey": "k1", "titleUkey": "t1", "dataType": "新闻", "title": "标题", "content": "正文\n第二行"} ,
  {
    "id": 2,
    "title": "\"][{",
    "content": "]}[ \\\" 我们",
    "more": [1, {"a":
 "b"}]
  },
{"id": 3, "uniqueKey": "k3", "title": "", "content": " \n　 "}
]
END
weir ingest -q --from wudao array.json
printf '%s\n' '{"uniqueKey":"k1","title":" 一\n二 ","content":"们"}' '' '{"id":7,"content":"說話","url":"http://x"}' |
    weir ingest -q --from wudao
head -c 122 array.json | tail -c +3
echo
