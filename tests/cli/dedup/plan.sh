# Bands and rows as the field chooses them; the curve of 14 x 8 against published values.
for t in 0.5 0.7 0.8 0.9; do weir-dedup --plan --threshold $t | head -n 1; done
weir-dedup --plan --num-perm 256 | head -n 1
weir-dedup --plan --bands 14 --rows 8 -t 0.72 | head -n 1
weir-dedup --plan --bands 14 --rows 8 -t 0.72 |
    awk 'BEGIN { want["0.60"] = .211; want["0.70"] = .5645; want["0.80"] = .9235; want["0.90"] = .9996 }
         ($1 in want) { d = $2 - want[$1]; print $1, (d >= 0 && d < 0.01) }' # 8-bit values add a little
weir-dedup --bands 20 --rows 13 --plan | head -n 1
