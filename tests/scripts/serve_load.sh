# Many clients at once, of which some hang up, read slowly or send no requests: each gets a status, what was left
# is not generated on, and memory does not grow.  SECONDS_EACH=60 CLIENTS=1000: make bench-serve.
set -eu
. "$SRC/tests/http/serve.sh"
clients=${CLIENTS:-200} seconds=${SECONDS_EACH:-3}
serve "$SRC/samples/tiny-model" --connections $((clients + 100)) --queue 128
load() { "$BUILD/tests/http_load" "$url" "$clients" "$seconds" 10 5 5 || { echo "a request got no answer"; exit 1; }; }
metric() { ask GET /metrics | sed -n "s/^weir_$1 //p"; }
memory() { sleep 2; sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server/status"; }
load
load
before=$(memory)
load
after=$(memory)
echo "memory $before kB before, $after kB after"
[ "$(metric calls_cancelled_total)" -gt 0 ] || { echo "no hang-up was noticed"; exit 1; }
[ "$(metric answers_waited_for)" = 0 ] || { echo "answers are made for nobody"; exit 1; }
[ "$(metric 'cache_pages_used{model="tiny-model"}')" = 0 ] || { echo "pages are lost"; exit 1; }
# Sanitizers keep what was freed.
if ! ldd "$(command -v weir-infer)" | grep -qE 'lib[at]san'; then
    [ $((after * 100)) -le $((before * ${GROWTH:-105})) ] || { echo "memory grows"; exit 1; }
fi
stop
! grep -E 'runtime error|ERROR: |WARNING: ThreadSanitizer' serve.err
tail -n 1 serve.err
