# Values and decisions against data-juicer's own operators, words as white space separates them: every value of
# every document equal.
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
. "$SRC/tests/venv/datajuicer.sh"
for part in novels docs-md; do mkdir -p $part && tar --zstd -xf "$SHARED/data/en/$part.tar.zst" -C $part; done
for n in 00001 00006 00023; do zstd -dqc "$SHARED/data/zh/wudao-$n.json.zst" >wudao-$n.json; done
weir ingest -q --from wudao wudao-*.json -o zh.jsonl
exec "$python" "$SRC/tests/cross/filters_datajuicer.py"
