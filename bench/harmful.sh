#!/bin/sh
# Precision and recall of the harmful-content rules on the test parts of the labelled sets, with the
# lexicon, with a fastText classifier trained on the train parts, and with both; then what they drop of
# clean text.  bench/harmful.py says which records are train and which are test.
#   bench/harmful.sh [FOLDER]     work files go to FOLDER (default: a new one, removed at the end)
# Needs python3, fasttext and ../shared/data.
set -eu
cd "$(dirname "$0")/.."
SHARED=${SHARED:-../shared}
export SHARED
[ -d "$SHARED/data/labelled" ] || { echo "bench: $SHARED/data/labelled is not there; nothing to measure"; exit 0; }
PATH=$(cd "${BUILD:-build}/bin" && pwd):$PATH
work=${1:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"

python3 bench/harmful.py prepare "$work"
drop() # SET RULES OPTION…
{
    set=$1 rules=$2
    shift 2
    rm -f "$work/$set.test.$rules.rejects"
    weir-filters -q "$@" --rejects "$work/$set.test.$rules.rejects" "$work/$set.test.jsonl" -o /dev/null
}
for set in cold davidson spam; do
    python3 bench/harmful.py lines "$work/$set.train.jsonl" >"$work/$set.tsv"
    make -s -f samples/classifier.mk LABELLED="$work/$set.tsv" MODEL="$work/$set.bin" \
        TRAIN="-dim 32 -wordNgrams 2 -bucket 200000 -lr 0.3 -epoch 6 -thread 1" >"$work/log" 2>&1
    drop $set lexicon --preset harmful
    for max in 5 9; do
        set -- --classifier "$work/$set.bin" --label bad --max 0.$max --classifier-words chars --classifier-lower
        drop $set "classifier>.$max" "$@"
    done
    drop $set "lexicon+classifier>.9" --preset harmful "$@"
done
python3 bench/harmful.py report "$work"

# Clean text: records of odd number (from 0) of each; the even ones served to find wrong terms.
echo
echo "clean text            records  dropped by the lexicon"
clean() # NAME, documents on standard input
{
    awk 'NR % 2 == 0' >"$work/clean.jsonl"
    rm -f "$work/$1.rejects"
    weir-filters -q --preset harmful --rejects "$work/$1.rejects" "$work/clean.jsonl" -o /dev/null
    printf '%-20s %8d %8d\n' "$1" "$(wc -l <"$work/clean.jsonl")" "$(wc -l <"$work/$1.rejects")"
}
zst() { zstd -dqc "$SHARED/data/$1"; }
folder() # ARCHIVE NAME
{
    rm -rf "$work/$2.d" && mkdir "$work/$2.d" && tar -C "$work/$2.d" --zstd -xf "$SHARED/data/$1"
}
ingest() { weir-ingest -q --rejects /dev/null --from "$@"; }
zst zh/baike.jsonl.zst | ingest baike | clean encyclopedia-zh
for n in 00001:news 00003:laws 00006:manuals-zh 00022:classical; do
    zst "zh/wudao-${n%%:*}.json.zst" | ingest wudao | clean "${n#*:}"
done
folder zh/gb18030-books.tar.zst medicine && ingest books "$work/medicine.d" | clean medicine-books
bzip2 -dc "$SHARED/data/wiki/enwiki-shortened.xml.bz2" | ingest wiki | clean encyclopedia-en
ingest jsonl "$SHARED/data/en/wikiextractor_00" | clean wikipedia-en
folder neardup/mccormick.tar.zst news-en
sed 's/^\([^ ]*\) /\1\t/' "$work"/news-en.d/articles_1000.train | python3 -c '
import json, sys
for line in sys.stdin:
    name, text = line.rstrip("\n").split("\t", 1)
    print(json.dumps({"id": name, "text": text}, ensure_ascii=False))' | clean news-en
folder en/docs-md.tar.zst manuals-en && ingest text "$work/manuals-en.d" | clean manuals-en
folder en/novels.tar.zst novels-en && ingest books "$work/novels-en.d" | clean novels-en
zst zh/wudao-00023.json.zst | ingest wudao | clean poems-and-web
