# --exact and --near alone; --shingle decides what near means.
a='one two three four five six seven eight nine ten eleven twelve'
printf '{"id":"1","text":"%s"}\n{"id":"2","text":"%s"}\n{"id":"3","text":"%s!"}\n' "$a" "$a" "$a" >in
for o in --exact --near '--exact --near' '' '--near --shingle word:13' '--near --shingle char:20'; do
    # shellcheck disable=SC2086
    echo "$o:" $(weir-dedup -q $o in | grep -o '"id":"."')
done
