"""Draws triples of weir kg2instruction annotate for judging: ann_draw.py SEED N FILE... > TSV
N of all different (head, relation, tail), each at a random one of its places; the first two columns, verdict and
reason, are for who reads them.  bench/ann_judged.tsv is what came of it."""
import json
import random
import sys

def triples(path):
    for line in open(path, encoding="utf-8"):
        d = json.loads(line)
        text = d["text"].encode()
        for r in d["relations"]:
            s = r["evidence"]["sentences"]
            said = text[s[0]["at"]:s[-1]["at"] + s[-1]["n"]].decode()
            yield r["head"], r["relation"], r["tail"], r["evidence"]["rule"], d["id"], " ".join(said.split())

random.seed(int(sys.argv[1]))
places = {}
for path in sys.argv[3:]:
    for t in triples(path):
        places.setdefault(t[:3], []).append(t)
drawn = [random.choice(places[k]) for k in sorted(places)]
random.shuffle(drawn)
for t in drawn[:int(sys.argv[2])]:
    print("", "", *t, sep="\t")
print(len(drawn), "distinct", file=sys.stderr)
