# Ten planted plagiarisms among a thousand news articles: those and no others.
[ -n "$SHARED" ] || exit 77
tar --zstd -xf "$SHARED/data/neardup/mccormick.tar.zst"
awk '{ id = $1; $1 = ""; gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
       printf "{\"id\":\"%s\",\"text\":\"%s\"}\n", id, substr($0, 2) }' articles_1000.train >in
weir-dedup -q --rejects rejects in >out
[ "$(wc -l <out)" = 990 ]
sed 's/.*"twin":"\([^"]*\)".*"record":{"id":"\([^"]*\)".*/\1 \2/' rejects | sort >found
sort articles_1000.truth | diff - found
