# Every rule at its limit: each row of filter_limits.tsv passes with its value as the limit, unchanged, and is
# dropped by that rule, with that value, by a limit just past it.  Every rule that has a limit has a row.
set -eu
table=$SRC/tests/data/filter_limits.tsv
echo bad.example >hosts
printf '台灯\nlamp\n' >terms
failed=0 rows=0 tab=$(printf '\t')
miss() { echo "$rule at $value: $1" && failed=$((failed + 1)); }
grep -v '^#' "$table" >rows
while IFS=$tab read -r rule value record options; do
    rows=$((rows + 1))
    printf '%s\n' "$record" >in
    # shellcheck disable=SC2046
    set -- $(awk -v r="$rule" -v v="$value" 'BEGIN {
        n = split(v, part, "/")
        x = n == 2 ? part[1] / part[2] : part[1] + 0
        past = r ~ /-max/ ? x * (1 - 1e-9) : x == 0 ? 1e-9 : x * (1 + 1e-9)
        printf "%.17g %.17g", x, past }')
    # shellcheck disable=SC2086
    weir filters -q $options --rule "$rule=$1" in >out || { miss "no run"; continue; }
    cmp -s in out || miss "does not pass at the limit"
    # shellcheck disable=SC2086
    weir filters -q $options --rule "$rule=$2" --rejects rejects in >out || { miss "no run"; continue; }
    if cmp -s in out; then
        miss "passes beyond the limit"
    elif [ ! -s out ] && ! grep -q "\"line\":" rejects; then
        miss "lost"
    elif grep -q "\"rule\":\"$rule\"" rejects; then
        sed 's/.*"value":\([-0-9.e+]*\).*/\1/' rejects | awk -v x="$1" '{ d = $1 - x
            exit !(d <= 1e-12 * x && d >= -1e-12 * x) }' || miss "rejected with $(grep -o '"value":[^,]*' rejects)"
    elif ! weir filters --list-rules | grep -q "^${rule%%:*}$tab""line"; then
        miss "dropped otherwise: $(cut -c 1-150 rejects)"
    fi
    rm -f rejects
done <rows
# A model is needed for these, and tests/cli/filters/classifier.sh has one.
weir filters --list-rules | awk -F "$tab" '/^#/ || $2 ~ /is (changed|written)/ || $1 ~ /classifier/ { next } { print $1 }' >all
sed 's/[:	].*//' rows | sort -u >have
sort all | comm -23 - have >without
[ ! -s without ] || { echo "rules without a row:" && cat without && exit 1; }
echo "$rows rows, $failed wrong"
[ "$failed" = 0 ]
