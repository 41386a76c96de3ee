#!/bin/sh -e
# From raw text to a dataset in ten lines.  Run it in the repository's root after "make":
#   sh samples/01-corpus.sh
# or type the lines one by one.  The files land in a folder of their own, build/01-corpus.
PATH=${PATH_WEIR:-$PWD/build/bin}:$PATH
raw=$PWD/samples/raw model=$PWD/samples/tokenizer.model
mkdir -p "${DIR:=build/01-corpus}" && cd "$DIR"

# 1. Documents out of an encyclopedia dump.  Four of its records are planted to be broken: they go
#    to bad.jsonl with the reason and the line.
weir ingest --from baike --rejects bad.jsonl "$raw/baike.jsonl" -o docs.jsonl

# 2. What the filters measure in the first document, before anything is dropped.
head -n 1 docs.jsonl | weir filters -q --preset zh-web --annotate -o measured.jsonl

# 3. Poor and harmful pages go, each with its rule, value and limit.
weir filters --preset zh-web --rejects dropped.jsonl docs.jsonl -o clean.jsonl

# 4. Copies go, exact and near, each with the id of the document that was kept.
weir dedup --rejects copies.jsonl clean.jsonl -o unique.jsonl

# 5. One sentence as the tokenizer sees it.
echo '纸寿千年。' | weir tokenize -q --lines --model "$model" -o ids.txt

# 6. Tokens, samples of at most 256 of them, and the dataset that Megatron reads: three stages in a
#    pipe, nothing written between them.
weir tokenize -q --model "$model" unique.jsonl | weir chunker -q -n 256 | weir indexer -o baike

# 7. Everything that a reader of the dataset trusts.
weir indexer check -q baike

# 8. A sample as text.
weir indexer show -q --model "$model" baike 0 >sample.txt

# 9. Token 1000 of the dataset: its document, and the bytes of the raw file that it came from.
weir indexer trace -q --model "$model" baike 1000 >trace.txt

# 10. The whole way for all sources at once, in shards and resumable, is samples/dataset.mk:
#     make -f samples/dataset.mk -j8 WEIR=build/bin/weir
