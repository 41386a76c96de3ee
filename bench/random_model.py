"""random_model.py LIKE TO: a model of random weights, larger than LIKE and with its tokenizer, so that
reading weights is what a step costs.  TO is a folder that it makes."""
import json
import math
import os
import random
import shutil
import sys

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
    n = 2 * math.prod(shape)
    header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [at, at + n]}
    at += n
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
random.seed(1)
# Half precision: any sign and fraction, the exponent of 1/64.
high = bytes((b & 0x83) | 9 << 2 for b in range(256))
with open(to + "/model.safetensors", "wb") as f:
    f.write(len(text).to_bytes(8, "little") + text)
    for name, shape in shapes.items():
        n = math.prod(shape)
        x = bytearray(b"\x00\x3c" * n)  # ones
        if len(shape) > 1:
            x[0::2], x[1::2] = random.randbytes(n), random.randbytes(n).translate(high)
        f.write(x)
