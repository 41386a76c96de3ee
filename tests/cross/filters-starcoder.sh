# --preset starcoder against its rules written down again with what they were made of: Python's ast and
# tokenize, Pygments, BeautifulSoup.  What differs is one of the kinds that the man page names.
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
. "$SRC/tests/venv/code.sh"
mkdir repos && tar --zstd -xf "$SHARED/data/code/repos.tar.zst" -C repos
weir ingest -q --from github repos/* -o code.jsonl
exec "$python" "$SRC/tests/cross/filters_starcoder.py"
