#!/bin/sh -e
# From datasets to what a training run reads: mixed by weight, resumed after a break.  Run it in the
# repository's root after "make":   sh samples/02-mix.sh
# The files land in a folder of their own, build/02-mix.
PATH=${PATH_WEIR:-$PWD/build/bin}:$PATH
raw=$PWD/samples/raw model=$PWD/samples/tokenizer.model
mkdir -p "${DIR:=build/02-mix}" && cd "$DIR"

# 1. Three datasets, one of each kind of text, of samples of at most 256 tokens.
dataset() # NAME PRESET KIND FILE…
{
    name=$1 preset=$2 kind=$3
    shift 3
    weir ingest -q --from "$kind" --rejects /dev/null "$@" | weir filters -q --preset "$preset" |
        weir dedup -q | weir tokenize -q --model "$model" | weir chunker -q -n 256 |
        weir indexer -q --eod 2 -o "$name"
}
dataset zh zh-web wudao "$raw/wudao.json"
dataset en en-web wiki "$raw/enwiki.xml"
dataset code code github "$raw/code.tar"

# 2. A tenth of the Chinese documents is kept aside to validate with.
weir indexer split -q zh --valid 0.1 --seed 1 -o zh-parts

# 3. What to mix: a phase of Chinese alone, then three parts of it, one of English, all of the code
#    twice.
cat >mix.spec <<'END'
phase warm tokens 5k
take zh-parts-train weight 1
phase main tokens 30k
take zh-parts-train weight 3
take en weight 1 at-most 1.5
take code epochs 2
END

# 4. What that means: samples, tokens and epochs of each source, what is repeated, what is left over.
weir indexer mix mix.spec --plan

# 5. The mix, shuffled by seed 7, several samples in each sequence of 1,024 tokens.
weir indexer mix -q mix.spec --seed 7 --pack -n 1024 --pad 0 -o mixed
weir indexer check -q mixed
weir indexer stats mixed | grep -E '^(mixed|padding|samples)'

# 6. A run broke after 4 steps of 2 sequences on each of 2 ranks: what is left, in the same order.
weir indexer resume -q mixed --steps 4 --world 2 --batch 2 -o rest
