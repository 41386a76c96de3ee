# A value at the limit passes, on both sides.
for limit in 4 5 6; do
    echo '{"text":"12345"}' | weir filters -q --rule chars-min=$limit | sed "s/^/min $limit /"
    echo '{"text":"12345"}' | weir filters -q --rule chars-max=$limit | sed "s/^/max $limit /"
done
