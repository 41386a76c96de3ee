# Tokens in = kept + dropped, and what is written twice is said; -j changes nothing.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 300 | weir tokenize -q --model "$model" -o tok
account() # OPTION…
{
    rm -f ledger
    weir chunker -q --ledger ledger "$@" tok -o smp
    set -- $(sed 's/.*"in":{[^}]*"tokens":\([0-9]*\)},"kept":{[^}]*"tokens":\([0-9]*\)},"dropped":{[^}]*"tokens":\([0-9]*\)}.*"out":{"records":[0-9]*,"bytes":[0-9]*,"tokens":\([0-9]*\)},"framing".*"overlap_tokens":\([0-9]*\).*/\1 \2 \3 \4 \5/' ledger)
    [ "$1" = $(($2 + $3)) ] && [ "$4" = $(($2 + $5)) ] || { echo "$*"; cat ledger; exit 1; }
    [ "$3" = 0 ] || echo "some are dropped"
    [ "$5" = 0 ] || echo "some are written twice"
}
account -n 64
account -n 130 --fill backward
account -n 64 --min-tokens 50
account -n 64 --min-tokens 50 --fill backward
weir chunker -q -n 64 -j 1 tok >one
weir chunker -q -n 64 -j 8 -m 64M tok | cmp - one
weir chunker -q -n 64 one 2>&1 || echo "exit $?"
printf '{"id":"x","text":"\344\270\200\351\276\230\360\237\246\253"}\n' |
    weir tokenize -q --model "$model" >rare
weir chunker -q -n 4 rare | weir tokenize -q --model "$model" --decode | sed 's/.*"text":"//; s/".*//'
weir chunker -q -n 2 rare 2>&1 >/dev/null | sed 's/token [0-9]*/token N/'
weir chunker -q -n 2 --rejects bad rare | wc -c | tr -d ' '
sed 's/.*"reason":"\([^"]*\)".*/\1/' bad
