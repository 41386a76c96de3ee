# Sourced: sets $browser, or ends the test as skipped.
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
browser=
for b in chromium chromium-browser google-chrome; do
    if command -v "$b" >/dev/null 2>&1; then browser=$(command -v "$b") && break; fi
done
[ -n "$browser" ] || { echo "no Chromium: apt-get install chromium"; exit 77; }
