# GB18030, Big5, UTF-16 and Latin-1; a broken book is refused whole; nothing is replaced.
zh='我们在这里学习语言处理技术，这是一个测试。'
hant='我們在這裡學習語言處理技術，這是一個測試。'
mkdir d
printf '%s' "$zh" | iconv -f utf-8 -t gb18030 >d/1
printf '%s' "$hant" | iconv -f utf-8 -t big5 >d/2
printf '\377\376' >d/3
printf '%s' "$zh" | iconv -f utf-8 -t utf-16le >>d/3
printf '\357\273\277%s' "$zh" >d/4
{ cat d/1; printf '\377'; } >d/5
printf '{"text":"%s","x":"言"}\n' "$zh" | iconv -f utf-8 -t gb18030 >d/6.jsonl
weir ingest -v --from text d --rejects bad | sed 's/"id":"[^"]*"/"id":""/; s/,"path.*//'
sed 's/,"file.*//' bad
weir ingest -q --from jsonl d/6.jsonl | sed 's/"id":"[^"]*"/"id":""/'
printf 'caf\351 \223the end of the day\224' | weir ingest -q --from text --encoding windows-1252 | sed 's/"id":"[^"]*"/"id":""/'
