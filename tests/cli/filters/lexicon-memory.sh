# A long list in little memory is refused with the -m it needs; with that it runs, and takes no more.
case ${BUILD##*/} in *asan* | *tsan*) echo "sanitizers keep memory of their own"; exit 77 ;; esac
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "qq%dzz%d坏词%d\n", i, i * 7919 % 20011, i }' >list
echo '{"text":"见qq5zz19584坏词5"}' >in
weir filters -q --preset harmful --lexicon list -m 64M in 2>&1 >/dev/null | sed 's/ [0-9]*M$/ NM/; s/compiling [0-9]* /compiling N /'
m=$(weir filters -q --preset harmful --lexicon list -m 64M in 2>&1 >/dev/null | sed 's/.*-m //')
weir filters -q --rule harmful-listed-max=0 --lexicon list -j 1 -m "$m" --ledger l --rejects r in
sed 's/.*\("terms.*\]\).*/\1/' r
peak=$(sed 's/.*"peak_memory":\([0-9]*\).*/\1/' l)
[ "$peak" -le $((${m%M} << 20)) ] || echo "peak $peak is more than $m"
