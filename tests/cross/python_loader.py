"""weir.Dataset against ids, heads and rest.ids, printed by weir indexer: python_loader.py NAME"""
import json
import re
import sys

import numpy

import weir

name = sys.argv[1]
data = weir.Dataset(name)


def read(path):
    return [list(map(int, line.split())) for line in open(path)]


ids = read("ids")
assert len(data) == len(ids) > 40
assert all(data[i].tolist() == s for i, s in enumerate(ids))
assert data[-1].tolist() == ids[-1]
assert data.documents[0] == 0 and data.documents[-1] == len(ids)

# "# 5: 812 tokens, document "a" from its token 7 at 0, document "b" …"
heads = open("heads").read().splitlines() if data.manifest and name != "wide" else []
assert not data.manifest or name == "wide" or len(heads) == len(ids)
for i, head in enumerate(heads):
    said = re.findall(r'document ("(?:[^"\\]|\\.)*") from its token (\d+)(?: at (\d+))?', head)
    pieces = data.pieces(i)
    assert [(json.loads(a), int(b), int(c or 0)) for a, b, c in said] == \
        [(p.id, p.first, p.begin) for p in pieces]
    begins = [p.begin for p in pieces]
    want, at = [], 0
    for k in range(len(ids[i])):
        at = 0 if k in begins else at
        want.append(at)
        at += 1
    assert data.positions(i).tolist() == want
    pads = 0
    while data.manifest["pad"] == 3 and pads < len(ids[i]) and ids[i][-1 - pads] == 3:
        pads += 1
    assert data.mask(i).tolist() == [True] * (len(ids[i]) - pads) + [False] * pads

# all ranks together read every sequence once, in order; a later step goes on where resume does
fill = data.manifest.get("pad") or 0
steps = [list(data.batches(3, rank, 2)) for rank in range(2)]
assert len(steps[0]) == len(steps[1]) == len(ids) // 6
rows = [(r, m) for pair in zip(*steps) for b, mask in pair for r, m in zip(b, mask)]
for (row, mask), s in zip(rows, ids):
    assert row[:len(s)].tolist() == s and (row[len(s):] == fill).all() and not mask[len(s):].any()
if data.manifest:
    rest = read("rest.ids")
    late = list(data.batches(3, 1, 2, step=2))
    assert len(late) == len(steps[1]) - 2
    for row, s in zip(late[0][0], rest[3:6]):
        assert row[:len(s)].tolist() == s

try:
    import torch
except ImportError:
    sys.exit()
assert data.tensor(3).tolist() == ids[3] and data.tensor(3).dtype == torch.int64
b, mask = next(data.batches(4, tensors=True))
assert b.dtype == torch.int64 and mask.dtype == torch.bool and b[0, :len(ids[0])].tolist() == ids[0]
