# The pipeline of README on made documents: one input or ten shards, one thread or eight, little memory
# or much: the same dataset; it passes its check, its ledger balances, and its samples decode to the
# documents' texts.
set -eu
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || { echo "no samples/tokenizer.model"; exit 77; }
sh "$SRC/tests/documents.sh" 3000 >all.jsonl
split -l 300 all.jsonl shard.

build() # FOLDER OPTIONS INPUT…
{
    mkdir "$1"
    dir=$1 opts=$2
    shift 2
    # shellcheck disable=SC2086
    weir ingest $opts -q --ledger "$dir/ledger" --from jsonl "$@" |
        weir filters $opts -q --ledger "$dir/ledger" --preset knowlm-zh --rejects "$dir/dropped" |
        weir dedup $opts -q --ledger "$dir/ledger" --rejects "$dir/twins" |
        weir tokenize $opts -q --ledger "$dir/ledger" --model "$model" |
        weir chunker $opts -q --ledger "$dir/ledger" -n 128 |
        weir indexer $opts -q --ledger "$dir/ledger" -o "$dir/set"
    weir indexer check "$dir/set" >/dev/null
    weir audit "$dir/ledger" >"$dir/audit"
    rm "$dir/ledger" "$dir/audit"
}
build one "-j 1 -m 1G" all.jsonl
build eight "-j 8 -m 4G" all.jsonl
build small "-j 2 -m 96M" all.jsonl
diff -r one eight
diff -r one small
build shards "-j 2" shard.*
# The shards' names stand in origins and rejects; tokens and index do not know them.
cmp one/set.bin shards/set.bin
cmp one/set.idx shards/set.idx

weir ingest -q --from jsonl all.jsonl | weir filters -q --preset knowlm-zh |
    weir dedup -q >kept.jsonl
weir tokenize -q --model "$model" kept.jsonl | weir chunker -q -n 128 |
    weir tokenize -q --model "$model" --decode | weir tokenize -q --model "$model" >again.tok
weir tokenize -q --model "$model" kept.jsonl >once.tok
weir tokenize -q --model "$model" --decode once.tok | sed 's/.*"text":"//; s/".*//' >decoded
sed 's/.*"text":"//; s/".*//' kept.jsonl | cmp - decoded
[ "$(wc -l <decoded)" -gt 1000 ]
