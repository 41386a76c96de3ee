#!/bin/sh
# Runs every test, or those whose name holds $1.  The last line counts them.
#   unit      build/tests/NAME_test                      exit 77: skipped
#   fuzz      build/tests/NAME_fuzz_replay on the seed files of tests/fuzz/corpus/NAME
#   cli       tests/cli/PROGRAM/CASE.sh, compared with CASE.out, CASE.err (lines, * matches), CASE.exit
#   standing  tests/standing.sh CASE PROGRAM, for every program
#   man       the examples of every man page
# WRAP='valgrind -q' runs unit tests under it; REDO=1 rewrites the .out of failing cli cases.
set -u
only=${1:-}
SRC=$(cd "$(dirname "$0")/.." && pwd)
BUILD=${BUILD:-$SRC/build}
SHARED=
[ -d "$SRC/../shared/data" ] && SHARED=$(cd "$SRC/../shared" && pwd)
PATH=$BUILD/bin:$PATH
NO_COLOR=1 LC_ALL=C.UTF-8
ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:allocator_may_return_null=1}
export SRC BUILD SHARED PATH NO_COLOR LC_ALL ASAN_OPTIONS
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM HUP
passed=0 failed=0 skipped=0

# A leftover from a user's settings must not decide a test.
unset TMPDIR XDG_CACHE_HOME 2>/dev/null
XDG_CACHE_HOME=$root/cache
export XDG_CACHE_HOME
mkdir -p "$XDG_CACHE_HOME"

wanted()
{
    case "$1" in *"$only"*) return 0 ;; esac
    return 1
}

verdict() # NAME STATUS LOG
{
    case $2 in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)); echo "skip  $1  $(head -n 1 "$3")" ;;
    *)
        failed=$((failed + 1))
        echo "FAIL  $1 (exit $2)"
        head -n 40 "$3" | cut -c 1-300 | sed 's/^/      /'
        ;;
    esac
}

run_unit()
{
    for t in "$BUILD"/tests/*_test; do
        [ -x "$t" ] || continue
        name=unit/$(basename "$t")
        wanted "$name" || continue
        dir=$(mktemp -d "$root/unit.XXXXXX")
        (cd "$dir" && ${WRAP:-} "$t") >"$root/log" 2>&1
        verdict "$name" $? "$root/log"
        rm -rf "$dir"
    done
}

run_fuzz_replay()
{
    for t in "$BUILD"/tests/*_fuzz_replay; do
        [ -x "$t" ] || continue
        base=$(basename "$t" _fuzz_replay)
        wanted "fuzz/$base" || continue
        "$t" "$SRC/tests/fuzz/corpus/$base" >"$root/log" 2>&1
        verdict "fuzz/$base" $? "$root/log"
    done
}

# Expected standard error: every line of the file must match a line, in order; * matches anything.
match_err() # EXPECTED ACTUAL
{
    awk -v expected="$1" '
        function glob(p,   r) {
            gsub(/[][\\.^$+?(){}|]/, "\\\\&", p)
            gsub(/\*/, ".*", p)
            return "^" p "$"
        }
        BEGIN { while ((getline line < expected) > 0) want[++n] = line; at = 1 }
        at <= n && $0 ~ glob(want[at]) { at++ }
        END { if (at <= n) { print "standard error lacks: " want[at]; exit 1 } }' "$2"
}

check_case() # CASE-WITHOUT-SUFFIX; runs in its own folder, prints what is wrong
{
    want_exit=0
    [ ! -e "$1.exit" ] || want_exit=$(cat "$1.exit")
    (cd "$dir" && sh -e "$1.sh") >"$root/out" 2>"$root/err" </dev/null
    status=$?
    [ "$status" != 77 ] || { cat "$root/out" "$root/err"; return 77; }
    rc=0
    if [ "$status" != "$want_exit" ]; then
        echo "exit status $status, expected $want_exit"
        cat "$root/err"
        rc=1
    fi
    if ! cmp -s "$1.out" "$root/out"; then
        [ -z "${REDO:-}" ] || cp "$root/out" "$1.out"
        diff "$1.out" "$root/out" 2>&1 | head -n 30
        rc=1
    fi
    [ ! -e "$1.err" ] || match_err "$1.err" "$root/err" || rc=1
    return $rc
}

run_cli()
{
    for script in "$SRC"/tests/cli/*/*.sh; do
        [ -e "$script" ] || continue
        base=${script%.sh}
        name=cli/${base#"$SRC"/tests/cli/}
        wanted "$name" || continue
        dir=$(mktemp -d "$root/cli.XXXXXX")
        check_case "$base" >"$root/log" 2>&1
        verdict "$name" $? "$root/log"
        rm -rf "$dir"
    done
}

run_script() # NAME SCRIPT ARG…: a script that decides itself
{
    name=$1
    shift
    wanted "$name" || return 0
    dir=$(mktemp -d "$root/sh.XXXXXX")
    (cd "$dir" && sh "$@") >"$root/log" 2>&1 </dev/null
    verdict "$name" $? "$root/log"
    rm -rf "$dir"
}

run_standing()
{
    for p in $(cd "$BUILD/bin" && echo weir-*) $(sh "$SRC/tests/standing.sh" variants); do
        for c in $(sh "$SRC/tests/standing.sh" cases); do
            run_script "standing/$p/$c" "$SRC/tests/standing.sh" "$c" "$p"
        done
    done
}

run_man()
{
    for page in "$BUILD"/man/*.1; do
        [ -e "$page" ] || continue
        run_script "man/$(basename "$page")" "$SRC/tests/man.sh" "$page"
    done
}

run_unit
run_fuzz_replay
run_cli
run_standing
run_man
for s in "$SRC"/tests/scripts/*.sh "$SRC"/tests/cross/*.sh; do
    [ ! -e "$s" ] || run_script "$(basename "$(dirname "$s")")/$(basename "$s" .sh)" "$s"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
