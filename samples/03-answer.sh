#!/bin/sh -e
# Cases of two kinds put to a model, as KnowLM's generate_lora.py does it.  Run it in the repository's
# root after "make":   sh samples/03-answer.sh [FOLDER]
# FOLDER is a model's; without it the tiny one of samples/ answers, whose words mean little.  The files
# land in build/03-answer.
PATH=${PATH_WEIR:-$PWD/build/bin}:$PATH
model=$(cd "${1:-samples/tiny-model}" && pwd) cases=$PWD/samples/cases
mkdir -p "${DIR:=build/03-answer}" && cd "$DIR"

# 1. General instructions: the template of KnowLM's training, two beams, its repetition penalty.
weir infer --model "$model" --preset knowlm --max-new "${NEW:-128}" "$cases/general.jsonl" -o general.jsonl

# 2. Information extraction: the instruction is an object of task, schema and text.
weir infer --model "$model" --preset knowlm --template ie --max-new "${NEW:-128}" \
    "$cases/extraction.jsonl" -o extraction.jsonl

# 3. The four likeliest answers to one question, and how likely each of them is as a text.
head -n 1 "$cases/general.jsonl" |
    weir infer -q --model "$model" --beams 4 --n-best 4 --max-new 24 -o four.jsonl
weir infer score -q --model "$model" --input lines --table "$cases/general.jsonl" -o likely.tsv
