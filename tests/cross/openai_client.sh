# OpenAI's Python client against weir infer serve, unchanged; KnowLM's request with Python's own library and curl.
set -eu
. "$SRC/tests/venv/openai.sh"
. "$SRC/tests/http/serve.sh"
echo secret >keys
serve "$SRC/samples/tiny-model" --api-key keys
"$python" -B "$SRC/tests/cross/openai_client.py" "$url"
if command -v curl >/dev/null 2>&1; then
    curl -s "$url/generate" -H "Content-Type: application/json" -H "Authorization: Bearer secret" \
        -d '{"instruction": "Say hello.", "input": "", "parameters": {"top_p": 0.7, "max_tokens": 5, "temperature": 0}}' >answer
    grep -q '^{"generated_text":"[^"]*","num_output_tokens_cf":5,"error":null}$' answer
fi
stop
