# Two models in one server, what may not be started, and a server that ends while it answers.
. "$SRC/tests/http/serve.sh"
model=$SRC/samples/tiny-model
weir infer serve "$model" --port 0 --host 0.0.0.0 || echo "$?"
weir infer serve "$model" --port 0 -m 20M || echo "$?"
weir infer serve "$model" --port 0 --api-key nothing || echo "$?"
weir infer serve || echo "$?"
serve "$model" --compare "$SRC/tests/data/infer/adapter"
ask GET /v1/models
for name in tiny-model tiny-model+adapter; do
    post /v1/completions "{\"model\":\"$name\",\"prompt\":\"The lamp\",\"max_tokens\":6,\"temperature\":0}" | sed 1d
done
weir infer -q --model "$model" --adapter "$SRC/tests/data/infer/adapter" -n 6 -p 'The lamp'
ask GET /metrics | grep 'cache_pages{' | sed 's/ [0-9]*$//'
stop
serve "$model"
post /v1/completions '{"prompt":"x","max_tokens":500,"ignore_eos":true}' | sed 's/.*"completion_tokens"/"completion_tokens"/' >answer &
until ask GET /metrics | grep -q "^weir_requests_running.* 1$"; do kill -0 "$!"; done
kill "$server"
wait "$server"
wait
cat answer
serve "$model" --drain 0
post /v1/completions '{"prompt":"x","max_tokens":500,"ignore_eos":true,"n":32}' >answer &
until ask GET /metrics | grep -q "^weir_requests_running.* 32$"; do kill -0 "$!"; done
stop
wait
head -n 1 answer
tail -n 1 serve.err | sed 's/;.*//'
echo "-- calls that the engine has not seen when two signals end the server"
for i in 1 2 3 4 5 6; do
    serve "$model" --ledger l
    post /v1/completions '{"prompt":"x","max_tokens":500,"ignore_eos":true,"n":64}' >answer &
    until ask GET /metrics | grep -q "^weir_requests_running.* 64$"; do kill -0 "$!"; done
    for k in 1 2 3 4 5 6 7 8; do post /v1/completions '{"prompt":"x"}' >/dev/null & done
    until ask GET /metrics | grep -q '^weir_calls_total{path="/v1/completions"} [2-9]'; do kill -0 "$server"; done
    kill -INT "$server"
    stop
    wait
done
weir audit l | grep -o 'PROBLEM.*\|all balance'
