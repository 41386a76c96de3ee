# Stages that drop nothing write the bytes they read: who read from whom is told all the same.
printf '{"id":"%s","text":"第%s个文本。"}\n' a 一 b 二 c 三 >docs.jsonl
show()
{
    echo "== $1"
    weir audit ledger >out 2>err || echo "exit status $?"
    grep -E '^[a-z0-9]|reads|^PROBLEM' out | sed 's/  *records   .*//; s/, [0-9.]* s, peak memory [0-9]* MB//'
}
weir filters -q -r chars-min=1 --ledger ledger docs.jsonl | weir dedup -q --ledger ledger >unique
show 'a pipe'
rm ledger
weir filters -q -r chars-min=1 --ledger ledger docs.jsonl -o kept
weir dedup -q --ledger ledger kept -o near
weir dedup -q --exact --ledger ledger kept -o exact
show 'a file that two read'
head -n 1 docs.jsonl >more
weir filters -q -r chars-min=1 --ledger ledger docs.jsonl more -o kept
weir dedup -q --ledger ledger kept -o near
show 'done again with another input'
rm ledger
name=$(printf 'k\033[31m\302\205\nz')
weir filters -q -r chars-min=1 --ledger ledger docs.jsonl -o "$name"
weir filters -q -r chars-min=1 --ledger ledger more -o kept
weir dedup -q --ledger ledger kept -o near
show 'a name that would steer a terminal'
