#!/usr/bin/env python3
"""Trains the tiny LLaMA in this folder: the model of the examples and tests of weir infer.

    make demo
    zstdcat build/demo/unique/*.zst | build/bin/weir tokenize --model samples/tokenizer.model \\
        --json >ids.jsonl
    samples/tiny-model/train.py ids.jsonl samples/tiny-model

Needs torch (Debian: python3-torch).  It knows the texts of samples/raw and little else.
"""
import json
import math
import struct
import sys

import torch
from torch import nn
import torch.nn.functional as F

VOCAB, HIDDEN, INNER, LAYERS, HEADS, KV_HEADS, POSITIONS = 4000, 64, 176, 3, 4, 2, 512
BATCH, LENGTH, STEPS, RATE = 8, 128, 1000, 4e-3
HEAD = HIDDEN // HEADS


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(HIDDEN))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotate(x):
    half, n = HEAD // 2, x.shape[-2]
    angle = torch.arange(n)[:, None] * 10000 ** (-torch.arange(half) / half)
    cos, sin, a, b = angle.cos(), angle.sin(), x[..., :half], x[..., half:]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = Norm(), Norm()
        self.self_attn, self.mlp = nn.Module(), nn.Module()
        for name, rows, cols in (("q_proj", HIDDEN, HIDDEN), ("k_proj", KV_HEADS * HEAD, HIDDEN),
                                 ("v_proj", KV_HEADS * HEAD, HIDDEN), ("o_proj", HIDDEN, HIDDEN)):
            self.self_attn.add_module(name, nn.Linear(cols, rows, bias=False))
        for name, rows, cols in (("gate_proj", INNER, HIDDEN), ("up_proj", INNER, HIDDEN),
                                 ("down_proj", HIDDEN, INNER)):
            self.mlp.add_module(name, nn.Linear(cols, rows, bias=False))

    def attend(self, x):
        b, n, _ = x.shape
        a = self.self_attn
        q = rotate(a.q_proj(x).view(b, n, HEADS, HEAD).transpose(1, 2))
        k = rotate(a.k_proj(x).view(b, n, KV_HEADS, HEAD).transpose(1, 2))
        v = a.v_proj(x).view(b, n, KV_HEADS, HEAD).transpose(1, 2)
        k, v = (t.repeat_interleave(HEADS // KV_HEADS, 1) for t in (k, v))
        score = q @ k.transpose(-1, -2) / math.sqrt(HEAD)
        score = score.masked_fill(torch.ones(n, n).triu(1).bool(), -math.inf)
        return a.o_proj((score.softmax(-1) @ v).transpose(1, 2).reshape(b, n, HIDDEN))

    def forward(self, x):
        x = x + self.attend(self.input_layernorm(x))
        y, m = self.post_attention_layernorm(x), self.mlp
        return x + m.down_proj(F.silu(m.gate_proj(y)) * m.up_proj(y))


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Module()
        self.model.add_module("embed_tokens", nn.Embedding(VOCAB, HIDDEN))
        self.model.add_module("layers", nn.ModuleList(Layer() for _ in range(LAYERS)))
        self.model.add_module("norm", Norm())
        for p in self.parameters():
            if p.dim() == 2:
                nn.init.normal_(p, 0, 0.04)

    def forward(self, ids):
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers:
            x = layer(x)
        return self.model.norm(x) @ self.model.embed_tokens.weight.T


def read_ids(path):
    """One stream of documents: BOS before each, EOS behind it."""
    with open(path) as f:
        return torch.tensor([t for line in f
                             for t in [1, *sum(json.loads(line)["units"], []), 2]])


def train(model, ids):
    rate = torch.optim.AdamW(model.parameters(), RATE, betas=(0.9, 0.98), weight_decay=0.05)
    for step in range(STEPS):
        for group in rate.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / 100) * 0.5 * (
                1 + math.cos(math.pi * step / STEPS))
        at = torch.randint(len(ids) - LENGTH - 1, (BATCH,))
        x = torch.stack([ids[a:a + LENGTH + 1] for a in at])
        loss = F.cross_entropy(model(x[:, :-1]).flatten(0, 1), x[:, 1:].flatten())
        rate.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        rate.step()
        if step % 100 == 0 or step + 1 == STEPS:
            print(f"step {step + 1} loss {loss.item():.3f}", file=sys.stderr, flush=True)


def save(model, folder):
    """safetensors: u64 length of a JSON header, the header, the numbers."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, t in sorted(model.state_dict().items()):
        raw = t.to(torch.float16).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F16", "shape": list(t.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(f"{folder}/model.safetensors", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)
    with open(f"{folder}/config.json", "w") as f:
        json.dump({"architectures": ["LlamaForCausalLM"], "model_type": "llama",
                   "hidden_size": HIDDEN, "intermediate_size": INNER,
                   "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
                   "num_key_value_heads": KV_HEADS, "vocab_size": VOCAB,
                   "max_position_embeddings": POSITIONS, "rms_norm_eps": 1e-05,
                   "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": True,
                   "torch_dtype": "float16", "bos_token_id": 1, "eos_token_id": 2}, f, indent=1)
        f.write("\n")


def main():
    torch.manual_seed(1)
    model = Llama()
    train(model, read_ids(sys.argv[1]))
    save(model, sys.argv[2])


if __name__ == "__main__":
    main()
