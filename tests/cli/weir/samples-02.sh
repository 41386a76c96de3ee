# The walk-through of mixes runs, the plan holds its budgets, and what is left is what was not read.
cp -r "$SRC/samples" .
DIR=out PATH_WEIR=${PATH%%:*} sh -e samples/02-mix.sh >plan
sed -n 's/^  together *[0-9]* *\([0-9]*\)$/\1 tokens/p' plan
grep -c 'one cut to' plan
weir indexer show out/mixed | tail -n +17 >want
weir indexer show out/rest | cmp - want
