"""Beam search on tiny random models: every result of transformers 4.28.1 and its score."""
import os
import random
import shutil
import sys

os.environ["TRANSFORMERS_OFFLINE"] = "1"
import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM

from infer_ask import Ask

assert transformers.__version__ == "4.28.1"
transformers.logging.set_verbosity_error()
EARLY = {False: 0, True: 1, "never": 2}


def to_eos(ids):
    return ids[:ids.index(2) + 1] if 2 in ids else ids  # padding follows


def search(model, ids, o):
    out = model.generate(torch.tensor([ids]), do_sample=False, num_beams=o["beams"],
                         num_return_sequences=o["beams"], length_penalty=o["penalty"],
                         early_stopping=o["early"], repetition_penalty=o["repetition"],
                         max_new_tokens=o["new"], return_dict_in_generate=True, output_scores=True)
    return [(s.item(), to_eos(q[len(ids):].tolist())) for s, q in zip(out.sequences_scores, out.sequences)]


def same(got, want):
    return [g[1] for g in got] == [w[1] for w in want] and \
        all(abs(g[0] - w[0]) < 1e-4 * max(1, abs(w[0])) for g, w in zip(got, want))


failed = ended = 0
r = random.Random(1)
for number in range(4):
    vocab = r.choice([17, 40])
    torch.manual_seed(number)
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=vocab, hidden_size=32, intermediate_size=56, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2,
        initializer_range=0.3)).eval()
    shutil.rmtree("model", ignore_errors=True)
    model.save_pretrained("model")
    ask = Ask("model")
    for _ in range(int(os.environ.get("REQUESTS", 160)) // 4):
        ids = [1] + [r.randrange(3, vocab) for _ in range(r.randrange(12))]
        o = dict(beams=r.choice([2, 2, 3, 4, 6]), penalty=r.choice([1.0, 1.0, 0.0, 2.0, -0.5]),
                 early=r.choice([False, False, True, "never"]), repetition=r.choice([1.0, 1.3, 1.6]),
                 new=r.choice([1, 3, 8, 20]))
        want = search(model, ids, o)
        got = ask.gen(ids, o["new"], o["beams"], o["penalty"], EARLY[o["early"]], 0, o["repetition"])
        ended += sum(2 in w[1] for w in want)
        if not same(got, want):
            failed += 1
            print("differs:", ids, o, got, "for", want)
    ask.close()
assert ended > 50, "too few answers ended by themselves"
print("failed:", failed, "ended:", ended)
sys.exit(failed > 0)
