# A mix holds its budget to the token, its samples are the sources', repeats are what the plan says, and
# threads, memory and shards change no byte.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 120 >docs
build() # NAME FIRST LAST
{
    sed -n "$2,$3p" docs | weir tokenize -q --model "$model" | weir chunker -q -n 64 |
        weir indexer -q --eod 2 -o "$1"
}
build a 1 60
build a1 1 25
build a2 26 60
build b 61 120
cat >spec <<'E'
source a a1 a2   # shards
phase warm tokens 3000
take a weight 1
phase main
take a tokens 8000
take b epochs 2.5
E
weir indexer mix -q spec --seed 7 -o one -j 1 -m 64M
weir indexer mix -q spec --seed 7 -o two -j 8 -m 4M
sed 's/^source.*/source a a/' spec >whole
weir indexer mix -q whole --seed 7 -o three
for ext in bin idx prov json; do
    cmp one.$ext two.$ext
    [ $ext = json ] || cmp one.$ext three.$ext
done
# killed, and run again
weir indexer mix -q spec --seed 7 -o killed &
kill -9 $! 2>/dev/null || true
wait $! 2>/dev/null || true
weir indexer mix -q spec --seed 7 -o killed
for ext in bin idx prov json; do cmp one.$ext killed.$ext; done
weir indexer check one | cut -d: -f 2-3
weir indexer mix -q spec --seed 8 -o other
cmp -s one.bin other.bin && echo "the seed does nothing"

# the budget: 3000 + 8000 + 2.5 times b, and its two whole epochs are there twice
b=$(($(wc -c <b.bin) / 2))
[ $(($(wc -c <one.bin) / 2)) = $((11000 + 5 * b / 2)) ] && echo exact
weir indexer show b | sort >b.ids
weir indexer show one | sort | uniq -c >one.ids
awk 'NR == FNR { k = $1; $1 = ""; n[$0] = k; next } n[" " $0] < 2 { bad = 1 }
     END { print bad ? "a sample of b is missing" : "every sample of b is there twice" }' one.ids b.ids

# an epoch of each, shuffled: the same samples in another order
weir indexer mix -q --take a --take b -o all
weir indexer show all | sort >all.ids
{ weir indexer show a; weir indexer show b; } | sort | cmp - all.ids
weir indexer show all | head -n 40 >begin
[ "$(grep -cxFf b.ids begin)" -gt 5 ] || echo "not mixed"
weir indexer mix -q --take b --take a --order sequential -o seq
{ weir indexer show b; weir indexer show a; } >want
weir indexer show seq | cmp - want

# every token of the mix is traced to the document that holds it there
weir indexer trace one 5000 >out
id=$(sed -n 's/^document  [0-9]* "\([^"]*\)".*/\1/p' out)
place=$(sed -n 's/^place     token \([0-9]*\) .*/\1/p' out)
grep "\"id\":\"$id\"" docs | weir tokenize -q --model "$model" | weir indexer -q --unit document -o doc
set -- $(weir indexer show doc 0)
shift "$place"
grep -o "id $1$" out | sed 's/[0-9][0-9]*/N/'

weir indexer mix --plan spec --seed 7 -o nowhere | sed -n '1,2p;/^sources/,$p' | sed 's/has .* tokens:/has:/'
ls nowhere* 2>/dev/null || echo nothing written
