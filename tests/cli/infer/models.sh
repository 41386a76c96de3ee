# What is wrong with a model is said with the file, the tensor and what was expected.
tiny=$SRC/samples/tiny-model tok=$SRC/samples/tokenizer.model
try() { weir infer -q --model "$1" --tokenizer "${2:-$tok}" -p x -n 1 2>&1 >/dev/null || echo "exit $?"; }
try missing
mkdir empty && try empty
mkdir none && cp "$tiny/config.json" none && try none
mkdir lfs && cp "$tiny/config.json" lfs
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' >lfs/model.safetensors && try lfs
mkdir short && cp "$tiny/config.json" short && head -c 500000 "$tiny/model.safetensors" >short/model.safetensors
try short | sed 's/bytes [0-9]* to [0-9]*, but the file holds [0-9]*/bytes A to B, but the file holds C/; s/tensor [^:]*/tensor T/'
mkdir wide && cp "$tiny/model.safetensors" wide && sed 's/"intermediate_size": 176/"intermediate_size": 177/' "$tiny/config.json" >wide/config.json
try wide
mkdir deep && cp "$tiny/model.safetensors" deep && sed 's/"num_hidden_layers": 3/"num_hidden_layers": 4/' "$tiny/config.json" >deep/config.json
try deep
mkdir other && sed 's/"llama"/"gpt_neox"/' "$tiny/config.json" >other/config.json && try other
mkdir odd && sed 's/"num_key_value_heads": 2/"num_key_value_heads": 3/' "$tiny/config.json" >odd/config.json && try odd
mkdir shards && cp "$tiny/config.json" shards && echo '{"weight_map":{"lm_head.weight":"../x"}}' >shards/model.safetensors.index.json && try shards
printf GGUF0000 >x.gguf && try x.gguf
printf 'no model at all, but some forty bytes of text' >text.bin && try text.bin
mkdir silent && cp "$tiny/config.json" "$tiny/model.safetensors" silent
weir infer -q --model silent -p x 2>&1 || true
weir infer -q --model "$tiny" --top-k 3 -p x 2>&1 || true
weir infer -q --model "$tiny" -n 600 -p x 2>&1 || true
weir infer -q --model "$tiny" --dtype fp32 -m 1M -p x 2>&1 || true
printf '{"prompt":5}\n{"x":1}\n' | weir infer -q --model "$tiny" --rejects r && grep -o '"reason":"[^"]*"' r
