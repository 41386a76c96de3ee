"""python_instruct.py UNITS DATASET…: the mask of every sequence is that of the answers' units.

UNITS is weir tokenize --instructions --json: the units of an instruction are question and answer by turns; of a record without
answers all is learnt.
"""
import json
import sys

import weir

want = {}
for line in open(sys.argv[1], encoding="utf-8"):
    r = json.loads(line)
    asked = "answers" in r.get("origin", {})
    want[r["id"]] = [bool(k % 2) or not asked for k, unit in enumerate(r["units"]) for _ in unit]
for path in sys.argv[2:]:
    data = weir.Dataset(path)
    seen = learnt = 0
    for i in range(len(data)):
        mask = data.mask(i)
        at = 0
        for p in data.pieces(i):
            assert p.begin >= at
            at = p.begin + p.tokens
            assert mask[p.begin:at].tolist() == want[p.id][p.first:p.first + p.tokens], (path, i, p)
            seen += p.tokens
        learnt += int(mask.sum())
        labels = data.example(i)["labels"]
        assert [x != -100 for x in labels] == mask.tolist()
    print(seen, learnt)
