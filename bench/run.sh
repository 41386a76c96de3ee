#!/bin/sh
# Speed and peak memory of every stage on the inputs of ../shared/data, one thread each.
#   bench/run.sh [FOLDER]     work files go to FOLDER (default: a new one, removed at the end)
# Writes bench/results.csv, of three runs: row, input MB, text MB, least wall seconds, least CPU seconds, MB
# of input and of text a CPU second, peak MB.  Wall time holds what others do on the machine, above all
# the wait for a core (/proc/PID/schedstat says how long); CPU time of one thread much less.  Every row has
# the same form, so that ratios within one run compare.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
shared=${SHARED:-../shared/data}
[ -d "$shared" ] || { echo "bench: $shared is not there; nothing to measure"; exit 0; }
PATH=$(cd "$build/bin" && pwd):$PATH
work=${1:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
out=bench/results.csv
model=$shared/tokenizers/llama.model

number() { sed -n 's/.*"'"$1"'":\([0-9.]*\).*/\1/p' "$2" | tail -n 1; }
field() { sed -n 's/.*"'"$1"'":{"records":\([0-9]*\),"bytes":\([0-9]*\).*/\2/p' "$2" | tail -n 1; }

row() # NAME TEXT-BYTES COMMAND…: three runs, the least times count
{
    name=$1 text=$2
    shift 2
    best= wall=
    for _ in 1 2 3; do
        rm -f "$work/ledger"
        "$@" -q -j 1 --ledger "$work/ledger" || { echo "bench: $name failed" >&2; return 1; }
        s=$(number cpu_seconds "$work/ledger")
        if [ -z "$best" ] || awk "BEGIN { exit !($s < $best) }"; then
            best=$s
        fi
        w=$(number seconds "$work/ledger")
        if [ -z "$wall" ] || awk "BEGIN { exit !($w < $wall) }"; then
            wall=$w
        fi
    done
    bytes=$(field in "$work/ledger")
    framing=$(number framing "$work/ledger")
    peak=$(number peak_memory "$work/ledger")
    awk -v n="$name" -v b="$bytes" -v f="$framing" -v t="$text" -v s="$best" -v w="$wall" -v p="$peak" 'BEGIN {
        if (s < 0.001) s = 0.001
        b += f
        printf "\"%s\",%.1f,%.1f,%.2f,%.2f,%.0f,%.0f,%.0f\n", n, b / 1e6, t / 1e6, w, s, b / 1e6 / s,
            t / 1e6 / s, p / 1e6
    }' | tee -a "$out.new"
}

# The main job as one pipe on one core: the CPU time of its four programs, each with its share.
pipeline() # TEXT-BYTES MODEL INPUT…
{
    text=$1 m=$2
    shift 2
    one_core=$(command -v taskset >/dev/null 2>&1 && echo "taskset -c 0" || true)
    best=
    for _ in 1 2 3; do
        rm -f "$work"/stage.*
        # shellcheck disable=SC2086
        $one_core weir-ingest -q -j 1 --from wudao "$@" --ledger "$work/stage.1" |
            $one_core weir-tokenize -q -j 1 --model "$m" --ledger "$work/stage.2" |
            $one_core weir-chunker -q -j 1 -n 1024 --ledger "$work/stage.3" |
            $one_core weir-indexer -q -j 1 -o "$work/set" --ledger "$work/stage.4"
        s=$(for i in 1 2 3 4; do number cpu_seconds "$work/stage.$i"; done)
        sum=$(echo "$s" | awk '{ s += $1 } END { print s }')
        if [ -z "$best" ] || awk "BEGIN { exit !($sum < $best) }"; then
            best=$sum
            each=$s
            wall=$(number seconds "$work/stage.4")
        fi
    done
    bytes=$(cat "$@" | wc -c)
    echo "$each" | awk -v b="$bytes" -v t="$text" -v s="$best" -v w="$wall" '
        NR == 1 {
            printf "\"ingest | tokenize | chunker | indexer, Chinese\",%.1f,%.1f,%.2f,%.2f,%.0f,%.0f,\n", b / 1e6,
                t / 1e6, w, s, b / 1e6 / s, t / 1e6 / s
        }
        { printf "\"  %s%.0f %% of it\",,,,%.2f,,,\n", substr("ingest   tokenize chunker  indexer  ", 9 * NR - 8, 9),
            100 * $1 / s, $1 }
    ' | tee -a "$out.new"
}

# Bytes of the text fields, as the token stream's end mark has them.
text_bytes() # DOCUMENTS
{
    weir-tokenize -q --model samples/tokenizer.model "$1" 2>/dev/null | tail -c 16 | od -An -tu8 -N8 | tr -d ' '
}

printf '# %s, %s cores, %s, %s\n' "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" \
    "$(nproc)" "$(uname -sm)" "$(${CC:-cc} --version | head -n 1)" >"$out.new"
