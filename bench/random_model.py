"""random_model.py LIKE TO: a model of random weights, larger than LIKE and with its tokenizer, so that
reading weights is what a step costs.  TO is a folder that it makes; needs NumPy."""
import json
import os
import shutil
import sys

import numpy as np

like, to = sys.argv[1:3]
hidden, inner, layers, heads = 768, 2048, 14, 12
config = json.load(open(like + "/config.json"))
config.update(hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers, num_attention_heads=heads,
              num_key_value_heads=heads, tie_word_embeddings=True)
shapes = {"model.embed_tokens.weight": (config["vocab_size"], hidden), "model.norm.weight": (hidden,)}
for i in range(layers):
    p = f"model.layers.{i}."
    for name in ("q", "k", "v", "o"):
        shapes[f"{p}self_attn.{name}_proj.weight"] = (hidden, hidden)
    shapes[p + "mlp.gate_proj.weight"] = shapes[p + "mlp.up_proj.weight"] = (inner, hidden)
    shapes[p + "mlp.down_proj.weight"] = (hidden, inner)
    shapes[p + "input_layernorm.weight"] = shapes[p + "post_attention_layernorm.weight"] = (hidden,)
os.makedirs(to)
json.dump(config, open(to + "/config.json", "w"))
shutil.copy(like + "/tokenizer.model", to)
header, at = {}, 0
for name, shape in shapes.items():
    n = 2 * int(np.prod(shape))
    header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + n]}
    at += n
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
random = np.random.default_rng(1)
with open(to + "/model.safetensors", "wb") as f:
    f.write(len(text).to_bytes(8, "little") + text)
    for name, shape in shapes.items():
        x = np.ones(shape) if len(shape) == 1 else random.standard_normal(shape) * 0.03
        f.write(x.astype(np.float16).tobytes())
