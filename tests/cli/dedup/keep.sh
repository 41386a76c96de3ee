# Which of three copies stays, by each rule; the output is in input order, and the twin is who stayed.
text='one two three four five six seven eight nine ten eleven twelve'
printf '%s\n' \
    '{"id":"a","text":"'"$text"'","source":"web","score":2.5}' \
    '{"id":"other","text":"nothing like it, not at all, in no way"}' \
    '{"id":"b","text":"'"$text"'!!","source":"wiki","score":-1e3}' \
    '{"id":"c","text":"'"$text"'!","source":"books","score":10}' >in
for rule in first longest score:max score:min source:books,wiki source:wiki source:none n:max; do
    weir-dedup -q --keep "$rule" in --rejects rejects | sed 's/{"id":"\([a-z]*\)".*/\1/' | tr '\n' ' '
    echo "$rule: $(sed 's/.*"twin":"\([a-z]*\)".*"id":"\([a-z]*\)".*/\2 of \1/' rejects | tr '\n' ' ')"
done
# Words and null are no numbers: last.
printf '%s\n' '{"id":"a","text":"same","n":"9"}' '{"id":"b","text":"same","n":null}' \
    '{"id":"c","text":"same","n":-7}' '{"id":"d","text":"same","n":-70000000000}' |
    weir-dedup -q --keep n:max
# The same bytes, not the same words.
printf '%s\n' '{"id":"a","text":"One two"}' '{"id":"b","text":"one  two"}' '{"id":"c","text":"One two"}' |
    weir-dedup -q --exact --raw
