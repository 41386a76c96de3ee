# A field that no document has is a mistake; one that some lack is not.
printf '{"id":"1","text":"one","url":"a"}\n{"id":"2","text":"two"}\n{"id":"3","text":"three","url":"a"}\n' >in
weir dedup -q --exact --field url in
weir dedup -q --exact --field ur1 in -o out || echo "exit $?"
[ ! -e out ]
