"""The same documents through datatrove's four MinHash stages and through weir dedup --compat datatrove."""
import filecmp
import json
import os
import random
import subprocess
import sys

from datatrove.pipeline.dedup import (MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter,
                                      MinhashDedupSignature)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader

SHARED = os.environ["SHARED"]
CONFIG = MinhashConfig()


def texts():
    """Chinese, English and code-like text, short ones, empty ones, near copies."""
    rng = random.Random(6)
    zstd = subprocess.run(["zstd", "-dqc", f"{SHARED}/data/zh/wudao-00023.json.zst"], check=True, capture_output=True)
    for r in json.loads(zstd.stdout)[::40]:
        yield r["content"]
    with open(f"{SHARED}/data/en/wikiextractor_00", encoding="utf-8") as f:
        lines = [json.loads(line)["text"] for line in f]
    for folder, _, names in os.walk("novels"):
        for name in sorted(names):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                text = f.read(200000)
            lines += [text[i:i + 3000] for i in range(0, len(text), 9000)]
    for text in lines:
        yield text
        words = text.split(" ")
        for share in (0.002, 0.01, 0.03):
            if rng.random() < 0.3:
                yield " ".join(rng.choice(words) if rng.random() < share else w for w in words)
    yield from ("", "one two three four", "Ｗｉｄｅ ΟΔΟΣ İ 1,234.5 ½ a≮b 12km ¿que? 5m² can't cannot 가각 ﬁ 🙂x", "")


def run(tasks, *pipeline):
    """One stage, in this process."""
    for rank in range(tasks):
        data = None
        for step in pipeline:
            data = step.run(data, rank, tasks) if not hasattr(step, "read_file") else step.run(None, rank, tasks)
        for _ in data or ():
            pass


def stages_2_to_4(sigs, tasks, out):
    run(CONFIG.num_buckets, MinhashDedupBuckets(sigs, f"{out}/dups", config=CONFIG))
    run(1, MinhashDedupCluster(f"{out}/dups", f"{out}/remove", config=CONFIG))
    kept = []
    for rank in range(tasks):
        docs = JsonlReader(f"in{tasks}").run(None, rank, tasks)
        kept += [d.id for d in MinhashDedupFilter(f"{out}/remove").run(docs, rank, tasks)]
    return kept


def weir(*args):
    subprocess.run(["weir", "dedup", "-q", "--compat", "datatrove", *args], check=True)


def ids(path):
    with open(path, encoding="utf-8") as f:
        return [d["id"] for d in map(json.loads, f) if d["text"]]


def compare(tasks):
    theirs, ours, files = f"theirs{tasks}", f"ours{tasks}", sorted(os.listdir(f"in{tasks}"))
    for rank in range(tasks):
        MinhashDedupSignature(theirs, config=CONFIG).run(JsonlReader(f"in{tasks}").run(None, rank, tasks), rank, tasks)
        weir("--export-sig", ours, "--rank", str(rank), "-o", f"kept{rank}.jsonl", f"in{tasks}/{files[rank]}")
    bad = 0
    for b in range(CONFIG.num_buckets):
        for rank in range(tasks):
            name = f"bucket_{b:03d}/{rank:05d}.minhash.sig"
            bad += not filecmp.cmp(f"{theirs}/{name}", f"{ours}/{name}", shallow=False)
    size = os.path.getsize(f"{ours}/bucket_000/00000.minhash.sig") // 68
    kept = stages_2_to_4(theirs, tasks, f"t{tasks}")
    gone_on = stages_2_to_4(ours, tasks, f"o{tasks}")
    print(f"{tasks} tasks: {size} signatures in the first file, {bad} files differ, {len(kept)} kept by datatrove, "
          f"{len(gone_on)} when it goes on from weir's files")
    return bad or kept != gone_on or size < 1000 or (tasks == 1 and kept != ids("kept0.jsonl"))


def main():
    docs = [json.dumps({"id": f"d{i}", "text": t}) + "\n" for i, t in enumerate(texts())]
    for tasks in (1, 2):
        os.mkdir(f"in{tasks}")
        for rank in range(tasks):
            with open(f"in{tasks}/{rank}.jsonl", "w", encoding="utf-8") as f:
                f.writelines(docs[rank * len(docs) // tasks:(rank + 1) * len(docs) // tasks])
    sys.exit(any([compare(1), compare(2)]))


main()