echo "stage,input MB,text MB,wall s,CPU s,input MB/s,text MB/s,peak MB" | tee -a "$out.new"

unpack() # NAME-IN-SHARED NAME-HERE
{
    [ -e "$work/$2" ] || case $1 in
    *.zst) zstd -dqc "$shared/$1" >"$work/$2" ;;
    *.bz2) bzip2 -dc "$shared/$1" >"$work/$2" ;;
    esac
}
for n in 00001 00003 00006 00022 00023; do unpack zh/wudao-$n.json.zst wudao-$n.json; done
unpack wiki/enwiki-shortened.xml.bz2 enwiki.xml
unpack code/repos.tar.zst repos.tar
unpack en/novels.tar.zst novels.tar
mkdir -p "$work/novels" && tar -C "$work/novels" -xf "$work/novels.tar"

zh=$work/zh.jsonl en=$work/en.jsonl
weir-ingest -q --from wudao "$work"/wudao-*.json -o "$zh"
weir-ingest -q --from books "$work/novels" -o "$en" --rejects /dev/null
zh_text=$(text_bytes "$zh")
en_text=$(text_bytes "$en")

row "pass-through (filters --rule chars-min=0), Chinese" "$zh_text" weir-filters --rule chars-min=0 "$zh" -o /dev/null
row "ingest wudao, Chinese" "$zh_text" weir-ingest --from wudao "$work"/wudao-*.json -o /dev/null
row "ingest jsonl, Chinese" "$zh_text" weir-ingest --from jsonl "$zh" -o /dev/null
row "ingest wiki, English XML" 0 weir-ingest --from wiki "$work/enwiki.xml" -o /dev/null
row "ingest github, tar" 0 weir-ingest --from github "$work/repos.tar" -o /dev/null
row "filters zh-web, Chinese" "$zh_text" weir-filters --preset zh-web "$zh" -o /dev/null
row "filters pii, Chinese" "$zh_text" weir-filters --preset pii "$zh" -o /dev/null
row "filters --lang zh, Chinese" "$zh_text" weir-filters --lang zh "$zh" -o /dev/null
row "filters mojibake-max, Chinese" "$zh_text" weir-filters --rule mojibake-max=0.005 "$zh" -o /dev/null
row "filters --to-simplified t2s, Chinese" "$zh_text" weir-filters --to-simplified t2s "$zh" -o /dev/null
row "filters harmful, Chinese" "$zh_text" weir-filters --preset harmful "$zh" -o /dev/null
tar --zstd -xOf "$shared/labelled/lexicons.tar.zst" \
    houbb-sensitive-word/src/test/resources/dict_v20240407.txt >"$work/terms"
row "filters harmful with 65,000 terms more, Chinese" "$zh_text" weir-filters --preset harmful \
    --lexicon "$work/terms" "$zh" -o /dev/null
make -s -f samples/classifier.mk MODEL="$work/classifier.bin" >/dev/null 2>&1
row "filters classifier (16 dimensions, bigrams of characters), Chinese" "$zh_text" weir-filters \
    --classifier "$work/classifier.bin" --label spam --max 0.9 --classifier-words chars "$zh" -o /dev/null
row "filters gopher, English" "$en_text" weir-filters --preset gopher "$en" -o /dev/null
row "dedup --exact, Chinese" "$zh_text" weir-dedup --exact "$zh" -o /dev/null
row "dedup, Chinese" "$zh_text" weir-dedup "$zh" -o /dev/null
row "dedup, English" "$en_text" weir-dedup "$en" -o /dev/null
row "dedup --exact --raw, Chinese" "$zh_text" weir-dedup --exact --raw "$zh" -o /dev/null
row "dedup --keep longest: all through -T, Chinese" "$zh_text" weir-dedup --keep longest "$zh" -T "$work" -o /dev/null
row "dedup -m 40M: two passes, Chinese" "$zh_text" weir-dedup -m 40M "$zh" -T "$work" -o /dev/null
row "dedup --verify, Chinese" "$zh_text" weir-dedup --verify "$zh" -T "$work" -o /dev/null
row "dedup sign, Chinese" "$zh_text" weir-dedup sign "$zh" -o "$work/zh.sig"
row "dedup match, Chinese" 0 weir-dedup match "$work/zh.sig" -T "$work" -o "$work/zh.match"
row "dedup cluster, Chinese" 0 weir-dedup cluster "$work/zh.sig" --match "$work/zh.match" -o /dev/null
row "dedup apply, Chinese" "$zh_text" weir-dedup apply "$zh" --verdict "$work/zh.verdict" -o /dev/null
row "dedup --compat datatrove --words chars, Chinese" "$zh_text" weir-dedup --compat datatrove --words chars "$zh" -o /dev/null
row "dedup --compat datatrove, English" "$en_text" weir-dedup --compat datatrove "$en" -o /dev/null
row "dedup paragraphs, Chinese" "$zh_text" weir-dedup paragraphs "$zh" -o /dev/null
row "dedup spans, Chinese" "$zh_text" weir-dedup spans "$zh" -o /dev/null
head -n 200 "$zh" >"$work/benchmark.jsonl"
row "dedup decontaminate, Chinese" "$zh_text" weir-dedup decontaminate --against "$work/benchmark.jsonl" "$zh" -o /dev/null
row "tokenize llama, Chinese" "$zh_text" weir-tokenize --model "$model" "$zh" -o "$work/zh.tok"
row "tokenize llama, English" "$en_text" weir-tokenize --model "$model" "$en" -o "$work/en.tok"
row "chunker, Chinese" "$zh_text" weir-chunker -n 1024 "$work/zh.tok" -o /dev/null
row "chunker, English" "$en_text" weir-chunker -n 1024 "$work/en.tok" -o /dev/null
weir-chunker -q -n 1024 "$work/zh.tok" -o "$work/zh.chunk"
row "indexer, Chinese" "$zh_text" weir-indexer "$work/zh.chunk" -o "$work/set"
"$build/bench/tokens_make" 250000 1000 >"$work/made"
weir-indexer -q "$work/made" -o "$work/many"
rm "$work/made"
row "indexer mix, shuffle of 250 million tokens" 0 weir-indexer mix --take "$work/many" -m 128M -T "$work" \
    -o "$work/mixed"
