"""Which documents datatrove's filters keep, and which weir's presets of that name keep."""
import json
import os
import subprocess
import warnings

from datatrove.data import Document
from datatrove.pipeline.filters import (C4QualityFilter, FineWebQualityFilter, GopherQualityFilter,
                                        GopherRepetitionFilter)

warnings.simplefilter("ignore")
FILTERS = {"gopher": GopherQualityFilter, "gopher-repetition": GopherRepetitionFilter,
           "c4": C4QualityFilter, "fineweb": FineWebQualityFilter}


def texts():
    for folder, _, names in os.walk("novels"):
        for name in sorted(names):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace", newline=None) as f:
                text = f.read(400000)
            for i in range(0, len(text), 20000):
                yield text[i:i + 3000]
                yield text[i:i + 200] * 3
    with open(os.path.join(os.environ["SHARED"], "data/en/wikiextractor_00"), encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)["text"]


def main():
    docs = [t for t in texts() if t.strip()]
    with open("docs.jsonl", "w", encoding="utf-8") as f:
        for i, t in enumerate(docs):
            f.write(json.dumps({"id": str(i), "text": t}) + "\n")
    bad = 0
    for name, make in FILTERS.items():
        subprocess.run(["weir", "filters", "-q", "--preset", name, "-o", "out.jsonl", "docs.jsonl"], check=True)
        with open("out.jsonl", encoding="utf-8") as f:
            ours = {r["id"]: r["text"] for r in map(json.loads, f)}
        keep, equal, other_text = make(), 0, 0
        for i, t in enumerate(docs):
            d = Document(text=t, id=str(i))
            kept = keep.filter(d) is True
            equal += kept == (str(i) in ours)
            other_text += kept and str(i) in ours and d.text != ours[str(i)]
        print(f"{name}: {len(docs)} documents, {len(ours)} kept, {equal} decisions equal, {other_text} texts differ")
        bad |= equal < 0.99 * len(docs) or other_text > 0
    raise SystemExit(bad)


main()
