#!/bin/sh
# standing.sh cases             lists the cases
# standing.sh variants          lists programs with a command or an option that reads documents too
# standing.sh CASE PROGRAM      one case for one program, in the current, empty folder
# What every program must do, whatever it is for: help, wrong use, odd input, full disk, closed pipe,
# any number of threads, any memory.
set -u
if [ "$1" = cases ]; then
    echo help version unknown-option extra-word empty huge-line invalid-utf8 nul truncated dev-full \
        closed-pipe threads memory stdin-file same-file missing-file
    exit 0
fi
if [ "$1" = variants ]; then
    echo weir-dedup+keep weir-dedup+verify weir-dedup+sign weir-dedup+compat weir-dedup+index weir-dedup+lines weir-dedup+paragraphs weir-dedup+spans weir-dedup+decontaminate \
        weir-kg2instruction+build weir-kg2instruction+annotate weir-kg2instruction+instruct weir-kg2instruction+compose
    exit 0
fi
case=$1 prog=$2

fail() { echo "$*"; exit 1; }
skip() { echo "$*"; exit 77; }

documents() { sh "$SRC/tests/documents.sh" "$1"; }

model=$SRC/samples/tokenizer.model

# run ARG…: the program with what it cannot do without.  in: a file of its kind of input.
case $prog in
weir-ingest) run() { weir-ingest --from jsonl "$@"; }; input() { documents "$1"; } ;;
weir-filters) run() { weir-filters --preset zh-web "$@"; }; input() { documents "$1"; } ;;
weir-dedup) run() { weir-dedup "$@"; }; input() { documents "$1"; } ;;
weir-dedup+compat)
    run() { weir-dedup --compat datatrove --words chars "$@"; }; input() { documents "$1"; } ;;
weir-dedup+keep) run() { weir-dedup --keep longest "$@"; }; input() { documents "$1"; } ;;
weir-dedup+verify) run() { weir-dedup --verify "$@"; }; input() { documents "$1"; } ;;
weir-dedup+decontaminate)
    bench=$PWD/bench; echo "wizards read old books in warm rooms the quick brown fox jumps over" >"$bench"
    run() { weir-dedup decontaminate --against "$bench" "$@"; }; input() { documents "$1"; } ;;
weir-dedup+index) run() { weir-dedup --index idx "$@"; }; input() { documents "$1"; } ;;
weir-dedup+*) run() { weir-dedup "${variant#+}" "$@"; }; input() { documents "$1"; } ;;
weir-tokenize) run() { weir-tokenize --model "$model" "$@"; }; input() { documents "$1"; } ;;
weir-chunker)
    run() { weir-chunker -n 64 "$@"; }
    input() { documents "$1" | weir-tokenize -q --model "$model"; } ;;
weir-indexer)
    run() { weir-indexer -o set "$@"; }
    input() { documents "$1" | weir-tokenize -q --model "$model" | weir-chunker -q -n 64; } ;;
weir-infer)
    run() { [ "${1:-}" = --help ] || set -- score --model "$SRC/samples/tiny-model" "$@"; weir-infer "$@"; }
    input() { documents "$1" | head -n 40; } ;;
weir-kg2instruction+instruct)
    run() { weir-kg2instruction instruct --task NER "$@"; }
    input() { documents "$1" | sed 's/}$/,"entity":[{"entity":"x","entity_type":"y"}]}/'; } ;;
weir-kg2instruction+compose)
    run() { weir-kg2instruction compose --take all=all "$@"; }
    input() { documents "$1" | sed 's/"text":/"instruction":"q","output":/'; } ;;
weir-kg2instruction)
    run() { [ "${1:-}" = --help ] || set -- convert --from iepile "$@"; weir-kg2instruction "$@"; }
    input() { documents "$1" | sed 's/}$/,"entity":[{"entity":"x","entity_type":"y"}]}/'; } ;;
weir-kg2instruction+build)
    run() { weir-kg2instruction build -o kg "$@"; }
    input() { sh "$SRC/tests/entities.sh" "$1"; } ;;
weir-kg2instruction+annotate)
    knowledge=$PWD/kg
    weir-kg2instruction build -q "$SRC/samples/raw/wikidata.json" -o "$knowledge"
    run() { weir-kg2instruction annotate --kg "$knowledge" --keep-empty "$@"; }
    input() { documents "$1"; } ;;
weir-audit)
    run() { weir-audit "$@"; }
    input() { documents "$1" | weir-dedup -q --ledger in.ledger >/dev/null && cat in.ledger; } ;;
*) fail "tests/standing.sh does not know $prog" ;;
esac

variant=${prog#"${prog%%+*}"} prog=${prog%%+*}

binary() { case $prog in weir-chunker | weir-indexer) true ;; *) false ;; esac; }
ledger() { [ "$prog" = weir-audit ]; }
dataset() { [ "$prog" = weir-indexer ] || entities; }
entities() { [ "$variant" = +build ]; }
instructions() { [ "$variant" = +compose ]; }

# Runs and keeps what came: out, err, status.
try() { run "$@" >out 2>err; status=$?; }
expect() { [ "$status" = "$1" ] || { cat err; fail "exit status $status, expected $1"; }; }
says() { grep -q "$1" err || { cat err; fail "standard error lacks: $1"; }; }

