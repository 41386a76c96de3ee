# KnowLM's samples have their own rules: options that say otherwise are refused.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 3 >docs
weir tokenize -q --model "$model" --compat knowlm docs -o pieces
weir tokenize -q --model "$model" docs -o tok
try() { weir chunker -q "$@" -o smp 2>err && echo taken || echo "exit $?: $(head -n 1 err)"; }
try --compat knowlm pieces
try --compat knowlm --min-tokens 5 pieces
try --compat knowlm -n 64 pieces
try pieces
try --compat knowlm tok
