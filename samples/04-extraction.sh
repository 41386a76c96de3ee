#!/bin/sh -e
# From dumps of Wikidata and Wikipedia to a training file for information extraction.  Run it in the
# repository's root after "make":   sh samples/04-extraction.sh
# The files land in a folder of their own, build/04-extraction.
PATH=${PATH_WEIR:-$PWD/build/bin}:$PATH
raw=$PWD/samples/raw
mkdir -p "${DIR:=build/04-extraction}" && cd "$DIR"

# 1. Entities, their names and what is known of them, in one file.
weir kg2instruction build -q --rejects unnamed.jsonl "$raw/wikidata.json" "$raw/zhwiki.xml" "$raw/enwiki.xml" -o kg
weir kg2instruction check kg
weir kg2instruction find kg 嵐河

# 2. Texts in which these entities are found and the statements between them are said.
weir ingest -q --from wiki --links --rejects redirects.jsonl "$raw/zhwiki.xml" "$raw/enwiki.xml" |
    weir kg2instruction annotate -q --kg kg --precision balanced --ledger ledger -o annotated.jsonl

# 3. The form that all datasets for information extraction take.
weir kg2instruction convert -q --from annotated annotated.jsonl -o common.jsonl

# 4. Instructions with their answers: entities and relations, in the form that alpaca-lora and
#    LLaMA-Factory read.
for task in NER RE; do
    weir kg2instruction instruct -q --task $task --seed 7 common.jsonl
done >train.jsonl
head -n 1 train.jsonl

# 5. The same as IEPile has it.
weir kg2instruction instruct -q --task RE --form iepile common.jsonl -o iepile.jsonl
wc -l <train.jsonl | tr -d ' '
