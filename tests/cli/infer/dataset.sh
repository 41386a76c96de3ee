# A dataset is scored as the documents that it is made of; a validation draws from it and shows the worst.
model="--model $SRC/samples/tiny-model" raw=$SRC/samples/raw tok=$SRC/samples/tokenizer.model
weir ingest -q --rejects /dev/null --from baike "$raw/baike.jsonl" | head -n 30 >docs
weir tokenize -q --model "$tok" docs >tokens
weir chunker -q -n 200 tokens | weir indexer -q --pad 3 -n 200 -o chunks
weir indexer -q --unit document -o whole <tokens
numbers() { grep -o '"perplexity".*'; }
# shellcheck disable=SC2086
{
    weir infer score -q $model docs | numbers >a
    weir infer score -q $model whole | numbers >b
    cmp a b
    [ "$(wc -l <a)" = 30 ]
    weir infer score -q $model chunks -j 1 >one
    weir infer score -q $model chunks -j 3 >three
    cmp one three
    # padding belongs to no sample: the tokens are those of the documents
    weir infer score -q $model --table chunks | awk -F '\t' 'NR > 1 { n += $5; b += $6 } END { print n, b }' >table
    weir infer score -q $model --table docs | awk -F '\t' 'NR > 1 { n += $5; b += $6 } END { print n, b }' | cmp - table || cat table
    weir infer score -q $model --table chunks | head -n 1
    weir infer score -q $model --samples 7 --seed 5 chunks >seven
    weir infer score -q $model --samples 7 --seed 5 chunks | cmp - seven
    weir infer score -q $model --samples 7 --seed 6 chunks | cmp -s - seven && echo 'the seed does nothing'
    grep -cFxf one seven
    weir infer score -q $model --samples 2 whole chunks | wc -l

    echo '-- validation'
    weir infer validate -q $model --samples 0 --worst 2 --excerpt 60 chunks >report
    sed -n 's|^.*: windows|windows|p; /^source/p' report
    weir infer score -q $model --table chunks | tail -n +2 | sort -t "$(printf '\t')" -k 9,9gr | head -n 2 | cut -f 2 >worst
    sed -n 's/^[12]\. chunks, sequence \([0-9]*\),.*/\1/p' report | cmp - worst
    weir infer validate -q $model docs 2>&1 || true

    # the ledger balances: what was not drawn is counted, and the dataset is the indexer's
    weir chunker -q -n 200 --ledger l tokens | weir indexer -q --ledger l -o counted
    weir infer validate -q $model --samples 9 --ledger l counted >/dev/null
    weir infer convert -q "$SRC/samples/tiny-model" --ledger l -o converted
    weir audit -q l | sed -n '/^validate/,/reads/p' | sed 's/ \{2,\}/ /g; s/run,.*;/run;/'
    weir audit -q l | tail -n 1

    echo '-- texts'
    printf 'The lamp\nof the clockmaker\n' >t
    weir infer score -q $model --input lines t | wc -l
    weir infer score -q $model --input files --table t t | cut -f 1,2,5,6
    printf 'a\377b\n' | weir infer score -q $model --input lines 2>&1 || true

    echo '-- another tokenizer, a broken dataset'
    cp chunks.idx other.idx && cp chunks.bin other.bin
    sed 's/\("sha256": *"\)./\1x/' chunks.json >other.json
    weir infer score -q $model other 2>&1 >/dev/null | sed 's/x*[0-9a-f]\{63,64\}/HEX/g'
    rm other.json && truncate -s -2 other.bin
    weir infer score -q $model other 2>&1 >/dev/null | sed 's/sequence [0-9]*/sequence N/'
    printf '\377\377' | dd of=chunks.bin conv=notrunc bs=1 seek=20 2>/dev/null
    weir infer score -q $model chunks 2>&1 >/dev/null || true
}
