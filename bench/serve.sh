#!/bin/sh
# Throughput of weir infer serve at 1, 8 and 64 clients, and 1,000 clients for a minute.
#   make bench-serve [MODEL=FOLDER]   else a random model of 100 million weights in half precision
# Tokens by the server's CPU time say more than those by the clock where others use the machine too.
set -eu
cd "$(mktemp -d)"
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$PWD"' EXIT
PATH=$BUILD/bin:$PATH
model=${MODEL:-}
if [ -z "$model" ]; then
    model=$PWD/random
    python3 "$SRC/bench/random_model.py" "$SRC/samples/tiny-model" "$model"
fi
weir infer serve "$model" ${THREADS:+-j "$THREADS"} --port 0 --connections 1100 --no-bos >url 2>err & server=$!
n=0
until [ -s url ] || [ $((n += 1)) = 600 ]; do sleep 0.1; done
url=$(cat url)
metric() { "$BUILD/tests/http_ask" "$url" GET /metrics | sed -n "s/^weir_$1 //p"; }
"$BUILD/tests/http_load" "$url" 64 5 >/dev/null
cpu() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "%.2f", ($12 + $13) / hz }' "/proc/$server/stat"; }
echo "clients  tokens/s  tokens/CPU-s  tokens/step"
for clients in 1 8 64; do
    t=$(metric generated_tokens_total) s=$(metric steps_total) c=$(cpu) from=$(date +%s.%N)
    "$BUILD/tests/http_load" "$url" $clients 15 0 0 0 64 >/dev/null
    echo "$clients $(date +%s.%N) $from $(metric generated_tokens_total) $t $(cpu) $c $(metric steps_total) $s" |
        awk '{ printf "%7d %9.1f %13.1f %12.1f\n", $1, ($4 - $5) / ($2 - $3), ($4 - $5) / ($6 - $7), ($4 - $5) / ($8 - $9) }'
done
kill "$server"
wait "$server"
[ -n "${MODEL:-}" ] || { CLIENTS=1000 SECONDS_EACH=${SECONDS_EACH:-60} GROWTH=105 sh "$SRC/tests/scripts/serve_load.sh"; }
