# Sourced: a small build with its ledger, what it dropped, and a dataset; serve_audit ARG… shows it.
model=$SRC/samples/tokenizer.model
cp "$SRC/samples/raw/baike.jsonl" .
printf '{"title":"页","content":"%s"}\n' "$(for i in 1 2 3; do printf '线上赌场真人百家乐，注册送彩金，北京赛车投注平台，六合彩特码，时时彩计划。'; done)" >>baike.jsonl
weir ingest -q --from baike baike.jsonl --rejects bad.jsonl --ledger l -o docs.jsonl
weir filters -q --preset zh-web --preset harmful --rejects dropped.jsonl --ledger l docs.jsonl -o kept.jsonl
weir dedup -q --rejects twins.jsonl --ledger l kept.jsonl -o unique.jsonl
weir tokenize -q --model "$model" --ledger l unique.jsonl | weir chunker -q -n 128 --ledger l | weir indexer -q -o baike --ledger l
weir indexer stats -q baike --ledger l >/dev/null
serve_audit()
{
    start_server audit --serve --drops bad.jsonl --drops dropped.jsonl --drops twins.jsonl --documents unique.jsonl \
        --dataset baike --model "$model" "$@" l
}
