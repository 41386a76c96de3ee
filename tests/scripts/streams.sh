# What surrounds a run: closed standard streams, odd output names, links, modes.
set -eu
sh "$SRC/tests/documents.sh" 300 >in.jsonl
weir dedup -q in.jsonl -o want

fails() # STATUS PATTERN COMMAND…
{
    want=$1 pattern=$2
    shift 2
    status=0
    "$@" >out 2>err || status=$?
    [ "$status" = "$want" ] && grep -q -- "$pattern" err && [ "$(wc -l <err)" = 1 ] ||
        { echo "$*: exit $status"; cat err; exit 1; }
}

# A file opened while a standard stream is closed must not take its place.
status=0
weir dedup in.jsonl --rejects rejects >&- 2>err || status=$?
[ "$status" = 1 ] && grep -q "standard output: cannot write" err && [ ! -e rejects ]
weir dedup in.jsonl -o out 2>&-
cmp out want
status=0
weir dedup <&- 2>err || status=$?
[ "$status" = 1 ] && grep -q "standard input: cannot read" err

# Names as long as the file system takes, and names that are none.
long=$(printf '%0250d' 0)
weir dedup -q in.jsonl -o "$long"
cmp "$long" want
fails 1 "not the name of a file" weir dedup in.jsonl -o ''
fails 1 "nowhere/: cannot write" weir dedup in.jsonl -o nowhere/
fails 1 "nowhere/x: cannot write" weir dedup in.jsonl -o nowhere/x

# A ledger that cannot be written is known before the work, and a run that fails makes none.
fails 1 "nowhere/l: cannot open the ledger" weir dedup nowhere --ledger nowhere/l
fails 1 "nowhere: cannot open" weir dedup nowhere --ledger l
[ ! -e l ]

# One file for two purposes, by whatever name, there already or not.
status=0
weir dedup in.jsonl -o both --rejects ./both 2>err || status=$?
[ "$status" = 2 ] && grep -q "./both is written twice" err && [ ! -e both ]
status=0
weir dedup in.jsonl -o "$PWD/both" --ledger both 2>err || status=$?
[ "$status" = 2 ] && [ ! -e both ]

# A message is one line whatever a name holds.
fails 1 "a?b?.31m: cannot open" weir dedup "$(printf 'a\nb\033[31m')"

# A link stays, also one to a file that is not there yet; a private file stays private.
mkdir elsewhere
ln -s elsewhere/made link
weir dedup -q in.jsonl -o link
cmp elsewhere/made want
[ -L link ]
chmod 600 elsewhere/made
weir dedup -q in.jsonl -o link
[ "$(stat -c %a elsewhere/made)" = 600 ] && [ -L link ]

# What a killed process of the same number left does not stop this one.
sh -c 'n=0; while [ $n -lt 5 ]; do echo old >.made.$$-$n.tmp; n=$((n + 1)); done
    exec weir dedup -q in.jsonl -o made'
cmp made want
