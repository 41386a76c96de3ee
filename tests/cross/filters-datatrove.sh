# Decisions and texts against datatrove's own filters, with spaCy's words: equal for every document.
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
. "$SRC/tests/venv/dedup.sh"
for part in novels docs-md; do mkdir -p $part && tar --zstd -xf "$SHARED/data/en/$part.tar.zst" -C $part; done
mkdir -p mail && tar --zstd -xf "$SHARED/data/labelled/spam-assassin-part.tar.zst" -C mail
for n in 00001 00006 00023; do zstd -dqc "$SHARED/data/zh/wudao-$n.json.zst" >wudao-$n.json; done
weir ingest -q --from wudao wudao-*.json -o zh.jsonl
exec "$python" "$SRC/tests/cross/filters_datatrove.py"
