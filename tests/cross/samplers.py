"""weir indexer mix --order batches, resume and subtract, against the samplers that they replay.

Datasets are written here from Megatron's and KnowLM's layouts; every sequence begins with its number, so
that what is left of a dataset says which sequences they are."""
import math
import os
import struct
import subprocess
import sys

import numpy
import torch
from torch.utils.data.distributed import DistributedSampler


def write_megatron(name, lengths, first=0):
    with open(name + ".bin", "wb") as f:
        for i, n in enumerate(lengths):
            f.write(struct.pack("<%di" % n, *([first + i] * n)))
    ends = numpy.cumsum([0] + [4 * n for n in lengths])[:-1]
    with open(name + ".idx", "wb") as f:
        f.write(b"MMIDIDX\0\0" + struct.pack("<QBQQ", 1, 4, len(lengths), len(lengths) + 1))
        f.write(numpy.array(lengths, "<i4").tobytes() + ends.astype("<i8").tobytes())
        f.write(numpy.arange(len(lengths) + 1, dtype="<i8").tobytes())


def write_knowlm(name, sizes):
    lengths = [1 + i % 5 for i in range(sum(sizes))]
    numpy.concatenate([numpy.full(n, i) for i, n in enumerate(lengths)]).astype("<u2").tofile(name + ".bin")
    with open(name + ".idx", "wb") as f:
        starts = numpy.cumsum([0] + lengths)[:-1]
        f.write(starts.astype("<u8").tobytes() + numpy.array(lengths, "<u2").tobytes())
    torch.save(list(sizes), name + ".dis")


def weir(*args):
    subprocess.run(["weir", "indexer"] + [str(a) for a in args] + ["-q"], check=True)


def shown(name):
    out = subprocess.run(["weir", "indexer", "show", name], check=True, stdout=subprocess.PIPE).stdout
    return [[int(w) for w in line.split()] for line in out.decode().splitlines()]


def numbers(name):
    return [ids[0] for ids in shown(name)]


# ---- PyTorch ----

def distributed(n, world, batch, steps, seed, epoch, drop_last):
    write_megatron("set", [1 + i % 7 for i in range(n)])
    seen, rest = set(), [None] * world
    for rank in range(world):
        s = DistributedSampler(range(n), num_replicas=world, rank=rank, seed=seed, drop_last=drop_last)
        s.set_epoch(epoch)
        order = list(s)
        seen.update(order[: steps * batch])
        rest[rank] = order[steps * batch :]
    options = ["--world", world, "--batch", batch, "--steps", steps, "--seed", seed, "--epoch", epoch]
    options += ["--drop-last"] if drop_last else []
    weir("subtract", "set", "-o", "rest", *options)
    left = [i for i in range(n) if i not in seen]
    assert numbers("rest") == left, (n, world, batch, steps)
    # In the order of the run rank 0 reads the first sample, rank 1 the second ...; what the sampler
    # reads a second time to give every rank as many is left out.
    weir("resume", "set", "--order", "distributed", "-o", "on", *options)
    order = [i for step in zip(*rest) for i in step]
    order = order[: len(order) - (0 if drop_last else -n % world)]
    assert numbers("on") == order, (n, world, batch, steps)
    torch.save(sorted(seen), "seen.pt")
    weir("subtract", "set", "--seen", "seen.pt", "-o", "rest2")
    assert numbers("rest2") == left


# ---- KnowLM, from its description ----

