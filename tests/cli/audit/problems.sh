# Every way not to balance is found and named; what balances is not.
. "$SRC/tests/data/audit/ledger.sh"
show() # NAME
{
    status=0
    weir-audit ledger >out 2>err || status=$?
    echo "== $1: exit status $status"
    sed -n '/^PROBLEM/p; /balance$/p; /not counted/p; /^  .*reads/p' out
    cat err
}
chain() # a chain of three with small numbers
{
    run ingest a.json:1 a.jsonl:2 100 5 5 90
    run filters a.jsonl:2 b.jsonl:3 90 10 0 80
    run dedup b.jsonl:3 c.jsonl:4 80 8 0 72
}
chain >ledger; show "whole"
chain | sed '2s/"kept":{"records":80,/"kept":{"records":79,/' >ledger; show "lost within a stage"
chain | sed '1s/"too-short":{"in":{"records":5,"bytes":50/"too-short":{"in":{"records":5,"bytes":49/' >ledger
show "bytes without a reason"
chain | sed '3s/"sources":{"百科":{"in":{"records":80,/"sources":{"百科":{"in":{"records":81,/' >ledger
show "a source too many"
{ chain | sed 2d; run filters a.jsonl:2 b.jsonl:3 89 9 0 80; } >ledger; show "read other than written"
{ chain; run ingest x.json:8 x.jsonl:9 10 0 0 10; } >ledger; show "a shard that nobody read"
{ chain | sed 3d; run dedup b.jsonl:3,x.jsonl:9 c.jsonl:4 81 8 0 73; } >ledger
show "a shard that nobody wrote"
{ chain | sed 2d; run filters a.jsonl:5 b.jsonl:3 89 9 0 80; } >ledger; show "a cut chain"
{ run ingest a.json:1 a.jsonl:2 100 5 5 90; run ingest b.json:3 b.jsonl:4 50 0 0 50
    run filters stdin:5 c.jsonl:6 140 40 0 100; } >ledger; show "shards joined by cat"
{ run ingest a.json:1 a.jsonl:2 100 5 5 90; run filters a.jsonl:2 b.jsonl:2 90 0 0 90
    run dedup b.jsonl:2 c.jsonl:2 90 0 0 90; run tokenize c.jsonl:2 d.tok:4 90 0 0 90; } >ledger
show "stages that change nothing"
sed '1!G;h;$!d' ledger >back; mv back ledger; show "the same, last line first"
{ run filters a.jsonl:1 b.jsonl:2 100 10 0 90; run filters b.jsonl:2 c.jsonl:3 90 20 0 70; } >ledger
show "one stage twice in a chain"
{ chain; chain; } >ledger; show "done twice"
{ run ingest a.json:1 'standard output:2' 100 5 5 90 'ingest --old'
    run filters 'standard input:2' b.jsonl:3 90 10 0 80 filters
    run ingest a.json:1 'standard output:7' 100 15 5 80 'ingest --new'
    run filters 'standard input:7' b.jsonl:8 80 10 0 70 filters
    run dedup b.jsonl:8 c.jsonl:4 70 8 0 62; } >ledger; show "a pipe done again with other options"
run dedup a.jsonl:1 c.jsonl:4 10 0 0 10 >ledger; show "one stage alone"
run ingest a.json:0 a.jsonl:0 0 0 0 0 >ledger; show "nothing at all"
