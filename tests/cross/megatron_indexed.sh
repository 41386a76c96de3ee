# Datasets of Weir read by an independent reader, and by Megatron's where it is installed.
set -eu
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || { echo "no model"; exit 77; }
sh "$SRC/tests/documents.sh" 200 >docs
head -n 80 docs >part-1.docs
tail -n +81 docs >part-2.docs
build() # DOCS NAME OPTION…
{
    docs=$1 name=$2
    shift 2
    weir tokenize -q --model "$model" "$docs" | weir chunker -q -n 100 | weir indexer -q -o "$name" "$@"
}
both() # OPTION…
{
    for part in part-1 part-2; do build $part.docs $part "$@"; done
    weir indexer merge -q part-1 part-2 -o set
    weir indexer show set >shown
    python3 "$SRC/tests/cross/megatron_indexed.py" set shown part-1 part-2
}
both
both --unit document --eod 2
both --pad 0 -n 128
both --eod 70000
