#!/bin/sh
# House rules that a machine can check.  Prints what is wrong; exit 1 when anything is.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0
say() { echo "lint: $*"; bad=1; }
sources=$(git ls-files '*.c' '*.h' '*.cpp' '*.cu')

# Arrows point one way: no stage includes another stage's header; lib includes no stage.
for stage in ingest filters dedup tokenize chunker indexer kg2instruction infer audit; do
    others=$(git ls-files 'lib/*' 'ingest/*' 'filters/*' 'dedup/*' 'tokenize/*' 'chunker/*' \
        'indexer/*' 'kg2instruction/*' 'infer/*' 'audit/*' | grep '\.[ch]' | grep -v "^$stage/")
    # shellcheck disable=SC2086
    hits=$(grep -nE "#include \"($stage/|weir/$stage\.h)" $others /dev/null)
    [ -z "$hits" ] || say "a stage reaches into $stage:
$hits"
done

# Only programs have a main, and only weir_main() and its reports print.
# shellcheck disable=SC2046
hits=$(grep -nE '\b(printf|puts|putchar|exit|abort)\(|fprintf\(std' \
    $(git ls-files 'lib/*.c' 'ingest/*.c' 'filters/*.c' 'dedup/*.c' 'tokenize/*.c' 'chunker/*.c' \
        'indexer/*.c' 'kg2instruction/*.c' 'infer/*.c' 'infer/cuda/*' | grep -vE '_main\.c$|lib/(main|account|help)\.c$'))
[ -z "$hits" ] || say "library code prints or exits:
$hits"

# Device code is compiled for the host too (infer/cuda/simt.h): what only CUDA has stays in few files.
hits=$(git ls-files 'infer/cuda/*' | grep -vE '/(simt|cuda_numbers|gpu_cuda|cuda_blas)\.h$' |
    xargs -r grep -nE '__(global|device|shared|host|syncthreads|shfl)|\b(threadIdx|blockIdx|blockDim|gridDim)\b|\bcuda[A-Z]' |
    grep -v 'define BOTH_SIDES')
[ -z "$hits" ] || say "device code that the host cannot compile:
$hits"
hits=$(git ls-files 'infer/cuda/*' | xargs -r grep -nE '\b(int|unsigned) [a-z_]*bytes[^a-z_(]|use_fast_math')
[ -z "$hits" ] || say "bytes that are no size_t, or inexact functions:
$hits"

# File names are unique in the tree.
# shellcheck disable=SC2086
dup=$(for f in $sources; do basename "$f"; done | sort | uniq -d |
    while read -r name; do
        # A public header may share its name with nothing but itself.
        n=$(for f in $sources; do [ "$(basename "$f")" != "$name" ] || echo "$f"; done |
            grep -cv '^include/weir/')
        [ "$n" -le 1 ] || echo "$name"
    done)
[ -z "$dup" ] || say "names used twice: $dup"

for f in $sources; do
    case $f in *_table.c | *_data.c) continue ;; esac
    n=$(wc -l <"$f")
    [ "$n" -le 500 ] || say "$f: $n lines, over 500"
done
# shellcheck disable=SC2046
awk 'FNR == 1 { open = 0 }
     /^[A-Za-z_].*\)$/ { name = $0 }
     /^\{/ { open = FNR }
     /^\}/ { if (open && FNR - open > 60) { print "lint: " FILENAME ":" open ": " FNR - open " lines: " name; bad = 1 }
             open = 0 }
     END { exit bad }' $(git ls-files '*.c') || bad=1

# shellcheck disable=SC2086
hits=$(grep -nE '\bTODO\b|FIXME|\bXXX\b|#if 0|[[:space:]]$' $sources)
[ -z "$hits" ] || say "leftovers:
$hits"

if command -v clang-format >/dev/null 2>&1; then
    for f in $sources; do
        clang-format --dry-run -Werror "$f" >/dev/null 2>&1 || say "$f: not formatted (make format)"
    done
else
    echo "lint: clang-format is not installed, format not checked"
fi
if command -v cppcheck >/dev/null 2>&1; then
    # shellcheck disable=SC2046
    cppcheck -q --std=c11 --language=c --enable=warning,portability --inline-suppr -Iinclude -I. \
        --suppress=missingIncludeSystem --error-exitcode=1 -D__x86_64__ \
        $(git ls-files '*.c' | grep -v '^tests/') || bad=1
fi
[ "$bad" = 0 ] && echo "lint: clean"
exit "$bad"
