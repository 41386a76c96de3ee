#!/bin/sh
# How samples/tokenizer.model was made: documents of all samples, their text one line a line, and
# SentencePiece's trainer with LLaMA's settings.  Run it in the repository's root after "make".
#   sh samples/train-tokenizer.sh [FILE.model]
# Needs jq and Debian's package sentencepiece, which "make deps" brings.
set -eu
cd "$(dirname "$0")/.."
PATH=$PWD/build/bin:$PATH
model=${1:-samples/tokenizer.model}
raw=samples/raw
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

ingest() # SOURCE FILE…
{
    from=$1
    shift
    weir ingest -q --from "$from" --rejects /dev/null "$@"
}
{
    ingest baike $raw/baike.jsonl
    ingest wudao $raw/wudao.json
    ingest wiki $raw/zhwiki.xml
    ingest wiki $raw/enwiki.xml
    ingest books $raw/books
    ingest arxiv $raw/arxiv.jsonl
    ingest gutenberg $raw/gutenberg
    ingest stackexchange $raw/stackexchange.xml
    ingest github $raw/code.tar
} >"$dir/docs.jsonl"

# The tokenizer must not learn the pages that the filters drop and the copies that dedup drops.
weir filters -q --preset harmful --rule garbled-max=0.005 --rule dup-line-chars-max=0.2 \
    --rejects /dev/null "$dir/docs.jsonl" | weir dedup -q --rejects /dev/null | jq -r .text >"$dir/text"

# The model holds the names of its files, so these are the same every time.
# byte_fallback: a character without a piece becomes its UTF-8 bytes.  identity and the two
# whitespace options: decoding gives back every byte.  split_digits: a number is its digits.
(cd "$dir" && spm_train --input=text --model_prefix=m --model_type=bpe --vocab_size=4000 \
    --character_coverage=0.9995 --byte_fallback --split_digits --num_threads=1 \
    --normalization_rule_name=identity --remove_extra_whitespaces=false \
    --allow_whitespace_only_pieces --add_dummy_prefix --max_sentence_length=65536 \
    --unk_id=0 --bos_id=1 --eos_id=2 --pad_id=-1 --unk_surface=' ⁇ ' --minloglevel=1)
mv "$dir/m.model" "$model"
ls -l "$model"
