# The report for machines, with a name that JSON must escape.
. "$SRC/tests/data/audit/ledger.sh"
{ run ingest a.json:1 a.jsonl:2 10 1 0 9; run dedup a.jsonl:2 b.jsonl:3 9 2 0 6; } |
    sed 's/百科/\\"b\\n/' >ledger
weir-audit --json ledger || echo "exit status $?"
