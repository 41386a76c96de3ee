# An adapter at run time answers as one that was merged; one that belongs elsewhere is refused by name.
tiny=$SRC/samples/tiny-model lora=$SRC/tests/data/infer/adapter
say() { "$@" 2>&1 >/dev/null | sed "s|$SRC|SRC|g" | grep -v 'see weir-infer'; }
weir infer merge -q "$tiny" "$lora" -o merged
cmp "$tiny/config.json" merged/config.json
for p in 'The lamp' 'The clockmaker' '纸'; do
    weir infer -q --model "$tiny" --adapter "$lora" -n 20 -p "$p" >beside
    weir infer -q --model merged -n 20 -p "$p" >inside
    weir infer -q --model "$tiny" -n 20 -p "$p" >plain
    cmp beside inside
    ! cmp -s beside plain || echo 'the adapter does nothing'
done
weir infer -q --model "$tiny" --adapter "$lora" --dtype int8 -n 4 -p x >/dev/null

copy() { rm -rf a && cp -r "$lora" a && chmod -R u+w a; }
edit() { sed "$1" "$lora/adapter_config.json" >a/adapter_config.json; }
try() { say weir infer -q --model "$tiny" --adapter a -n 1 -p x; say weir infer merge -q "$tiny" a -o no; }
copy && edit 's/"r": 2/"r": 3/' && try
copy && edit 's/"LORA"/"IA3"/' && try
copy && edit 's/"bias"/"use_dora": true, "bias"/' && try
copy && edit 's/"bias"/"rank_pattern": {"(": 2}, "bias"/' && try
copy && rm a/adapter_model.safetensors && try
# the q_proj of layer 2 as if it were of a layer 7, then of no layer at all
copy && LC_ALL=C sed 's/layers\.2\./layers.7./g' "$lora/adapter_model.safetensors" >a/adapter_model.safetensors && try
copy && LC_ALL=C sed 's/q_proj\.lora/k_proj.lora/g' "$lora/adapter_model.safetensors" >a/adapter_model.safetensors && try
copy && LC_ALL=C sed 's/layers\.2\.self_attn\.q_proj\.lora_A/layers.2.self_attn.q_proj.lora_C/' "$lora/adapter_model.safetensors" >a/adapter_model.safetensors && try
