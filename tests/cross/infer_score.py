"""Scores of tiny random models: the protocol of weir-infer(1), SCORES, written again on transformers."""
import json
import math
import os
import random
import shutil
import subprocess
import sys

os.environ["TRANSFORMERS_OFFLINE"] = "1"
import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM

from infer_ask import Ask

assert transformers.__version__ == "4.28.1"
transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
POSITIONS, VOCAB, BOUND = 64, 4000, 1e-4
tokenizer = os.environ["SRC"] + "/samples/tiny-model/tokenizer.model"
failed = compared = 0


def check(got, want, what):
    global failed, compared
    compared += 1
    if not abs(got - want) <= BOUND * abs(want):
        failed += 1
        print("differs:", what, got, "for", want)


def weir(*words, **more):
    return subprocess.run(["weir", *words], check=True, capture_output=True, text=True, **more).stdout


def token_nlls(model, ids, window, stride):
    """Each token but the first: from the start of the text while that fits; behind it, the text moves on by
    whole strides, so far that the token is among the last `stride` of the window."""
    moved = [0 if t < window else ((t - window) // stride + 1) * stride for t in range(1, len(ids))]
    logs = {}
    for at in set(moved):
        with torch.no_grad():
            logs[at] = model(torch.tensor([ids[at:at + window]])).logits[0].log_softmax(-1)
    return [-logs[at][t - at - 1, ids[t]].item() for t, at in enumerate(moved, 1)]


def compare(got, nlls, n_bytes, what):
    """A table's or a record's numbers."""
    n = len(nlls)
    if int(got["tokens"]) != n:
        return check(float("nan"), n, what + " tokens")
    if "nll" in got:
        check(float(got["nll"]), sum(nlls), what + " nll")
    check(float(got["nll_token"]), sum(nlls) / n if n else 0, what + " nll_token")
    check(float(got["nll_byte"]), sum(nlls) / n_bytes, what + " nll_byte")
    check(float(got["perplexity"]), math.exp(sum(nlls) / n) if n else 1, what + " perplexity")


def table(*words):
    head, *rows = weir("infer", "score", "-q", "-j", "1", "--table", *words).splitlines()
    return [dict(zip(head.split("\t"), r.split("\t"))) for r in rows]


def compare_all(model, texts, encoded):
    for window, stride in (0, 0), (33, 20), (16, 0), (7, 3):
        for bos in True, False:
            w = window or POSITIONS
            s = stride or w - 1
            what = f"window {window} stride {stride} bos {bos}"
            nlls = [token_nlls(model, [1] * bos + ids, w, s) for ids in encoded]
            options = ["--model", "model", "--tokenizer", tokenizer, "--dtype", "fp32", "--window", str(window),
                       "--stride", str(stride)] + ["--no-bos"] * (not bos)
            for text, got, want in zip(texts, table(*options, "--input", "lines", "lines"), nlls):
                compare(got, want, len(text.encode()), f"{what}: {text[:20]}:")
            if os.path.exists("l"):
                os.remove("l")
            out = weir("infer", "score", "-q", "-j", "1", "--ledger", "l", *options, "documents").splitlines()
            for line, want, text in zip(out, nlls, texts):
                got = json.loads(line)
                got["tokens"] = got.pop("scored_tokens")
                compare(got, want, len(text.encode()), f"{what}: document {got['id']}:")
            with open("l", encoding="utf-8") as f:
                score = json.loads(f.read())["score"]
            assert (score["window"], score["stride"], score["bos"], len(score["sources"])) == (w, s, bos, 3)
            for x in score["sources"]:
                number = int(x["source"])
                compare(x, sum(nlls[number::3], []), sum(len(t.encode()) for t in texts[number::3]),
                        f"{what}: source {number}:")


def make_texts(r):
    """Lines of real text, cut to many lengths."""
    with open("raw", encoding="utf-8") as f:
        lines = [" ".join(json.loads(line)["text"].split()) for line in f]
    texts = [line[:r.choice([1, 3, 20, 60, 160])].strip() for line in lines[:10]]
    return [t for t in texts if t] + ["a"]


r = random.Random(3)
with open("raw", "w", encoding="utf-8") as f:
    f.write(weir("ingest", "-q", "--rejects", "/dev/null", "--from", "baike", os.environ["SRC"] + "/samples/raw/baike.jsonl"))
texts = make_texts(r)
with open("lines", "w", encoding="utf-8") as f:
    f.writelines(t + "\n" for t in texts)
with open("documents", "w", encoding="utf-8") as f:
    f.writelines(json.dumps({"id": str(i), "source": str(i % 3), "text": t}) + "\n" for i, t in enumerate(texts))
encoded = [[int(x) for x in line.split()]
           for line in weir("tokenize", "-q", "--model", tokenizer, "--lines", "lines").splitlines()]
assert len(encoded) == len(texts) and max(map(len, encoded)) > 2 * POSITIONS
for number, more in enumerate(({}, {"tie_word_embeddings": True, "num_attention_heads": 8})):
    torch.manual_seed(number)
    config = dict(vocab_size=VOCAB, hidden_size=32, intermediate_size=56, num_hidden_layers=2, num_attention_heads=4,
                  max_position_embeddings=POSITIONS, pad_token_id=0, bos_token_id=1, eos_token_id=2, initializer_range=0.2)
    model = LlamaForCausalLM(LlamaConfig(**{**config, **more})).eval()
    shutil.rmtree("model", ignore_errors=True)
    model.save_pretrained("model")
    model = model.double()
    ask = Ask("model")
    for ids in encoded[:4]:
        ids = ([1] + ids)[:POSITIONS]
        logs = ask.logits(ids).double().log_softmax(-1)
        got = [-logs[t - 1, ids[t]].item() for t in range(1, len(ids))]
        for t, (x, want) in enumerate(zip(got, token_nlls(model, ids, POSITIONS, POSITIONS - 1))):
            check(x, want, f"token {t} of {ids[:5]}")
    ask.close()
    compare_all(model, texts, encoded)
print("failed:", failed)
assert compared > 400
sys.exit(failed > 0)
