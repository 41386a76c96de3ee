# Every task, language and answer format; the instruction's own words are left out where they are drawn.
in=$SRC/samples/raw/ie/iepile.jsonl
ask() { weir kg2instruction instruct -q "$@" "$in"; }
for f in json triples sentences labels; do
    for t in NER RE SPO EE EET EEA KG; do
        echo "$t $f: $(ask --task $t --format $f --no-shuffle | sed 's/.*"output": "\(.*\)", "task".*/\1/')"
    done
    echo "$f: $(ask --task RE --lang en --format $f --no-shuffle | sed 's/.*"output": "\(.*\)", "task".*/\1/')"
done
for t in NER RE SPO EE EET EEA KG; do
    ask --task $t --form iepile --no-shuffle | sed 's/"instruction": "{\\"instruction\\": \\"[^"]*\\", /…/'
    ask --task $t --form iepile --test | sed 's/"instruction": "{\\"instruction\\": \\"[^"]*\\", /…/'
done
ask --task RE --lang en --form iepile --sides head --no-shuffle
ask --task RE --test | sed 's/"instruction": "[^"]*"/…/'
# All twenty templates are used, with candidates and without.
awk 'BEGIN { for (i = 0; i < 600; i++) printf "{\"text\":\"t%d\",\"entity\":[]}\n", i }' >many
for l in zh en; do
    for o in '' --open; do
        # shellcheck disable=SC2086
        weir kg2instruction instruct -q --task NER --lang $l $o --format json --no-shuffle --schema "$SRC/samples/raw/ie/schema.json" many |
            sed 's/, "input".*//' | sort | uniq | tee all | wc -l | tr -d ' '
        grep -c '[{]s_\|{what}\|{unit}\|\[\[\|\]\]' all || true
        grep -c '作品' all || true
    done
done
