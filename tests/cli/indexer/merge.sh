# A hundred shards merged, and merged in two steps, are the dataset of one run, all four files; what
# does not belong together is refused and leaves nothing behind.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 100 >docs
samples() { weir tokenize -q --model "$model" "$@" | weir chunker -q -n 64; }
samples docs | weir indexer -q --eod 2 -o whole
split -l 1 docs shard.
head -n 3 docs >few
for s in shard.*; do samples "$s" | weir indexer -q --eod 2 -o "set-$s"; done
rm shard.*
names() { ls | sed -n 's/\.idx$//p' | grep "$1"; }
# shellcheck disable=SC2046
weir indexer merge -q $(names set-) -o merged
# shellcheck disable=SC2046
weir indexer merge -q $(names set-shard.a) -o left
# shellcheck disable=SC2046
weir indexer merge -q $(names set-shard.[b-z]) -o right
weir indexer merge -q left right -o twice
for ext in bin idx prov json; do
    cmp whole.$ext merged.$ext
    cmp whole.$ext twice.$ext
done
weir indexer check whole >/dev/null

# a command that one part has and another has too stands once
samples few | weir indexer -q -o plain
weir indexer merge -q left plain -o lp
weir indexer merge -q plain right -o pr
weir indexer merge -q lp pr -o nested
tr , '\n' <nested.json | grep -c 'weir indexer'
weir indexer check nested >/dev/null

refused() { weir indexer merge -q "$@" -o bad 2>err && exit 1; sed 's/.*weir-indexer: //; s/[0-9a-f]\{32\}/HASH/g' err; }
weir tokenize -q --model "$model" docs | weir indexer -q --unit document --eod 70000 -o wide
refused whole wide
refused whole nowhere
cp whole.bin bare.bin
cp whole.idx bare.idx
refused whole bare
printf x | dd of=right.bin bs=1 seek=100 conv=notrunc 2>/dev/null
refused left right
ls bad* 2>/dev/null || echo nothing is left
