#!/bin/sh -e
# How well a model extracts: datasets to test instructions, answers, scores.  Run it in the repository's
# root after "make":   sh samples/05-extract.sh [FOLDER]
# FOLDER is a model's; without it the tiny one of samples/ answers, which extracts nothing.  The files land
# in build/05-extract.
PATH=${PATH_WEIR:-$PWD/build/bin}:$PATH
model=$(cd "${1:-samples/tiny-model}" && pwd) ie=$PWD/samples/raw/ie
mkdir -p "${DIR:=build/05-extract}" && cd "$DIR"

# 1. Two datasets in the common form; labels as words.
weir kg2instruction convert --from cluener --names words "$ie/cluener.jsonl" -o entities.jsonl
weir kg2instruction convert --from duee "$ie/duee.jsonl" -o events.jsonl

# 2. Instructions to train on, and the same as a test, in IEPile's form.
weir kg2instruction instruct --task NER --form iepile entities.jsonl -o train.jsonl
weir kg2instruction instruct --task NER --form iepile --test entities.jsonl -o test-ner.jsonl
weir kg2instruction instruct --task EE --form iepile --test events.jsonl -o test-ee.jsonl

# 3. The model answers, and the answers are scored against what the datasets say.
for task in ner ee; do
    weir infer --model "$model" --template ie --max-new "${NEW:-256}" test-$task.jsonl -o answers-$task.jsonl
done
weir kg2instruction eval --task NER answers-ner.jsonl -o scores-ner.json
weir kg2instruction eval --task EE answers-ee.jsonl -o scores-ee.json
head -n 2 scores-ner.json scores-ee.json
