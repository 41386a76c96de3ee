"""datatrove's signature stage and rensa's kernel on the same documents, one thread, CPU time, MB of text a second.

dedup_others.py DOCS.jsonl zh|en BYTES: rows as dedup_bench prints them.
"""
import json
import shutil
import sys
import tempfile
import time

import rensa
from datatrove.data import Document
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig


def texts(path, limit):
    n = 0
    with open(path, encoding="utf-8") as f:
        for line in f:
            text = json.loads(line)["text"]
            yield text
            n += len(text.encode())
            if n >= limit:
                return


def report(name, docs, run):
    best = 1e30
    for _ in range(2):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(f"{name},{sum(len(t.encode()) for t in docs) / 1e6 / best:.3f}", flush=True)


def datatrove(docs, language):
    folder = tempfile.mkdtemp()
    stage = MinhashDedupSignature(folder, config=MinhashConfig(), language=language)
    stage.run([Document(text=t, id=str(i)) for i, t in enumerate(docs[:2])])  # loads the tokenizer
    report(f"datatrove {language}", docs, lambda: stage.run([Document(text=t, id="") for t in docs]))
    shutil.rmtree(folder)


def shingles(text, lang):
    if lang == "zh":
        return [text[i:i + 5] for i in range(len(text) - 4)]
    words = text.lower().split()
    return [" ".join(words[i:i + 5]) for i in range(len(words) - 4)]


def rensa_kernel(docs, lang):
    sets = [shingles(t, lang) for t in docs]

    def run():
        for s in sets:
            m = rensa.RMinHash(num_perm=112, seed=1)
            m.update(s)
            m.digest()

    report("rensa kernel on shingles given", docs, run)


def main():
    path, lang, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
    few, many = list(texts(path, limit)), list(texts(path, 20 * limit))
    rensa_kernel(many, lang)
    datatrove(few, "eng")
    if lang == "zh":
        datatrove(few, "zho")


main()
