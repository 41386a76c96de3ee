# Packing: every sample stands whole in one sequence, no sequence is too long, little is left unfilled,
# and the provenance says where each document begins.
model=$SRC/samples/tokenizer.model
[ -e "$model" ] || model=$SHARED/data/tokenizers/llama.model
[ -e "$model" ] || exit 77
sh "$SRC/tests/documents.sh" 300 >docs
weir tokenize -q --model "$model" docs | weir chunker -q -n 100 | weir indexer -q --eod 2 -o set
packed() { weir indexer mix -q --take set --seed 4 "$@"; }
packed --pack -n 128 --pad 0 -o p -j 1
packed --pack -n 128 --pad 0 -o q -j 8 -m 2M
for e in bin idx prov json; do cmp p.$e q.$e; done
weir indexer check p | cut -d: -f 2 | tr -d ' '
weir indexer show p | awk 'NF != 128 { bad = 1 } END { print bad ? "a row of another length" : "rows of 128" }'
weir indexer mix --take set --pack -n 512 --ledger l -q -o r
sed 's/.*"packed":{\([^}]*\)}.*/\1/' l | tr , '\n' | awk -F: '
    /share/ { print ($2 < 0.04 ? "less than 4 % unfilled" : "unfilled: " $2) } /cut/ { print }'
# without padding the packed tokens are the samples' tokens, cut where the pieces begin
weir indexer show r --model "$model" | sed -n 's/^#.*tokens, //p' |
    awk '{ n += gsub(/document "/, "") } END { print n }' >pieces
weir indexer show set | wc -l | cmp - pieces
weir indexer show r | tr ' ' '\n' | sort -n | uniq -c >a
weir indexer show set | tr ' ' '\n' | sort -n | uniq -c | cmp - a
weir indexer trace p 127 | sed -n 's/^place *//p'
weir indexer trace p 64 >where
grep -q '^document' where && grep -q '^origin\|^place' where && echo traced

# the sequences are those of best fit decreasing, done the plain way: for each sample, longest first, all
# sequences are looked at
packed -o flat
packed --pack -n 256 -o best
weir indexer show flat | awk '{ print NF }' | cat -n | sort -k 2,2nr -k 1,1n | awk '
    { best = 0
      for (s = 1; s <= n; s++)
          if (room[s] >= $2 && (!best || room[s] < room[best] || room[s] == room[best] && when[s] > when[best]))
              best = s
      if (!best) { best = ++n; room[best] = 256; first[best] = $1 }
      room[best] -= $2; when[best] = NR
      if ($1 < first[best]) first[best] = $1 }
    END { for (s = 1; s <= n; s++) print first[s], 256 - room[s] }' | sort -n | cut -d " " -f 2 >want
weir indexer show best | awk '{ print NF }' | cmp - want && echo "best fit decreasing"

# samples longer than a sequence are cut, and only they
packed --pack -n 40 -o s
weir indexer check s >/dev/null
weir indexer show s | awk 'NF > 40 { bad = 1 } END { print bad ? "too long" : "at most 40" }'
packed --pad 0 -n 101 -o rows
weir indexer show rows | awk 'NF != 101 { bad = 1 } END { print bad ? "not rows" : "rows of 101" }'
weir indexer show rows | wc -l | cmp - pieces
for o in '--pad 0 -n 30' '-n 30' '--pack -n 128 --pad 70000'; do
    packed $o -o no 2>&1 | head -n 1
done
weir indexer mix -q --take rows --pack -n 200 -o no 2>&1 | head -n 1
cp set.bin bare.bin
cp set.idx bare.idx
weir indexer mix -q --take bare --pack -n 128 -o no 2>&1 | head -n 1
weir indexer split p --valid 0.5 -o no 2>&1 | tail -n 2 | head -n 1 | sed 's/[0-9][0-9]*/N/'
ls no* 2>/dev/null || echo nothing is left
