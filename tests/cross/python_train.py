"""python_train.py DATASET STATS [REST]: trains samples/tiny-model, breaks off after 5 steps of 2 ranks of 4 sequences, goes on.

With REST, made by `weir indexer resume --consumed 40`, the second half reads that from its front.
"""
import collections
import importlib.util
import json
import os
import sys

import numpy
import torch

import weir

TINY = os.path.join(os.environ["SRC"], "samples", "tiny-model")
spec = importlib.util.spec_from_file_location("tiny", os.path.join(TINY, "train.py"))
tiny = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tiny)
SIZE, WORLD, BROKEN = 4, 2, 5
torch.set_num_threads(1)
data = weir.Dataset(sys.argv[1])
rest = weir.Dataset(sys.argv[3]) if len(sys.argv) > 3 else None
assert data.manifest["tokenizer"]["vocab_size"] == tiny.VOCAB


def load():
    """samples/tiny-model: its weights in its own class."""
    model = tiny.Llama()
    with open(os.path.join(TINY, "model.safetensors"), "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
        data = f.read()
    weights = {}
    for name, t in header.items():
        if name != "__metadata__":
            begin, end = t["data_offsets"]
            numbers = numpy.frombuffer(data[begin:end], "<f2").astype("<f4")
            weights[name] = torch.from_numpy(numbers).reshape(t["shape"])
    model.load_state_dict(weights)
    return model


def start(state=None):
    model = load()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    if state:
        model.load_state_dict(state[0])
        optimizer.load_state_dict(state[1])
    return model, optimizer


def train(model, optimizer, source, step, end):
    """Both ranks in one process: a step's gradient is that of all its sequences."""
    losses = []
    ranks = [source.batches(SIZE, rank, WORLD, step, tensors=True) for rank in range(WORLD)]
    for parts in zip(*ranks):
        optimizer.zero_grad()
        total = 0.0
        tokens = sum(int(mask[:, 1:].sum()) for _, mask in parts)
        for ids, mask in parts:
            loss = torch.nn.functional.cross_entropy(
                model(ids[:, :-1]).transpose(1, 2), ids[:, 1:], reduction="none")
            loss = (loss * mask[:, 1:]).sum() / tokens
            loss.backward()
            total += float(loss)
        optimizer.step()
        losses.append(total)
        if step + len(losses) == end:
            break
    return losses


steps = len(data) // (SIZE * WORLD)
assert steps > 2 * BROKEN
whole = start()
losses = train(*whole, data, 0, steps)
assert len(losses) == steps
assert sum(losses[-3:]) < 0.8 * sum(losses[:3]), losses

broken = start()
assert train(*broken, data, 0, BROKEN) == losses[:BROKEN]
torch.save([part.state_dict() for part in broken], "checkpoint")
resumed = start(torch.load("checkpoint"))
again = train(*resumed, rest or data, 0 if rest else BROKEN, None)
assert again == losses[BROKEN:]
for a, b in zip(whole[0].parameters(), resumed[0].parameters()):
    assert torch.equal(a, b)

# every token of every source once, as planned
read = collections.Counter()
for i in range(len(data)):
    for p in data.pieces(i):
        read[p.source] += p.tokens
said = json.loads(open(sys.argv[2]).read())["sources"]
assert set(read) == {"a", "b"}
assert all(0 <= said[s]["tokens"] - read[s] <= said[s]["samples"] for s in read), (read, said)
assert abs(said["a"]["tokens"] - 4000) <= 1 and abs(said["b"]["tokens"] - 2000) <= 1, said
