"""IEPile's own files against weir kg2instruction instruct.

groups FOLDER KIND: records of sample.json with the groups of labels that KIND.json (train, test) asks for.
check FOLDER KIND: standard input is what weir made of them; it must say what KIND.json says.
"""
import json
import sys

verb, folder, kind = sys.argv[1:]


def lines(f):
    return [json.loads(line) for line in f]


theirs = lines(open(f"{folder}/{kind}.json", encoding="utf-8"))
if verb == "groups":
    groups = {}
    for r in theirs:
        i = json.loads(r["instruction"])
        groups.setdefault(i["input"], []).append(i["schema"])
    for r in lines(open(f"{folder}/sample.json", encoding="utf-8")):
        r["schema"] = groups[r["text"]]
        print(json.dumps(r, ensure_ascii=False))
else:
    ours = lines(sys.stdin)
    assert len(ours) == len(theirs), (len(ours), len(theirs))
    for a, b in zip(ours, theirs):
        i, k = json.loads(a["instruction"]), json.loads(b["instruction"])
        # Order counts, of keys too.
        assert json.dumps(i["schema"]) == json.dumps(k["schema"]), (i, k)
        assert i["input"] == k["input"] and i["instruction"] == k["instruction"], (i, k)
        for key in b:
            x, y = a[key], b[key]
            if key in ("output", "label"):
                x, y = json.dumps(json.loads(x)), json.dumps(json.loads(y))
            assert x == y, (key, a, b)
