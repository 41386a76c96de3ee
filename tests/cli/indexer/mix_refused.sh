# What is wrong with a spec or a dataset is said in one line, and nothing is written.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 30 | weir tokenize -q --model "$model" -o tok
weir chunker -q -n 64 tok | weir indexer -q -o a
weir tokenize -q --model "$SRC/tests/data/tokenize/tiny.model" docs 2>/dev/null || true
sh "$SRC/tests/documents.sh" 30 | weir tokenize -q --model "$SRC/tests/data/tokenize/tiny.model" |
    weir indexer -q --unit document -o other
weir indexer -q --unit document --eod 70000 tok -o wide
spec() { printf "$1" >spec; shift; weir indexer mix -q spec -o bad "$@" 2>err && echo taken; head -n 1 err | sed 's/.*weir-indexer: //; s/[0-9a-f]\{32\}/HASH/g'; }
spec 'take a\ntake other\n'
spec 'take a\ntake wide\n'
spec 'take a\ntake nowhere\n'
spec 'mix a\n'
spec 'take a weight x\n'
spec 'take a weight 0.0000001\n'
spec 'take a weight 1 tokens 5\n'
spec 'take a\ntake a\n'
spec 'source x\n'
spec 'phase one tokens\n'
spec 'phase one\nphase two\ntake a\n'
spec 'take a \0\n'
spec ''
spec 'take a epochs 9 at-most 2\n'
spec 'phase p tokens 100\ntake a epochs 1\n'
spec 'phase p tokens 1g\ntake a weight 1 at-most 1.5\n'
spec 'take a batch 2\n'
spec 'take a weight 1\n' --order batches
spec 'take a weight 1\n' --order sideways
weir indexer mix -q spec 2>&1 | head -n 1
printf 'take a\n' >spec
weir indexer mix -q spec -o a 2>&1 | head -n 1
for x in bin idx prov; do
    for e in bin idx prov json; do cp a.$e b.$e; done
    head -c -2 a.$x >b.$x
    spec 'take b\n'
done
cp a.idx b.idx
cp a.prov b.prov
printf x | dd of=b.bin bs=1 seek=100 conv=notrunc 2>/dev/null
spec 'take b\n'
# two sequences that share tokens
cp a.bin bare.bin
cp a.idx bare.idx
n=$(od -An -tu8 -j 18 -N 8 a.idx | tr -d ' ')
printf '\0' | dd of=bare.idx bs=1 seek=$((34 + 4 * n + 8)) conv=notrunc 2>/dev/null
spec 'take bare\n'
ls bad* 2>/dev/null || echo nothing is left
