# Every recipe of docs/cookbook.md, in a folder of its own: the page's first block, that of its section, its own.
set -eu
mkdir start
cp -r "$SRC"/samples/raw/. start/
cp "$SRC/samples/tokenizer.model" start/
cp -rL "$SRC/samples/tiny-model" start/
awk '/^## / { section = ""; recipe = 0; seen = 1; next }
     /^### / { recipe = ++n; title[n] = substr($0, 5); text[n] = first section; next }
     /^    / { line = substr($0, 5) "\n"
               if (recipe) text[recipe] = text[recipe] line
               else if (n || seen) section = section line
               else first = first line }
     END { for (i = 1; i <= n; i++) printf "# %s\n%s", title[i], text[i] >("recipe-" i) }' "$SRC/docs/cookbook.md"
[ "$(ls recipe-* | wc -l)" -ge 15 ]
for r in recipe-*; do
    rm -rf run
    cp -r start run
    (cd run && sh -e ../"$r") >out 2>err </dev/null || { cat "$r" out err; exit 1; }
    [ "$(wc -l <"$r")" -ge 3 ] || { echo "nothing to run:"; cat "$r"; exit 1; }
done
