# What is wrong is said, and never taken for the server's own fault.
. "$SRC/tests/http/serve.sh"
echo secret >keys
serve "$SRC/samples/tiny-model" --api-key keys --queue 2 --max-body 2K
key='Authorization: Bearer secret'
no() { path=$1 body=$2; shift 2; ask POST "$path" -H "$key" -d "$body" "$@"; }
post /v1/completions '{"prompt":"x"}'
ask GET /v1/models -s WWW-Authenticate
ask GET /health
ask GET /nothing -H "$key"
ask GET /generate -H "$key"
no /generate '{"inputs":"x","parameters":{}}'
no /generate '{"parameters":{}}'
no /generate '{"instruction":1}'
no /generate '{"instruction":"x","parameters":{"n":2}}'
no /generate '{"instruction":"x","parameters":[]}'
no /generate '{"instruction":"x","template":"/etc/passwd"}'
no /generate '{"instruction":"x","schema":{}}'
no /generate 'nothing'
no /v1/completions ''
no /v1/completions '[]'
no /v1/completions '{}'
no /v1/completions '{"prompt":{}}'
no /v1/completions '{"prompt":[]}'
no /v1/completions '{"prompt":[1,"x"]}'
no /v1/completions '{"prompt":[1,-1]}'
no /v1/completions '{"prompt":[4000]}'
no /v1/completions '{"prompt":[[]]}'
no /v1/completions '{"prompt":"x","model":"gpt"}'
for member in '"temperature":-1' '"temperature":"hot"' '"top_p":0' '"top_p":1.1' '"top_k":-2' '"top_k":1.5' \
    '"max_tokens":0' '"max_tokens":1e99' '"max_tokens":600' '"seed":1.5' '"seed":99999999999999999999' '"stop":[""]' \
    '"stop":["a",1]' '"stop":"a\u0000"' '"n":65' '"beams":33' '"beams":2,"n":3' '"beams":2,"logprobs":1' \
    '"logprobs":21' '"best_of":2' '"echo":true' '"suffix":"s"' '"logit_bias":{"1":1}' '"stream":1' \
    '"stream_options":1' '"early_stopping":1' '"beam_length":"x"' '"repetition_penalty":0' '"presence_penalty":3' \
    '"sample":true,"temperature":0' '"tools":[]' '"frequency_penalty":null,"nothing":1'; do
    no /v1/completions "{\"prompt\":\"x\",$member}"
done
for messages in '1' '[]' '[{}]' '[{"role":"user"}]' '[{"role":"tool","content":"x"}]' '[{"role":"assistant","content":"x"}]' \
    '[{"role":"user","content":"x"},{"role":"assistant","content":"x"}]' '[{"role":"user","content":[{"type":"image_url"}]}]' \
    '[{"role":"user","content":{}}]'; do
    no /v1/chat/completions "{\"messages\":$messages}"
done
no /v1/chat/completions '{"messages":[{"role":"user","content":"x"}],"tools":[{}]}'
no /v1/chat/completions '{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}'
no /v1/chat/completions '{"messages":[{"role":"user","content":"x"}],"top_logprobs":2}'
head -c 3000 /dev/zero | tr '\0' x | ask POST /v1/completions -H "$key" -d -
# One answer that takes long, and no room for two more.
"$BUILD/tests/http_ask" "$url" POST /v1/completions -H "$key" -n 1 -d '{"prompt":"x","max_tokens":500,"stream":true,"ignore_eos":true}' >/dev/null
"$BUILD/tests/http_ask" "$url" POST /v1/completions -H "$key" -d '{"prompt":"x","max_tokens":500,"ignore_eos":true}' >/dev/null & first=$!
until ask GET /metrics -H "$key" | grep -q '^weir_answers_waited_for 1'; do kill -0 $first; done
no /v1/completions '{"prompt":"x","n":2}' -s Retry-After
wait $first
ask GET /metrics -H "$key" | grep -E '^weir_(calls_cancelled|calls_refused_full)_total'
stop
tail -n 1 serve.err | sed 's/;.*//'