case $case in
help)
    run --help >out 2>err || fail "--help failed"
    [ ! -s err ] || fail "--help writes to standard error"
    for o in --output --threads --memory --temp-dir --rejects --ledger --seed --progress --quiet \
        --verbose --help --version -o -j -m -T -q -v -h -V; do
        grep -q -- "$o" out || fail "--help lacks $o"
    done
    [ "$(awk 'length($0) > 100' out | wc -l)" = 0 ] || fail "--help has lines over 100 characters"
    ! grep -q " $" out || fail "--help has spaces at the end of lines"
    [ -n "$variant" ] || grep -q Examples out || fail "--help has no examples"
    man=$BUILD/man/$prog.1
    [ -e "$man" ] || fail "no man page"
    ;;
version)
    run -V >out || fail "-V failed"
    grep -q "^$prog $(cat "$SRC/VERSION")" out && grep -q ^features: out && grep -q ^compiler: out ||
        fail "-V: $(cat out)"
    ;;
unknown-option)
    try --no-such-option
    expect 2
    says "no-such-option"
    says "see $prog --help"
    [ ! -s out ] || fail "writes to standard output"
    ;;
extra-word)
    run -j x </dev/null >out 2>err && fail "-j x was taken"
    run -j 1 -m 12monkeys </dev/null >out 2>err
    [ $? = 2 ] || fail "-m 12monkeys was taken"
    ;;
empty)
    : >in
    try in
    if binary || ledger; then
        expect 1
        [ ! -e set.idx ] || fail "a dataset was made of nothing"
    else
        expect 0
        says "in 0"
    fi
    ;;
huge-line)
    binary && skip "binary input"
    k=1000 # a language model reads no megabytes in a moment
    [ "$prog" = weir-infer ] && k=10
    { printf '{"id":"1","text":"'; head -c $((3 * k))000 /dev/zero | tr '\0' x; printf '"}\n'; } >in
    try --max-record ${k}K in
    expect 1
    says "1: "
    says "max-record"
    ledger && exit 0
    try --max-record ${k}K --rejects bad in
    expect 0
    grep -q too-long bad || fail "the rejects lack it"
    { entities || instructions; } && exit 0 # none is that short, or without an answer
    try --max-record $((4 * k))K in
    expect 0
    ;;
invalid-utf8)
    binary && skip "binary input"
    printf '{"id":"1","text":"good one"}\n{"id":"2","text":"bad \377 one"}\n' >in
    try in
    expect 1
    says "in:[12]: "
    ledger && exit 0
    try --rejects bad in
    expect 0
    grep -q raw_base64 bad || fail "the rejects lack it"
    ;;
nul)
    binary && skip "binary input"
    ledger && skip "ledgers hold no text"
    { entities || instructions; } && skip "no document"
    printf '{"id":"1","text":"nul \\u0000 inside, and more text behind it"}\n' >in
    try in
    expect 0
    printf '{"id":"1","text":"raw nul \0"}\n' >in
    try in
    expect 1
    ;;
truncated)
    input 200 >plain || fail "no input"
    zstd -q plain -o whole.zst
    head -c $(($(wc -c <whole.zst) - 20)) whole.zst >in.zst
    try in.zst -o made
    expect 1
    says "truncated"
    [ ! -e made ] && [ ! -e set.idx ] && [ ! -e made.idx ] || fail "output was made of half a file"
    if binary; then
        head -c $(($(wc -c <plain) - 5)) plain >short
        try short -o made
        expect 1
        [ ! -e made ] && [ ! -e set.idx ] && [ ! -e made.idx ] || fail "output of half a stream"
    fi
    ;;
dev-full)
    dataset && skip "writes a dataset"
    input 400 >in || fail "no input"
    run in >/dev/full 2>err
    [ $? = 1 ] || fail "a full disk went unnoticed"
    says "No space left"
    run in -o /dev/full >out 2>err
    [ $? = 1 ] || fail "a full disk went unnoticed with -o"
    ;;
closed-pipe)
    dataset && skip "writes a dataset"
    { ledger || [ "$prog" = weir-infer ]; } && skip "prints less than a pipe holds"
    input 3000 >in || fail "no input"
    { run in 2>err; echo $? >status; } | head -c 100 >/dev/null
    [ "$(cat status)" = 1 ] || fail "exit status $(cat status) behind a closed pipe"
    says "Broken pipe"
    ;;
threads | memory)
    input 3000 >in || fail "no input"
    if [ "$case" = threads ]; then a="-j 1" b="-j 8"; else a="-m 64M -j 2" b="-m 4G -j 2"; fi
    for w in a b; do
        eval "opts=\$$w"
        mkdir "$w"
        # shellcheck disable=SC2086
        (cd "$w" && if ledger; then run $opts ../in; elif dataset; then run $opts ../in
            else run $opts --rejects rejects ../in -o made; fi) >$w/out 2>$w/err ||
            fail "failed with $opts: $(cat $w/err)"
        rm -f "$w/err"
    done
    diff -r a b || fail "the bytes differ"
    ;;
stdin-file)
    input 200 >in || fail "no input"
    mkdir a b
    (cd a && run ../in >out 2>/dev/null) || fail "failed on a file"
    (cd b && run <../in >out 2>/dev/null) || fail "failed on standard input"
    dataset && rm -f a/*.json b/*.json
    # An origin names the input it was read from.
    sed -i 's/"file":"[^"]*"/"file":"in"/' a/out b/out
    diff -r a b || fail "standard input gives other bytes"
    ;;
same-file)
    dataset && skip "writes a dataset"
    input 50 >in || fail "no input"
    cp in before
    try in -o in
    expect 2
    says "both read and written"
    cmp in before || fail "the input was changed"
    ;;
missing-file)
    try nowhere
    expect 1
    says "nowhere: cannot open"
    ;;
*) fail "no case $case" ;;
esac
exit 0
