"""Tiny random models of every layout: Weir's engine against transformers on torch, in float on the CPU."""
import copy
import os
import random
import shutil
import subprocess
import sys

os.environ["TRANSFORMERS_OFFLINE"] = "1"
import warnings

warnings.simplefilter("ignore")
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import layer as lora_layer
from safetensors.torch import load_file, save_file
from transformers import (LlamaConfig, LlamaForCausalLM, LogitsProcessorList, MistralConfig,
                          MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper,
                          TopKLogitsWarper, TopPLogitsWarper)
from transformers.models.mistral import modeling_mistral

from infer_ask import Ask, far

transformers.logging.set_verbosity_error()
PeftModel.create_or_update_model_card = lambda *_: None  # needs Jinja
# torch.distributed of release 1.13 does not load on Python 3.11.
transformers.generation.utils.is_fsdp_managed_module = lambda module: False
VOCAB, failed = 83, 0
base = dict(vocab_size=VOCAB, hidden_size=32, intermediate_size=56, num_hidden_layers=3,
            num_attention_heads=4, max_position_embeddings=256, pad_token_id=0, bos_token_id=1,
            eos_token_id=2, initializer_range=0.3, attn_implementation="eager")


def check(good, what):
    global failed
    if not good:
        failed += 1
        print("differs:", what)


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def randomise(model):
    """Biases and norms begin as zeros and ones: as such they test nothing."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "norm" in name or name.endswith("bias"):
                p.add_(torch.randn_like(p) * 0.2)
    return model.eval()


def texts(r, n, longest):
    return [[1] + [r.randrange(3, VOCAB) for _ in range(r.randrange(1, longest))] for _ in range(n)]


def compare_logits(ask, model, what, bound=2e-5, longest=60):
    r = random.Random(what)
    for ids in texts(r, 4, longest):
        with torch.no_grad():
            want = model(torch.tensor([ids])).logits[0].float()
        got = ask.logits(ids)
        check(far(got, want) < bound, f"{what}: logits by {far(got, want):.2g}, {len(ids)} tokens")


def compare_greedy(ask, model, what):
    r = random.Random(what + "greedy")
    for ids in texts(r, 3, 12):
        want = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=24)
        check(ask.gen(ids, 24)[0][1] == want[0, len(ids):].tolist(), f"{what}: greedy")


def compare_sampling(ask, model, what):
    """The processors and warpers of generate() in its order, and what they leave."""
    r = random.Random(what + "sample")
    for ids in texts(r, 12, 20):
        rep, temp = r.choice([1.0, 1.3, 1.6]), r.choice([0.2, 0.7, 1.0, 1.7])
        k, p = r.choice([0, 1, 5, 40]), r.choice([0.3, 0.75, 0.95, 1.0])
        steps = [RepetitionPenaltyLogitsProcessor(rep), TemperatureLogitsWarper(temp)]
        steps += [TopKLogitsWarper(k)] if k else []
        steps += [TopPLogitsWarper(p)] if p < 1 else []
        with torch.no_grad():
            scores = model(torch.tensor([ids])).logits[:, -1].float()
        want = LogitsProcessorList(steps)(torch.tensor([ids]), scores).softmax(-1)[0]
        got = ask.warp(ids, rep, temp, k, p)
        check(set(got) == set(want.nonzero()[:, 0].tolist()) and
              all(abs(want[i].item() - s) < 1e-4 for i, s in got.items()),
              f"{what}: repetition {rep} temperature {temp} top-k {k} top-p {p}")


def compare_beams(ask, model, what, n=12):
    """Since 4.36 lengths are without the prompt."""
    r = random.Random(what + "beams")
    for ids in texts(r, n, 9):
        b, lp = r.choice([2, 3, 4]), r.choice([1.0, 0.0, 2.0, -0.5])
        early, rep, new = r.choice([False, True, "never"]), r.choice([1.0, 1.0, 1.3]), r.choice([4, 9, 16])
        out = model.generate(torch.tensor([ids]), num_beams=b, num_return_sequences=b, do_sample=False,
                             length_penalty=lp, early_stopping=early, repetition_penalty=rep,
                             max_new_tokens=new, return_dict_in_generate=True, output_scores=True)
        got = ask.gen(ids, new, b, lp, {False: 0, True: 1, "never": 2}[early], 1, rep)
        want = [(s.item(), to_eos(q[len(ids):].tolist())) for s, q in
                zip(out.sequences_scores, out.sequences)]
        check(same_beams(got, want), f"{what}: {b} beams, penalty {lp}, early {early}, repetition {rep}: "
              f"{got} for {want}")


def to_eos(ids):
    return ids[:ids.index(2) + 1] if 2 in ids else ids  # padding follows


def same_beams(got, want):
    return [g[1] for g in got] == [w[1] for w in want] and \
        all(abs(g[0] - w[0]) < 1e-4 * max(1, abs(w[0])) for g, w in zip(got, want))


# ---- layouts ----

def qwen3(config):
    """Qwen3 is this release's Mistral with a norm over each head's queries and keys before RoPE (Qwen3
    technical report, 2.1); transformers has it since 4.51, which asks for a later torch."""
    model = randomise(MistralForCausalLM(config))
    for layer in model.model.layers:
        for name in "q_norm", "k_norm":
            norm = modeling_mistral.MistralRMSNorm(config.head_dim, config.rms_norm_eps)
            norm.weight.data.add_(torch.randn(config.head_dim) * 0.2)
            setattr(layer.self_attn, name, norm)
        layer.self_attn.register_forward_pre_hook(remember)
    return model


plain_rope, running = modeling_mistral.apply_rotary_pos_emb, []


def remember(module, *_):
    running[:] = [module]


def rope_after_norm(q, k, cos, sin, *rest, **more):
    m = running[0] if running else None
    if hasattr(m, "q_norm"):
        q, k = m.q_norm(q), m.k_norm(k)
    return plain_rope(q, k, cos, sin, *rest, **more)


modeling_mistral.apply_rotary_pos_emb = rope_after_norm


def save(model, folder, r):
    model.save_pretrained(fresh(folder), max_shard_size=r.choice(["20KB", "1GB"]),
                          safe_serialization=r.random() < 0.5)


def save_as_qwen3(model, folder):
    model.save_pretrained(fresh(folder))
    text = open(folder + "/config.json").read()
    text = text.replace('"model_type": "mistral"', '"model_type": "qwen3"')
    open(folder + "/config.json", "w").write(text)


llama3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}
layouts = {
    "llama-1": (LlamaForCausalLM, LlamaConfig(**base)),
    "llama-2 grouped": (LlamaForCausalLM, LlamaConfig(**base, num_key_value_heads=2, rms_norm_eps=1e-5)),
    "llama biases tied": (LlamaForCausalLM, LlamaConfig(**base, num_key_value_heads=1, attention_bias=True,
                                                        mlp_bias=True, tie_word_embeddings=True)),
    "llama-3 rope": (LlamaForCausalLM, LlamaConfig(**base, num_key_value_heads=2, rope_theta=500000.0,
                                                   rope_scaling=llama3)),
    "llama linear rope": (LlamaForCausalLM, LlamaConfig(**base, rope_scaling={"rope_type": "linear",
                                                                              "factor": 4.0})),
    "mistral window": (MistralForCausalLM, MistralConfig(**base, num_key_value_heads=2, sliding_window=7)),
    "mistral head size": (MistralForCausalLM, MistralConfig(**base, num_key_value_heads=2, head_dim=12,
                                                            sliding_window=None)),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**base, num_key_value_heads=2, rope_theta=1000000.0)),
    "qwen2 tied": (Qwen2ForCausalLM, Qwen2Config(**base, num_key_value_heads=4, tie_word_embeddings=True)),
}


def run_layouts():
    for i, (name, (kind, config)) in enumerate(layouts.items()):
        torch.manual_seed(i)
        model, r = randomise(kind(config)), random.Random(i)
        save(model, "model", r)
        ask = Ask("model")
        compare_logits(ask, model, name, longest=200 if "rope" in name else 60)
        compare_greedy(ask, model, name)
        if i < 3:
            compare_sampling(ask, model, name)
            compare_beams(ask, model, name)
        ask.close()
    for name, more in ("qwen3", {}), ("qwen3 tied", {"tie_word_embeddings": True}):
        torch.manual_seed(70)
        model = qwen3(MistralConfig(**base, num_key_value_heads=2, head_dim=12, sliding_window=None, **more))
        save_as_qwen3(model, "model")
        ask = Ask("model")
        compare_logits(ask, model, name)
        compare_greedy(ask, model, name)
        ask.close()
    torch.manual_seed(80)
    for dtype, bound in (torch.float16, 0.01), (torch.bfloat16, 0.01):
        model = randomise(LlamaForCausalLM(LlamaConfig(**base))).to(dtype)
        model.save_pretrained(fresh("model"))
        ask = Ask("model")
        compare_logits(ask, model.float(), str(dtype), bound)  # the cache is in half precision
        ask.close()


# ---- adapters ----

def adapters():
    every = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    yield "two modules", LlamaConfig(**base), dict(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"]), 0
    yield "rslora, all", LlamaConfig(**base), dict(r=6, lora_alpha=9, target_modules=every, use_rslora=True), 0
    yield "patterns", LlamaConfig(**base), dict(
        r=4, lora_alpha=8, target_modules=every, rank_pattern={"q_proj": 2, r".*\.1\.mlp\.(up|down)_proj": 7},
        alpha_pattern={"model.layers.2.self_attn.v_proj": 3, "k_proj": 16}), 0
    yield "edges", LlamaConfig(**base), dict(r=4, lora_alpha=8, target_modules=["embed_tokens", "lm_head", "o_proj"]), 0
    yield "saved edges, resized", LlamaConfig(**base), dict(
        r=4, lora_alpha=8, target_modules=["q_proj"], modules_to_save=["embed_tokens", "lm_head"]), 9
    yield "qwen2 tied", Qwen2Config(**base, num_key_value_heads=4, tie_word_embeddings=True), dict(r=3, lora_alpha=5, target_modules=every), 0
    yield "some layers", LlamaConfig(**base), dict(r=4, lora_alpha=8, target_modules=["up_proj"], layers_to_transform=[1]), 0
    yield "biases", Qwen2Config(**base, num_key_value_heads=2), dict(r=4, lora_alpha=8, target_modules=["q_proj", "k_proj"], bias="all"), 0


def make_adapter(model, settings):
    peft = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", **settings))
    with torch.no_grad():
        for name, p in peft.named_parameters():
            if "lora_" in name or "modules_to_save" in name or (name.endswith("bias") and p.requires_grad):
                p.add_(torch.randn_like(p) * 0.1)
    return peft.eval()


def tensors_of(folder):
    return {k: v for f in os.listdir(folder) if f.endswith(".safetensors")
            for k, v in load_file(f"{folder}/{f}").items()}


def fused_delta(self, adapter):
    """get_delta_weight() with the products as OpenBLAS and MKL add them, by fused multiply-adds in order; the
    reference BLAS, which torch may stand on here, rounds twice."""
    a, b = ((self.lora_A[adapter].weight, self.lora_B[adapter].weight) if adapter in self.lora_A else
            (self.lora_embedding_A[adapter], self.lora_embedding_B[adapter]))
    total = torch.zeros(b.shape[0], a.shape[1])
    for k in range(a.shape[0]):
        total = (total.double() + b[:, k:k + 1].double() * a[k].double()).float()
    return (total if adapter in self.lora_A else total.T) * self.scaling[adapter]


def compare_merged(want, got, what, exact):
    w, g = tensors_of(want), tensors_of(got)
    check(set(w) == set(g), f"{what}: names {set(w) ^ set(g)}")
    for name in set(w) & set(g):
        check(w[name].dtype == g[name].dtype and w[name].shape == g[name].shape, f"{what}: {name}")
        a, b = w[name].double(), g[name].double()
        bound = 0 if exact else torch.finfo(w[name].dtype).eps * (a.abs() + 1)
        check(((a - b).abs() <= bound).all(), f"{what}: {(a != b).sum()} numbers of {name}, exact {exact}")


def run_adapters():
    for i, (name, config, settings, more) in enumerate(adapters()):
        for dtype in torch.float32, torch.float16:
            torch.manual_seed(100 + i)
            kind = Qwen2ForCausalLM if config.model_type == "qwen2" else LlamaForCausalLM
            model = randomise(kind(config)).to(dtype)
            model.save_pretrained(fresh("base"))
            if more:
                model.resize_token_embeddings(VOCAB + more)
            peft = make_adapter(model, settings)
            peft.save_pretrained(fresh("adapter"), safe_serialization=i % 2 == 0)
            what = f"adapter {name}, {str(dtype)[6:]}"
            if dtype == torch.float32:
                ask = Ask("base", "adapter")
                compare_logits(ask, peft, what, 5e-5)
                ask.close()
            copy.deepcopy(peft).merge_and_unload().save_pretrained(fresh("want"))
            subprocess.run(["weir", "infer", "merge", "-q", "base", "adapter", "-o", fresh("got")], check=True)
            compare_merged("want", "got", what, False)
            for kind in lora_layer.Linear, lora_layer.Embedding:
                kind.get_delta_weight, plain = fused_delta, kind.get_delta_weight
                kind.plain = plain
            merged = peft.merge_and_unload()
            for kind in lora_layer.Linear, lora_layer.Embedding:
                kind.get_delta_weight = kind.plain
            merged.save_pretrained(fresh("want"))
            compare_merged("want", "got", what, True)
            if dtype == torch.float32:
                ask = Ask("got")
                compare_logits(ask, merged, what + ", merged", 5e-5)
                ask.close()


run_layouts()
run_adapters()
print("failed:", failed)
sys.exit(failed > 0)
