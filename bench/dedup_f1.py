"""F1 of dropped documents on ../shared/data/neardup: 2,325 pages of versioned documentation with the exact
Jaccard similarity of their words' 5-grams, and planted copies among news articles.

A document should go when an earlier one that stays has a similarity of the threshold or more.
"""
import collections
import json
import os
import subprocess
import tempfile

SHARED = os.environ.get("SHARED", "../shared") + "/data/neardup"


def unpack(name, to):
    subprocess.run(["zstd", "-dqf", f"{SHARED}/{name}.zst", "-o", to], check=True)


def dropped(path, *options):
    out = subprocess.run(["weir", "dedup", "-q", "--rejects", "/dev/null", *options, path], check=True,
                         capture_output=True, text=True).stdout
    kept = {json.loads(line)["id"] for line in out.splitlines()}
    with open(path, encoding="utf-8") as f:
        return [d for d in (json.loads(line)["id"] for line in f) if d not in kept]


def score(name, truth, found):
    hit = len(truth & found)
    precision, recall = hit / max(1, len(found)), hit / max(1, len(truth))
    print(f"{name:42} {len(truth):5} should go, {len(found):5} go: precision {precision:.3f} recall {recall:.3f} "
          f"F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}")


def pwsh(work):
    docs, pairs = f"{work}/docs.jsonl", f"{work}/pairs.tsv"
    unpack("pwsh.docs.jsonl", docs)
    unpack("pwsh.pairs.tsv", pairs)
    near = collections.defaultdict(dict)
    with open(pairs, encoding="utf-8") as f:
        for a, b, j in (line.rstrip("\n").split("\t") for line in f):
            near[a][b] = near[b][a] = float(j)
    with open(docs, encoding="utf-8") as f:
        ids = [json.loads(line)["id"] for line in f]
    for t in (0.7, 0.8, 0.9):
        kept, truth = set(), set()
        for d in ids:
            (truth if any(near[d].get(k, 0) >= t for k in near[d] if k in kept) else kept).add(d)
        for name, options in (("default", []), ("--verify", ["--verify"]),
                              ("--num-perm 256 --verify", ["--num-perm", "256", "--verify"]),
                              ("--bands 25 --rows 5 --verify", ["--bands", "25", "--rows", "5", "--verify"])):
            score(f"pwsh {t} {name}", truth, set(dropped(docs, "-t", str(t), "--shingle", "word:5", *options)))


def mccormick(work):
    subprocess.run(["tar", "--zstd", "-xf", f"{SHARED}/mccormick.tar.zst", "-C", work], check=True)
    for n in (100, 1000):
        with open(f"{work}/articles_{n}.train", encoding="utf-8", errors="replace") as f, \
                open(f"{work}/a.jsonl", "w", encoding="utf-8") as out:
            for line in f:
                key, text = line.rstrip("\n").split(" ", 1)
                out.write(json.dumps({"id": key, "text": text}) + "\n")
        with open(f"{work}/articles_{n}.truth", encoding="utf-8") as f:
            pairs = [line.split() for line in f]
        found = set(dropped(f"{work}/a.jsonl"))
        score(f"mccormick {n}", {(set(p) & found or {p[1]}).pop() for p in pairs}, found)


with tempfile.TemporaryDirectory() as folder:
    pwsh(folder)
    mccormick(folder)
