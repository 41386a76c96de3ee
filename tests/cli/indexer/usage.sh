# Wrong use says what is wrong and makes nothing.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 3 | weir tokenize -q --model "$model" -o tok
weir chunker -q -n 64 tok -o smp
try() { weir indexer -q "$@" 2>err && echo taken || echo "exit $?: $(head -n 1 err | sed 's/[0-9][0-9]*/N/g')"; }
try smp
try smp -o dir/
try smp -o .
try tok -o set
try smp -o set -n 70
try smp -o set --compat knowlm
try tok -o set --unit document --pad 0
try smp -o set --pad 0 -n 10
weir indexer check set 2>&1 || echo "exit $?"
weir indexer merge -o set 2>&1 || echo "exit $?"
weir indexer check -q 2>&1 || echo "exit $?"
try smp -o set --pad 0
ls set*
