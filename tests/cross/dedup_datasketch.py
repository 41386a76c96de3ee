"""Documents of plain words: which ones share a band with an earlier one, by datasketch and by weir."""
import json
import random
import subprocess

from datasketch import MinHash, MinHashLSH
from datasketch.lsh import _optimal_param


def documents():
    rng = random.Random(1)
    words = ["w" + "".join(rng.choice("abcdefghij") for _ in range(4)) for _ in range(2000)]
    docs = []
    for _ in range(300):
        docs.append([rng.choice(words) for _ in range(200)])
        for share in (0.01, 0.02, 0.03, 0.05):
            docs.append([rng.choice(words) if rng.random() < share else w for w in docs[-1]])
    return docs


def clusters(docs, threshold):
    """The first of each set of documents joined by common bands, as union-find with the least id."""
    lsh, parent, kept = MinHashLSH(threshold=threshold, num_perm=128), list(range(len(docs))), []

    def root(x):
        while parent[x] != x:
            x = parent[x]
        return x

    for i, words in enumerate(docs):
        m = MinHash(num_perm=128, seed=1, scheme="legacy")  # that of all versions before 2.0
        for k in range(len(words) - 4):
            m.update(" ".join(words[k:k + 5]).encode())
        for other in lsh.query(m):
            a, b = sorted((root(other), root(i)))
            parent[b] = a
        lsh.insert(i, m)
    kept = [i for i in range(len(docs)) if root(i) == i]
    return (lsh.b, lsh.r), kept


def main():
    docs = documents()
    with open("docs.jsonl", "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"id": str(i), "text": " ".join(d)}) + "\n" for i, d in enumerate(docs))
    bad = 0
    for threshold in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        (b, r), kept = clusters(docs, threshold)
        out = subprocess.run(["weir", "dedup", "-q", "--compat", "datasketch", "-t", str(threshold), "--ledger",
                              "ledger", "docs.jsonl"], check=True, capture_output=True, text=True).stdout
        with open("ledger", encoding="utf-8") as f:
            plan = json.loads(f.readlines()[-1])["plan"]
        ours = [int(json.loads(line)["id"]) for line in out.splitlines()]
        print(threshold, f"{b} x {r}", f"{plan['bands']} x {plan['rows']}", len(docs), len(kept), len(ours))
        bad |= ours != kept or (b, r) != (plan["bands"], plan["rows"])
    # (b, r) over a grid of thresholds and sizes
    for num_perm in (64, 112, 128, 256):
        for percent in range(30, 96, 5):
            out = subprocess.run(["weir", "dedup", "--plan", "-t", str(percent / 100), "--num-perm", str(num_perm)],
                                 check=True, capture_output=True, text=True).stdout.split("\n")[0]
            want = _optimal_param(percent / 100, num_perm, 0.5, 0.5)
            if f" {want[0]} bands x {want[1]} rows" not in out:
                print("differs:", num_perm, percent, want, out)
                bad = 1
    raise SystemExit(bad)


main()
