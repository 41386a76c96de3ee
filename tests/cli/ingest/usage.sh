# Options that mean nothing to a source are refused, not ignored.
printf 'text\n' >t
weir ingest --from text --title x t || echo $?
weir ingest --from wudao --links t || echo $?
weir ingest --from wudao --encoding utf-16 t || echo $?
weir ingest --from wikiextractor --encoding big5 t || echo $?
weir ingest --from text --encoding latin9 t || echo $?
weir ingest --from wiki --encoding big5 t || echo $?
weir ingest --from stackexchange --encoding gb18030 t || echo $?
weir ingest --from wiki --text x t || echo $?
weir ingest --from github --links t || echo $?
weir ingest --from github --min-score 1 t || echo $?
