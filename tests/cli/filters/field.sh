# A number that another program wrote decides; a record without it is bad, not kept.
cat >in <<'X'
{"id":"a","text":"x","perplexity":12.5}
{"id":"b","text":"y","perplexity":80}
{"id":"c","text":"z","perplexity":3.0e2}
{"id":"d","text":"w","perplexity":"9"}
{"id":"e","text":"v"}
X
weir filters -q --field perplexity --rule field-max=80 --rule field-min=13 --rejects r in
sed 's/,"record".*//' r
weir filters -q --field perplexity --rule field-max=80 in 2>&1 >/dev/null || true
weir filters -q --rule field-max=80 in 2>&1 || true
weir filters -q --field perplexity --preset knowlm-zh in 2>&1 || true
weir filters -q --field perplexity --rule field-max=80 --annotate in 2>&1 || true
weir filters --field perplexity --rule field-max=80 --plan
head -n 1 in | sed 's/"text":"x"/"text":"The lamp"/; s/,"perplex.*}/}/' |
    weir infer score -q --model "$SRC/samples/tiny-model" | weir filters -q --field nll_byte --rule field-max=0.1 --rejects r2
grep -o '"rule":"[^"]*"' r2
