# The page of weir audit --serve in a headless Chromium, over a build of the samples.
set -eu
. "$SRC/tests/http/chromium.sh"
. "$SRC/tests/http/serve.sh"
. "$SRC/tests/http/build.sh"
serve_audit
HOME=$PWD timeout 300 python3 -B "$SRC/tests/cross/audit_page.py" "$url" "$browser" ${SHOTS:+"$SHOTS"}
stop
