# Weights are read and written tensor by tensor: 300 MB of them, holes in a sparse file, in 48 MB.
set -eu
case ${BUILD##*/} in *asan* | *tsan*) echo "sanitizers keep memory of their own"; exit 77 ;; esac
rows=18000 bytes=147456000 # of 4096 half-precision numbers each

# NAME: a model of two tensors, all zero.
model()
{
    mkdir "$1"
    header=$(printf '{"lm_head.weight":{"dtype":"F16","shape":[%d,4096],"data_offsets":[0,%d]},"model.embed_tokens.weight":{"dtype":"F16","shape":[%d,4096],"data_offsets":[%d,%d]}}' \
        $rows $bytes $rows $bytes $((2 * bytes)))
    n=${#header}
    # shellcheck disable=SC2059
    printf "\\$(printf '%o' $((n % 256)))\\$(printf '%o' $((n / 256)))\\0\\0\\0\\0\\0\\0" >"$1/model.safetensors"
    printf %s "$header" >>"$1/model.safetensors"
    truncate -s $((8 + n + 2 * bytes)) "$1/model.safetensors"
}
within() # COMMAND…
{
    weir infer "$@" -q -j 2 --ledger ledger >/dev/null
    peak=$(sed -n 's/.*"peak_memory":\([0-9]*\).*/\1/p' ledger)
    rm ledger
    echo "$1: $peak bytes"
    [ "$peak" -le $((48 << 20)) ]
}
model raw
model diff
within recover raw diff --dtype fp16 -o recovered
within check recovered
rm -r recovered
within convert raw --shard-size 200m -o converted
