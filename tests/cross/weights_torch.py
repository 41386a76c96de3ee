"""Files that weir infer writes against those of torch, safetensors and transformers, byte for byte."""
import filecmp
import json
import os
import random
import shutil
import subprocess
import sys

os.environ["TRANSFORMERS_OFFLINE"] = "1"
import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

failed = 0


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def weir(*args):
    return subprocess.run(["weir", "infer", *args], check=True, capture_output=True, text=True)


def same(a, b, what):
    global failed
    if not filecmp.cmp(a, b, shallow=False):
        failed += 1
        print(f"{what}: {a} and {b} differ")


def same_weights(want, got, what):
    """The weights and indices of two folders; returns their names."""
    names = sorted(n for n in os.listdir(want) if n.endswith((".bin", ".safetensors", ".index.json")))
    have = sorted(n for n in os.listdir(got) if n.endswith((".bin", ".safetensors", ".index.json")))
    if names != have:
        sys.exit(f"{what}: files {names}, got {have}")
    for n in names:
        same(f"{want}/{n}", f"{got}/{n}", what)
    return names


# ---- dicts of anything ----

types = [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.int32,
         torch.int16, torch.int8, torch.uint8, torch.bool]


def random_tensor(r):
    n_dims = r.choice([0, 1, 1, 2, 2, 3, 4, 5])
    shape = [r.choice([0, 1, 2, 3, 7, 300] if n_dims < 3 else [1, 2, 3]) for _ in range(n_dims)]
    t, dtype = torch.empty(shape, dtype=r.choice(types)), None
    if t.dtype == torch.bool:
        return t.bernoulli_(0.5)
    return t.normal_() if t.is_floating_point() else t.random_(0, 100)


def dicts():
    r = random.Random(1)
    torch.manual_seed(1)
    for n in [1, 2, 3, 40, 256, 300, 999, 1000, 1001, 2000]:
        d = {f"t{r.randrange(10**9)}.名{i}": random_tensor(r) for i in range(n)}
        shutil.rmtree("in", ignore_errors=True)
        os.mkdir("in")
        torch.save(d, "in/pytorch_model.bin")
        weir("convert", "-q", "in", "-o", fresh("out"))
        same("in/pytorch_model.bin", "out/pytorch_model.bin", f"{n} tensors, torch")
        save_file(d, "want.safetensors", metadata={"format": "pt"})
        weir("convert", "-q", "in", "--to", "safetensors", "-o", fresh("out"))
        same("want.safetensors", "out/model.safetensors", f"{n} tensors, safetensors")
    a = torch.randn(3, 5)
    torch.save({"a": a, "b": torch.ones(2), "again": a.detach()}, "in/pytorch_model.bin")
    weir("convert", "-q", "in", "-o", fresh("out"))
    same("in/pytorch_model.bin", "out/pytorch_model.bin", "a shared storage")


def large():
    """Records above 4 GiB, and behind them: 9 GB of disk."""
    d = {"first": torch.ones(7), "a": torch.zeros(1_100_000_000, dtype=torch.int32), "b": torch.arange(10),
         "c": torch.full((3, 5), 2.5, dtype=torch.float16), "d": torch.empty(0)}
    torch.save(d, "in/pytorch_model.bin")
    weir("convert", "-q", "--shard-size", "100g", "in", "-o", fresh("out"))
    same("in/pytorch_model.bin", "out/pytorch_model.bin", "4.4 GB")


# ---- models ----

def tiny(**more):
    return LlamaConfig(vocab_size=97, hidden_size=32, intermediate_size=56, num_hidden_layers=3,
                       num_attention_heads=4, max_position_embeddings=64, pad_token_id=0,
                       bos_token_id=1, eos_token_id=2, **more)


def load(folder, dtype, **how):
    return AutoModelForCausalLM.from_pretrained(folder, torch_dtype=dtype, **how)


def recover_as_knowlm(raw, diff, dtype, to, shard):
    """weight_diff.py recover: the sum of both state dicts, in the dtype asked for."""
    model = load(diff, dtype, low_cpu_mem_usage=True)
    base = load(raw, dtype, low_cpu_mem_usage=True).state_dict()
    state = model.state_dict()
    for key in state:
        state[key].add_(base[key])
    model.save_pretrained(fresh(to), max_shard_size=shard)
    return sum(t.double().sum().item() for t in state.values())


def differences():
    torch.manual_seed(2)
    raw, tuned = LlamaForCausalLM(tiny()), LlamaForCausalLM(tiny())
    raw.half().save_pretrained(fresh("raw"))
    tuned.save_pretrained(fresh("tuned"))
    weir("diff", "-q", "raw", "tuned", "-o", fresh("diff"))
    state, base = load("tuned", torch.float32).state_dict(), load("raw", torch.float32).state_dict()
    made = load("diff", torch.float32)
    made.load_state_dict({k: state[k] - base[k] for k in state})
    made.save_pretrained(fresh("want-diff"))
    same_weights("want-diff", "diff", "diff")
    for dtype, name in (torch.float32, "fp32"), (torch.float16, "fp16"):
        for shard, number in ("30KB", "30000"), ("10GB", "10g"):
            total = recover_as_knowlm("raw", "diff", dtype, "want", shard)
            weir("recover", "-q", "raw", "diff", "--dtype", name, "--shard-size", number,
                 "--expect-sum", str(total), "-o", fresh("got"))
            names = same_weights("want", "got", f"recover {name} {shard}")
            assert len(names) > 3 or shard == "10GB"
            assert json.load(open("got/config.json"))["torch_dtype"] == str(dtype)[6:]
    # A base converted by a later release has no inv_freq.
    d = torch.load("raw/pytorch_model.bin")
    torch.save({k: v for k, v in d.items() if "inv_freq" not in k}, "raw/pytorch_model.bin")
    recover_as_knowlm("raw", "diff", torch.float32, "want", "10GB")
    weir("recover", "-q", "raw", "diff", "-o", fresh("got"))
    same_weights("want", "got", "recover without inv_freq")


def formats():
    torch.manual_seed(3)
    model = LlamaForCausalLM(tiny())
    model.save_pretrained(fresh("a"), max_shard_size="40KB")
    model.save_pretrained(fresh("b"), max_shard_size="40KB", safe_serialization=True)
    weir("convert", "-q", "a", "--to", "safetensors", "--shard-size", "40000", "-o", fresh("got"))
    same_weights("b", "got", "to safetensors")
    weir("convert", "-q", "b", "--to", "bin", "--shard-size", "40000", "-o", fresh("got"))
    same_weights("a", "got", "to torch")
    for name, dtype in ("fp16", torch.float16), ("bf16", torch.bfloat16):
        load("a", dtype).save_pretrained(fresh("want"))
        weir("convert", "-q", "a", "--dtype", name, "-o", fresh("got"))
        same_weights("want", "got", name)


dicts()
if os.environ.get("LARGE"):
    large()
differences()
formats()
print("failed:", failed)
sys.exit(failed > 0)
