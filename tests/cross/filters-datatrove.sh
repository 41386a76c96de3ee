# Decisions and texts against datatrove's own filters, with spaCy's words: equal for every document.
# Values of ROOTS' measures against data-juicer's operators.  The virtual environment is made in $VENVS, or here.
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
venv=${VENVS:-.}/filters
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv" 2>/dev/null || { echo "no venv"; exit 77; }
    timeout 500 "$venv/bin/pip" install -q datatrove==0.10.1 spacy==3.8.18 numpy emoji regex pygments \
        beautifulsoup4 >pip.log 2>&1 || { echo "datatrove and spacy are not to be had"; rm -rf "$venv"; exit 77; }
    timeout 100 "$venv/bin/pip" install -q --no-deps py-data-juicer==1.6.1 >>pip.log 2>&1 || :
fi
for part in novels docs-md; do mkdir -p $part && tar --zstd -xf "$SHARED/data/en/$part.tar.zst" -C $part; done
mkdir -p mail && tar --zstd -xf "$SHARED/data/labelled/spam-assassin-part.tar.zst" -C mail
for n in 00001 00006 00023; do zstd -dqc "$SHARED/data/zh/wudao-$n.json.zst" >wudao-$n.json; done
weir ingest -q --from wudao wudao-*.json -o zh.jsonl
"$venv/bin/python" "$SRC/tests/cross/filters_datatrove.py"
