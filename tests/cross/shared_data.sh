# Every corpus under ../shared/data through its reader, the filters and dedup: nothing fails, every stage
# balances, and the account of the whole says so.  The smaller ones go on to datasets that pass check.
set -eu
[ -n "$SHARED" ] || { echo "no ../shared/data"; exit 77; }
case ${BUILD##*/} in *asan* | *tsan*) echo "too long under sanitizers"; exit 77 ;; esac
data=$SHARED/data
for t in en/novels en/docs-md neardup/mccormick; do
    mkdir -p "raw/$t"
    zstd -dqc "$data/$t.tar.zst" | tar -xf - -C "raw/$t"
done
mkdir -p raw/gb && zstd -dqc "$data/zh/gb18030-books.tar.zst" | tar -xf - -C raw/gb

n=0
flow() # SOURCE PRESET INPUT…
{
    from=$1 preset=$2
    shift 2
    n=$((n + 1))
    weir ingest -q --ledger "ledger.$n" --from "$from" --rejects "bad.$n" -o "docs.$n" "$@"
    weir filters -q --ledger "ledger.$n" --preset "$preset" --rejects "dropped.$n" -o "clean.$n" "docs.$n"
    weir dedup -q --ledger "ledger.$n" --rejects "twins.$n" -o "kept.$n" "clean.$n"
    weir audit "ledger.$n" >"audit.$n" || { cat "audit.$n"; exit 1; }
    echo "$from: $(wc -l <"docs.$n") documents, $(wc -l <"bad.$n") not, $(wc -l <"kept.$n") kept"
    [ "$(wc -l <"docs.$n")" -gt 0 ]
}
flow wudao zh-web "$data"/zh/wudao-*.json.zst
flow baike zh-web "$data/zh/baike.jsonl.zst"
small=$n
flow books zh-web raw/gb
flow gutenberg en-web raw/en/novels
flow text en-web raw/en/docs-md
flow wikiextractor en-web "$data/en/wikiextractor_00"
flow wiki en-web "$data/wiki/enwiki-shortened.xml.bz2" "$data/wiki/mini-en.xml.bz2"
flow wiki zh-web "$data/wiki/mini-zh.xml.bz2"
flow wiki en-web "$data/wiki/smallwiki.xml.zst"
flow github code "$data/code/repos.tar.zst"
flow jsonl en-web "$data/neardup/pwsh.docs.jsonl.zst"
# Nothing of the plain sources is bad but the one broken book.
[ "$(cat bad.1 bad.2 bad.4 bad.6 | wc -l)" = 0 ]
grep -q '"error"' bad.3 && [ "$(grep -c '"error"' bad.3)" = 1 ]

model=$data/tokenizers/llama.model
weir tokenize -q --ledger ledger.set --model "$model" "kept.$small" |
    weir chunker -q --ledger ledger.set -n 1024 | weir indexer -q --ledger ledger.set -o set
weir indexer check set
weir audit ledger.set
