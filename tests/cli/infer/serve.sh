# The APIs: KnowLM's, completions, chats, what is only read; texts as on the command line.
. "$SRC/tests/http/serve.sh"
model=$SRC/samples/tiny-model
# Of a log probability what does not depend on how the processor rounds.
few_digits() { sed -E 's/(-[0-9]\.[0-9]{2})[0-9]+/\1/g'; }
serve "$model"
ask GET /is_ready; echo
ask GET /health
ask GET /v1/models
post /generate '{"instruction":"Say hello.","input":"","parameters":{"max_tokens":12,"temperature":0}}'
post /generate '{"instruction":"Say hello.","stream":true,"parameters":{"max_tokens":1,"temperature":0}}'
post /generate '{"instruction":"","schema":["人物"],"input":"纸","template":"ie","parameters":{"max_tokens":3,"temperature":0}}'
post /v1/completions '{"prompt":"The lamp","max_tokens":4,"temperature":0,"logprobs":2}' | few_digits
post /v1/completions '{"prompt":["The lamp","纸"],"max_tokens":4,"temperature":0,"model":"tiny-model","user":null}'
post /v1/completions '{"prompt":[1,450],"max_tokens":2,"temperature":0}'
post /v1/completions '{"prompt":"The lamp","max_tokens":1,"temperature":0,"stream":true,"stream_options":{"include_usage":true}}'
post /v1/chat/completions '{"messages":[{"role":"user","content":"hi"}],"max_completion_tokens":1,"temperature":0,"stream":true,"logprobs":true,"top_logprobs":1}' | few_digits
post /v1/chat/completions '{"messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"hi"}]},{"role":"assistant","content":"yes"},{"role":"user","content":"go on"}],"max_tokens":2,"temperature":0}'

echo "-- as on the command line"
text() { post /v1/completions "$1" | sed -E '1d; s/.*"text":"([^"]*)".*/\1/'; }
line() { weir infer -q --model "$model" "$@" | sed -z 's/\n/\\n/g; s/\\n$//'; echo; }
text '{"prompt":"The lamp","max_tokens":20,"seed":7,"temperature":0.8,"top_p":0.9,"top_k":50,"repetition_penalty":1.2}'
line -n 20 -p 'The lamp' --sample --seed 7 --temperature 0.8 --top-p 0.9 --top-k 50 --repetition-penalty 1.2
text '{"prompt":"The lamp","max_tokens":20,"beams":3,"length_penalty":0.5}'
line -n 20 -p 'The lamp' --beams 3 --length-penalty 0.5
text '{"prompt":"The lamp","max_tokens":20,"beams":3,"do_sample":true,"seed":2}'
line -n 20 -p 'The lamp' --beams 3 --sample --seed 2
text '{"prompt":"The lamp","max_tokens":20,"temperature":0,"stop":["ract"]}'
line -n 20 -p 'The lamp' --stop ract
stop
tail -n 1 serve.err | sed 's/;.*//'
