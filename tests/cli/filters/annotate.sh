# Measures are added at the end, nothing is dropped; without rules, every document rule that needs no options.
printf '%s\n' '{"id":"1" ,"text":"好。\n好。"}' | weir filters -q --annotate --rule chars-min=100 --rule chars-max=1 \
    --rule dup-lines-max=0 --rule words-min:han=9 --rule code-comments-min=1 --rule c4-zh-end-mark-min=1
echo '{"text":"x"}' | weir filters -q --annotate | grep -o '"[a-z0-9-]*":[0-9n]' | sed 's/":.*//; s/"//' | sort >measured
weir filters --list-rules | awk -F '\t' '$2 == "document" { sub(/-(min|max)$/, "", $1); print $1 }' | sort -u >known
comm -13 known measured
[ "$(wc -l <measured)" -gt 80 ] && echo all
uniq -d measured