row "indexer export, 250 million tokens to NumPy" 0 weir-indexer export "$work/many" -o "$work/npy"
row "indexer import, 250 million tokens of NumPy" 0 weir-indexer import --from npy "$work/npy.npy" -o "$work/in"
rm "$work"/npy* "$work"/in.*
row "indexer export, 250 million tokens to JSON Lines" 0 weir-indexer export --to jsonl "$work/many" -o "$work/lines"
row "indexer import, 250 million tokens of JSON Lines" 0 weir-indexer import --from jsonl "$work/lines.jsonl" \
    -o "$work/in"
rm "$work"/lines* "$work"/in.*
unpack ie/cluener-train.jsonl.zst cluener.jsonl
unpack ie/peoples-daily-dev.bio.zst daily.bio
for _ in 1 2 3 4 5 6 7 8; do cat "$work/cluener.jsonl"; done >"$work/cluener8.jsonl"
for _ in 1 2 3 4 5 6 7 8; do cat "$work/daily.bio" && echo; done >"$work/daily8.bio"
row "kg2instruction convert cluener" 0 weir-kg2instruction convert --from cluener "$work/cluener8.jsonl" -o /dev/null
row "kg2instruction convert peoples-daily" 0 weir-kg2instruction convert --from peoples-daily "$work/daily8.bio" -o /dev/null
weir-kg2instruction convert -q --from cluener "$work/cluener8.jsonl" -o "$work/cluener8.ie"
row "kg2instruction instruct, NER, IEPile" 0 weir-kg2instruction instruct --task NER --form iepile "$work/cluener8.ie" -o /dev/null
"$build/bench/kg_make" 50000 >"$work/dump"
zstd -dqc "$shared/wikidata/entities-49.json.zst" | weir-kg2instruction build -q --part -o "$work/kg49"
weir-ingest -q --from wiki --links "$work/enwiki.xml" -o "$work/links.jsonl"
for _ in 1 2 3 4 5; do cat "$work/links.jsonl"; done >"$work/links5.jsonl"
weir-kg2instruction annotate -q --kg "$work/kg49" "$work/links.jsonl" -o /dev/null
row "kg2instruction annotate, English pages with links" 0 weir-kg2instruction annotate --kg "$work/kg49" \
    "$work/links5.jsonl" -o /dev/null
row "kg2instruction annotate, Chinese" 0 weir-kg2instruction annotate --kg "$work/kg49" "$zh" -o /dev/null
# Names in texts, Wikidata's labels and made ones, then such as are drawn from the texts: MB, MB/s with folding,
# without, names found a KB.
gzip -dc "$shared/wikidata/labels-en.tsv.gz" | sed -n "s/^[^\t]*\t[^\t]*\t[^\t]*\t'\(.*\)'@en.*/\1/p" >"$work/names"
"$build/bench/ann_bench" 1300000 "$zh" "$en" "$work/names" | sed 's/^/"alias index of labels and made names: /; s/,/",/' |
    tee -a "$out.new"
"$build/bench/ann_bench" 750000 "$zh" "$en" | sed 's/^/"alias index of names of the texts: /; s/,/",/' | tee -a "$out.new"
row "kg2instruction build, generated dump" 0 weir-kg2instruction build "$work/dump" -o "$work/kg"
rm "$work/dump" "$work/kg"
pipeline "$zh_text" "$model" "$work"/wudao-*.json
mv "$out.new" "$out"

sh bench/tokenizers.sh "$work"
