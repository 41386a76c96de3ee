# Two shards through a pipe each, joined by the last stage: sums, shares, order, by hand.
. "$SRC/tests/data/audit/ledger.sh"
{
    run ingest a.json:1 'standard output:2' 1000 100 10 890
    run filters 'standard input:2' a.jsonl:3 890 90 0 800
    run ingest b.json:4 'standard output:5' 2000 200 0 1800
    run filters 'standard input:5' b.jsonl:6 1800 600 0 1200
    run dedup a.jsonl:3,b.jsonl:6 all.jsonl:7 2000 500 0 1500
} >ledger
weir-audit ledger
echo "exit status $?"
weir-audit <ledger >again
weir-audit ledger | cmp - again
