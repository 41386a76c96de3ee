# Measures are added at the end, nothing is dropped.
printf '%s\n' '{"id":"1" ,"text":"好。\n好。"}' | weir filters -q --annotate --rule chars-min=100 --rule chars-max=1 \
    --rule dup-lines-max=0 --rule words-min:han=9 --rule code-comments-min=1 --rule c4-zh-end-mark-min=1
echo '{"text":"x"}' | weir filters -q --annotate | tr ',' '\n' |
    grep -c '"\(chars\|han\|lines\|mojibake\|pii-email\)":'
