# Lists as people publish them, allowed terms, the category named; a cache that cannot be written.
printf 'qqwwee,\r\n坏坏词\r\n' >list
printf '坏坏词典\n' >fine
printf '%s\n' '{"id":"1","text":"坏坏词 qqwwee"}' '{"id":"2","text":"坏坏词典"}' '{"id":"3","text":"xqqwwee"}' >in
XDG_CACHE_HOME=/proc/none weir filters -q --rule harmful-listed-max=0 --lexicon list --allow fine --rejects r in
sed 's/,"file".*//' r
