#!/bin/sh
# Every text under ../shared/data through every tokenizer there and its reference: documents of the corpora as
# wholes, all other files line by line.  Ends at the first difference, with the document and the place.
#   texts.sh [WORD]     tokenizers whose name holds WORD; LIMIT=BYTES of each file, 40 times that of documents (default
#                       all), PYTHON=python3
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build} only=${1:-}
data=${SHARED:-../shared}/data
PATH=$(cd "$build/bin" && pwd):$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limited() { if [ -n "${LIMIT:-}" ]; then head -c $((LIMIT * ${1:-1})); else cat; fi; }

for t in en/novels en/docs-md zh/gb18030-books neardup/mccormick ie/casie-part ie/conll04 ie/duee-duie \
    ie/fewrel-nyt ie/iepile-samples labelled/lexicons labelled/spam-assassin-part; do
    mkdir -p "$work/$t"
    zstd -dqc "$data/$t.tar.zst" | tar -xf - -C "$work/$t"
done
documents() # SOURCE INPUT…
{
    from=$1
    shift
    weir ingest -q --from "$from" --rejects /dev/null "$@" | { limited 40 | sed '/}$/!d'; cat >/dev/null; }
}
{
    for f in "$data"/zh/wudao-*.json.zst; do documents wudao "$f"; done
    documents baike "$data/zh/baike.jsonl.zst"
    documents books "$work/zh/gb18030-books"
    documents gutenberg "$work/en/novels"
    documents text "$work/en/docs-md"
    documents wikiextractor "$data/en/wikiextractor_00"
    documents wiki "$data/wiki/enwiki-shortened.xml.bz2" "$data"/wiki/mini-en.xml.bz2 "$data/wiki/smallwiki.xml.zst"
    documents wiki "$data/wiki/mini-zh.xml.bz2"
    documents github "$data/code/repos.tar.zst"
    documents jsonl "$data/neardup/pwsh.docs.jsonl.zst"
} >"$work/documents"
{
    find "$work"/ie "$work"/labelled "$work"/neardup -type f | LC_ALL=C sort | while read -r f; do limited <"$f"; done
    for f in "$data"/ie/*.jsonl.zst "$data"/ie/*.bio.zst "$data"/labelled/*.csv.zst "$data"/wikidata/*.json.zst; do
        zstd -dqc "$f" | limited
    done
    zcat "$data/wikidata/labels-en.tsv.gz" | limited
    limited <"$data/wikidata/relation_map.jsonl"
    find "$data/golden" -name '*.zst' ! -name '*.bin.zst' ! -name '*.idx.zst' -exec zstd -dqc {} + | limited
} >"$work/lines" 2>/dev/null
echo "$(wc -l <"$work/documents") documents, $(wc -c <"$work/documents") bytes of JSON;" \
    "$(wc -l <"$work/lines") lines, $(wc -c <"$work/lines") bytes"

for m in "$data"/tokenizers/*.model; do
    case $m in *"$only"*) ;; *) continue ;; esac
    weir tokenize -q --check --model "$m" "$work/documents" -o /dev/null
    weir tokenize -q --check --lines --model "$m" "$work/lines" -o /dev/null
    echo "${m##*/}: equal"
done
for j in "$data"/tokenizers/*.json.zst; do
    case $j in *"$only"*) ;; *) continue ;; esac
    ${PYTHON:-python3} -c 'import tokenizers' 2>/dev/null || { echo "${j##*/}: no tokenizers to compare with"; continue; }
    zstd -dqc "$j" >"$work/tokenizer.json"
    weir tokenize -q --json --model "$work/tokenizer.json" "$work/documents" |
        ${PYTHON:-python3} tests/diff/hf_texts.py "$work/tokenizer.json" "$work/documents"
    echo "${j##*/}: equal"
done
