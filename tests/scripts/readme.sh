# The lines of README that a newcomer types by hand.
set -eu
cp -r "$SRC/samples" samples
awk '/^Then by hand:|^In the same folder,/ { on = 1; next } on && /^    / { print substr($0, 5); any = 1; next }
     on && any { on = any = 0 }' "$SRC/README.md" | grep -v '^export PATH=' >lines
[ "$(grep -c weir lines)" -ge 6 ]
sh -e lines >out 2>err || { cat out err; exit 1; }
grep -q '^baike: ok' out
grep -q '东屏江' samples/raw/train.jsonl
