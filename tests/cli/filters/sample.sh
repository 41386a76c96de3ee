# N of each reason, the same ones for any number of threads; fewer when there are fewer.
awk 'BEGIN { for (i = 0; i < 300; i++) printf "{\"id\":\"%d\",\"text\":\"%s\"}\n", i, i % 3 ? "12345" : "汉字" }' >in
for j in 1 8; do
    weir filters -q -j$j --rule chars-min=3 --rule digits-max=0.5 --sample 4 --rejects r$j in >/dev/null
done
cmp r1 r8
sed 's/.*"reason":"\([^"]*\)".*/\1/' r1 | sort | uniq -c
weir filters -q --rule chars-min=3 --sample 400 --rejects r in >/dev/null
wc -l <r
weir filters -q --rule chars-min=3 --sample 4 in || echo $?
