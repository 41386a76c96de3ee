"""Every token of the dataset is another one: its id says where it stands."""
import json
import os
import random
import subprocess

import megatron_gpt
import weir


def run(*words):
    subprocess.run(["weir", "indexer", *map(str, words)], check=True)


def rest(length, n, consumed, seed):
    words = ["weir", "indexer", "subtract", "-q", "set", "--order", "megatron", "-n", length, "--samples", n,
             "--consumed", consumed, "--seed", seed, "-o", "rest"]
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if done.returncode:
        assert "nothing is left" in done.stderr, done.stderr
        return []
    return [int(i) for seq in weir.Dataset("rest") for i in seq]


random.seed(5)
for case in range(12):
    lengths = [random.randint(1, 60) for _ in range(random.randint(20, 60))]
    ids = [json.dumps({"input_ids": list(range(sum(lengths[:i]), sum(lengths[:i + 1])))})
           for i in range(len(lengths))]
    with open("ids", "w") as f:
        f.write("\n".join(ids) + "\n")
    run("import", "-q", "--from", "jsonl", "ids", "--model", os.environ["SRC"] + "/samples/tokenizer.model", "-o", "set")
    total, length, seed = sum(lengths), random.choice([7, 16, 33]), random.randint(1, 99)
    n = random.randint(1, 2 * total // length)
    data = megatron_gpt.samples("set", length, n, seed)
    for consumed in {0, n // 3, n}:
        read = {t for i in range(consumed) for t in data[i]["tokens"].tolist()}
        assert rest(length, n, consumed, seed) == [t for t in range(total) if t not in read], (case, consumed)
