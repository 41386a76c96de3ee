#!/bin/sh
# man.sh PAGE: the page formats without warnings, fits 80 columns, and the blocks between .EX and .EE of
# its EXAMPLES run, in a folder with the samples.
set -eu
page=$1
command -v groff >/dev/null 2>&1 || { echo "groff is not installed"; exit 77; }
groff -man -Tutf8 -ww -z "$page" 2>warnings || true
[ ! -s warnings ] || { cat warnings; exit 1; }
MANWIDTH=80 groff -man -Tutf8 -rLL=78n "$page" | sed 's/\x1b\[[0-9;]*m//g; s/.\x08//g' >text
[ "$(wc -L <text)" -le 80 ] || { echo "wider than 80 columns"; exit 1; }
[ -d "$SRC/samples/raw" ] || { echo "no samples"; exit 77; }
awk '/^\.SH EXAMPLES/ { on = 1; next } /^\.SH/ { on = 0 } on && /^\.EX/ { code = 1; next }
     /^\.EE/ { if (code) print "#END"; code = 0 } code { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print }' \
    "$page" >examples
[ -s examples ] || { echo "no examples"; exit 1; }
mkdir run
cp -r "$SRC"/samples/raw/. run/
cp "$SRC/samples/tokenizer.model" run/
cp -rL "$SRC/samples/tiny-model" run/
cd run
weir ingest -q --rejects /dev/null --from baike baike.jsonl -o docs.jsonl
awk -v n=0 '/^#END/ { close("block" n); n++; next } { print >("block" n) }' ../examples
for b in block*; do
    sh -e "$b" >out 2>err </dev/null || { echo "this example fails:"; cat "$b" err; exit 1; }
done