def knowlm(sizes, counts, drop, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    samples = [torch.randperm(n, generator=g).tolist() for n in sizes]
    fill_last, fill_types = drop in (1, 3), drop in (2, 3)
    batches = []
    for i, (n, c) in enumerate(zip(sizes, counts)):
        if fill_last and n % c:
            samples[i] += torch.randint(0, n, [c - n % c], generator=g).tolist()
        batches.append(math.ceil(n / c) if fill_last else n // c)
    n_batches = max(batches) if fill_types else min(batches)
    for i, (n, c) in enumerate(zip(sizes, counts)):
        if not fill_last:
            del samples[i][batches[i] * c :]
        if fill_types and batches[i] < n_batches:
            samples[i] += torch.randint(0, n, [(n_batches - batches[i]) * c], generator=g).tolist()
    order = []
    for k in range(n_batches):
        for i, c in enumerate(counts):
            order += [sum(sizes[:i]) + s for s in samples[i][k * c : (k + 1) * c]]
    return order


def batches(sizes, counts, drop, epochs):
    order = [s for e in range(epochs) for s in knowlm(sizes, counts, drop, 2023 + e)]
    takes = []
    for i, n in enumerate(sizes):
        write_megatron("type%d" % i, [1 + k % 3 for k in range(n)], sum(sizes[:i]))
        takes += ["--take", "type%d batch %d" % (i, counts[i])]
    weir("mix", "--order", "batches", "--drop", drop, "--epochs", epochs, "--seed", 2023, "-o", "mixed", *takes)
    assert numbers("mixed") == order, (sizes, counts, drop)
    write_knowlm("typed", sizes)
    first = knowlm(sizes, counts, drop, 2023 + epochs)
    done = len(first) // sum(counts) // 3 * sum(counts)
    options = ["typed", "--order", "knowlm", "--batches", ",".join(map(str, counts)), "--drop", drop, "--seed",
               2023, "--epoch", epochs, "--consumed", done]
    weir("resume", *options, "-o", "on")
    assert numbers("on") == first[done:], (sizes, counts, drop)
    weir("subtract", *options, "-o", "rest")
    left = [i for i in range(sum(sizes)) if i not in set(first[:done])]
    assert numbers("rest") == left
    ends = numpy.cumsum(sizes)
    by_type = numpy.bincount(numpy.searchsorted(ends, left, "right"), minlength=len(sizes))
    assert torch.load("rest.dis") == by_type.tolist()


# ---- Megatron, from its description ----

def megatron(lengths, length, asked, seed):
    """The (sequence, first token, tokens) of every sample's input, in the order of the run."""
    r = numpy.random.RandomState(seed)
    epoch = sum(lengths)
    epochs = math.ceil((asked * length + 1) / epoch)
    before = ((epochs - 1) * epoch - 1) // length if epochs > 1 else 0
    apart = epochs > 1 and asked - before < int(0.80 * ((epoch - 1) // length))

    def documents(n):
        d = numpy.tile(numpy.arange(len(lengths), dtype=numpy.int32), n)
        r.shuffle(d)
        return d

    d = numpy.concatenate([documents(epochs - 1), documents(1)]) if apart else documents(epochs)
    stream = [(int(i), k) for i in d for k in range(lengths[i])]
    n = (epochs * epoch - 1) // length
    samples = [stream[i * length : (i + 1) * length] for i in range(n)]
    first = numpy.arange(before if apart else n, dtype=numpy.uint32)
    r.shuffle(first)
    last = numpy.arange(len(first), n, dtype=numpy.uint32)
    if len(last):
        r.shuffle(last)
    return [samples[i] for i in numpy.concatenate([first, last])]


def gpt(lengths, length, asked, consumed, seed):
    write_megatron("set", lengths)
    order = megatron(lengths, length, asked, seed)
    read = {t for s in order[:consumed] for t in s}
    left = []
    for i, n in enumerate(lengths):
        run = 0
        for k in range(n + 1):
            if k < n and (i, k) not in read:
                run += 1
            elif run:
                left.append((i, run))
                run = 0
    weir("subtract", "set", "--order", "megatron", "-n", length, "--samples", asked, "--consumed", consumed,
         "--seed", seed, "-o", "rest")
    assert [(ids[0], len(ids)) for ids in shown("rest")] == left, (length, asked, consumed)


for n, world, batch, steps in [(100, 4, 3, 5), (101, 4, 2, 7), (1000, 24, 2, 9), (7, 3, 1, 1), (50, 1, 1, 49)]:
    for drop_last in (False, True):
        distributed(n, world, batch, steps, 42, 0, drop_last)
        distributed(n, world, batch, steps, 7, 3, drop_last)
for drop in range(4):
    batches([10, 20, 30], [3, 2, 1], drop, 1)
    batches([100, 7, 33], [5, 1, 2], drop, 2)
    batches([12, 12], [4, 4], drop, 1)
    batches([700, 650], [6, 2], drop, 2)
r = numpy.random.RandomState(5)
for asked, consumed in [(20, 7), (60, 33), (75, 60), (140, 80), (200, 61)]:
    gpt(r.randint(1, 40, 60).tolist(), 16, asked, consumed, 1234)
    gpt(r.randint(1, 9, 100).tolist(), 7, asked, consumed, 99)
print("DistributedSampler %s, KnowLM's sampler, GPTDataset: the same samples" % torch.__version__)
