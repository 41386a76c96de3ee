"""Peak memory of the commands that work on weights, on a model of the shape of LLaMA-13B whose file is a hole:
weights.py WEIR [FOLDER]     in a new folder below FOLDER, which needs 27 GB and is removed
LAYERS=N: with fewer than its 40 layers.
Prints command, seconds and peak memory, that of the kernel's count (it has the pages of mapped files in it);
fails where one takes 1 GB or more."""
import json
import os
import shutil
import sys
import tempfile
import time

weir = os.path.abspath(sys.argv[1])
work = tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)
hidden, inner, heads, vocab, rank = 5120, 13824, 40, 32000, 8
layers = int(os.environ.get("LAYERS", 40))
config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": hidden, "intermediate_size": inner,
          "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": heads, "vocab_size": vocab,
          "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "hidden_act": "silu", "torch_dtype": "float16",
          "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2}
adapter = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": rank, "lora_alpha": 16, "lora_dropout": 0.0,
           "bias": "none", "target_modules": ["q_proj", "v_proj"]}


def write(path, shapes, name, width):
    """Zeros that take no room."""
    header, at = {}, 0
    for tensor, (rows, cols) in shapes.items():
        n = width * rows * (cols or 1)
        header[tensor] = {"dtype": name, "shape": [rows, cols] if cols else [rows], "data_offsets": [at, at + n]}
        at += n
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(len(text).to_bytes(8, "little") + text)
        f.truncate(8 + len(text) + at)


def make():
    shapes = {"model.embed_tokens.weight": (vocab, hidden)}
    low_rank = {}
    for i in range(layers):
        p = f"model.layers.{i}."
        for x in "q", "k", "v", "o":
            shapes[f"{p}self_attn.{x}_proj.weight"] = (hidden, hidden)
        shapes[p + "mlp.gate_proj.weight"] = shapes[p + "mlp.up_proj.weight"] = (inner, hidden)
        shapes[p + "mlp.down_proj.weight"] = (hidden, inner)
        shapes[p + "input_layernorm.weight"] = shapes[p + "post_attention_layernorm.weight"] = (hidden, 0)
        for x in "q", "v":
            low_rank[f"base_model.model.{p}self_attn.{x}_proj.lora_A.weight"] = (rank, hidden)
            low_rank[f"base_model.model.{p}self_attn.{x}_proj.lora_B.weight"] = (hidden, rank)
    shapes["model.norm.weight"] = (hidden, 0)
    shapes["lm_head.weight"] = (vocab, hidden)
    for folder in "model", "diff", "adapter":
        os.mkdir(f"{work}/{folder}")
        with open(f"{work}/{folder}/{'adapter_' * (folder == 'adapter')}config.json", "w", encoding="utf-8") as f:
            json.dump(adapter if folder == "adapter" else config, f)
    write(work + "/model/model.safetensors", shapes, "F16", 2)
    write(work + "/diff/model.safetensors", shapes, "F16", 2)
    write(work + "/adapter/adapter_model.safetensors", low_rank, "F32", 4)


def run(*words):
    start = time.monotonic()
    pid = os.fork()
    if not pid:
        os.chdir(work)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.execv(weir, ["weir", "infer", *words[:1], "-q", *words[1:]])
    _, status, used = os.wait4(pid, 0)
    shutil.rmtree(work + "/out", ignore_errors=True)
    print(f"{words[0]},{time.monotonic() - start:.0f} s,{used.ru_maxrss * 1024 / 1e6:.0f} MB", flush=True)
    if status:
        sys.exit(f"{words[0]} failed")
    return used.ru_maxrss * 1024 < 1e9


try:
    make()
    good = [run("check", "model"), run("convert", "model", "--to", "bin", "-o", "out"),
            run("merge", "model", "adapter", "-o", "out"), run("recover", "model", "diff", "--dtype", "fp16", "-o", "out")]
finally:
    shutil.rmtree(work)
sys.exit(not all(good))
