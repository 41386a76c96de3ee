"""A LLaMA of random weights, as a Hugging Face folder and as GGUF: infer_model.py FOLDER large|small|tiny
Writes FOLDER/config.json, FOLDER/model.safetensors (half precision), FOLDER/f16.gguf and FOLDER/q8.gguf
(Q8_0; embedding and output in half precision, as in Weir's int8)."""
import json
import os
import sys

import gguf
import numpy as np

folder, size = sys.argv[1:]
hidden, inner, layers, heads, kv, vocab = {
    "large": (2048, 5632, 8, 32, 8, 32000),
    "small": (512, 1408, 8, 8, 8, 8000),
    "tiny": (288, 768, 6, 6, 6, 32000),
}[size]
dim = hidden // heads
os.makedirs(folder, exist_ok=True)
config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": hidden,
          "intermediate_size": inner, "num_hidden_layers": layers, "num_attention_heads": heads,
          "num_key_value_heads": kv, "vocab_size": vocab, "max_position_embeddings": 4096,
          "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu", "torch_dtype": "float16",
          "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2}
with open(f"{folder}/config.json", "w", encoding="utf-8") as f:
    json.dump(config, f)

shapes = {"model.embed_tokens.weight": (vocab, hidden), "lm_head.weight": (vocab, hidden),
          "model.norm.weight": (hidden,)}
names = {"model.embed_tokens.weight": "token_embd.weight", "lm_head.weight": "output.weight",
         "model.norm.weight": "output_norm.weight"}
for i in range(layers):
    for ours, theirs, shape in (
            ("input_layernorm", "attn_norm", (hidden,)), ("post_attention_layernorm", "ffn_norm", (hidden,)),
            ("self_attn.q_proj", "attn_q", (heads * dim, hidden)), ("self_attn.k_proj", "attn_k", (kv * dim, hidden)),
            ("self_attn.v_proj", "attn_v", (kv * dim, hidden)), ("self_attn.o_proj", "attn_output", (hidden, heads * dim)),
            ("mlp.gate_proj", "ffn_gate", (inner, hidden)), ("mlp.up_proj", "ffn_up", (inner, hidden)),
            ("mlp.down_proj", "ffn_down", (hidden, inner))):
        shapes[f"model.layers.{i}.{ours}.weight"] = shape
        names[f"model.layers.{i}.{ours}.weight"] = f"blk.{i}.{theirs}.weight"

random = np.random.default_rng(1)


def values(shape):
    if len(shape) == 1:
        return np.ones(shape, np.float16)
    w = random.random(shape, np.float32)
    w -= 0.5
    w *= 2 * (3 / shape[1]) ** 0.5
    return w.astype(np.float16)


def turned(w, n_heads):  # GGUF rotates pairs (2i, 2i + 1), Hugging Face (i, i + dim / 2)
    return np.ascontiguousarray(w.reshape(n_heads, 2, dim // 2, -1).swapaxes(1, 2)).reshape(w.shape)


def writer(name, kind):
    g = gguf.GGUFWriter(f"{folder}/{name}.gguf", "llama")
    g.add_block_count(layers)
    g.add_context_length(4096)
    g.add_embedding_length(hidden)
    g.add_feed_forward_length(inner)
    g.add_head_count(heads)
    g.add_head_count_kv(kv)
    g.add_layer_norm_rms_eps(1e-5)
    g.add_rope_dimension_count(dim)
    g.add_rope_freq_base(10000.0)
    g.add_vocab_size(vocab)
    g.add_file_type(kind)
    g.add_tokenizer_model("none")
    return g


half, eight = writer("f16", gguf.LlamaFileType.MOSTLY_F16), writer("q8", gguf.LlamaFileType.MOSTLY_Q8_0)
header, at = {}, 0
for name, shape in shapes.items():
    n = 2 * int(np.prod(shape))
    header[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [at, at + n]}
    at += n
text = json.dumps(header).encode()
text += b" " * (-len(text) % 64 + 56)
with open(f"{folder}/model.safetensors", "wb") as f:
    f.write(len(text).to_bytes(8, "little") + text)
    for name, shape in shapes.items():
        w = values(shape)
        f.write(w.tobytes())
        if "q_proj" in name or "k_proj" in name:
            w = turned(w, heads if "q_proj" in name else kv)
        if len(shape) == 1:
            half.add_tensor(names[name], w.astype(np.float32))
            eight.add_tensor(names[name], w.astype(np.float32))
            continue
        half.add_tensor(names[name], w)
        if "layers" not in name:
            eight.add_tensor(names[name], w)
            continue
        q = gguf.GGMLQuantizationType.Q8_0
        eight.add_tensor(names[name], gguf.quants.quantize(w.astype(np.float32), q), raw_dtype=q)
for g in (half, eight):
    g.write_header_to_file()
    g.write_kv_data_to_file()
    g.write_tensors_to_file()
    g.close()
