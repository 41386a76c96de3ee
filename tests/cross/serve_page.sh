# The page of weir infer serve in a headless Chromium.
set -eu
. "$SRC/tests/http/chromium.sh"
. "$SRC/tests/http/serve.sh"
serve "$SRC/samples/tiny-model" --compare "$SRC/tests/data/infer/adapter"
HOME=$PWD timeout 300 python3 -B "$SRC/tests/cross/serve_page.py" "$url" "$browser" ${SHOTS:+"$SHOTS"}
stop
