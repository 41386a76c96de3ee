# Signatures by other permutations, as an earlier version made them, are not taken for comparable ones.
for i in 1 2 3; do echo "{\"id\":\"$i\",\"text\":\"one two three four five six seven eight nine $i\"}"; done >docs
weir dedup sign -q docs -o docs.sig
weir dedup -q --index index docs -o out
for f in docs.sig index/00000001.sig; do # scheme: 28 bytes into the head, which stands behind 16
    printf '\000' | dd of=$f bs=1 seek=44 conv=notrunc status=none
done
weir dedup match -q docs.sig -o docs.match || echo "match $?"
weir dedup cluster -q docs.sig -o clusters || echo "cluster $?"
weir dedup -q --index index docs -o again || echo "index $?"
weir dedup index show index || echo "show $?"
ls
