# The page of weir infer serve in a headless Chromium.
set -eu
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
browser=
for b in chromium chromium-browser google-chrome; do
    if command -v "$b" >/dev/null 2>&1; then browser=$(command -v "$b") && break; fi
done
[ -n "$browser" ] || { echo "no Chromium: apt-get install chromium"; exit 77; }
. "$SRC/tests/http/serve.sh"
serve "$SRC/samples/tiny-model" --compare "$SRC/tests/data/infer/adapter"
HOME=$PWD timeout 300 python3 -B "$SRC/tests/cross/serve_page.py" "$url" "$browser" ${SHOTS:+"$SHOTS"}
stop
