"""Which documents datatrove's filters keep and what text C4 leaves, and what weir's presets of those names do."""
import json
import os
import random
import subprocess
import warnings

from datatrove.data import Document
from datatrove.pipeline.filters import (C4QualityFilter, FineWebQualityFilter, GopherQualityFilter,
                                        GopherRepetitionFilter)

warnings.simplefilter("ignore")
FILTERS = {"gopher": GopherQualityFilter, "gopher-repetition": GopherRepetitionFilter,
           "c4": C4QualityFilter, "fineweb": FineWebQualityFilter}


def files(folder, ending=""):
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(ending):
                with open(os.path.join(path, name), "rb") as f:
                    yield f.read(400000).decode("utf-8", "replace")


def texts():
    for text in files("novels"):
        text = text.replace("\r\n", "\n")
        for i in range(0, len(text), 60000):
            yield text[i:i + 3000]
            yield text[i:i + 200] * 3
    for i, text in enumerate(files("docs-md", ".md")):
        if i % 40 == 0:
            yield text[:20000]
    for i, text in enumerate(files("mail")):
        if i % 24 == 0:
            yield text[:20000]
    with open(os.path.join(os.environ["SHARED"], "data/en/wikiextractor_00"), encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)["text"]
    with open("zh.jsonl", encoding="utf-8") as f:
        for i, line in enumerate(f):
            if i % 400 == 0:
                yield json.loads(line)["text"][:20000]
    r = random.Random(5)
    odd = ["\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u3000", "\xa0", "...", "…", "!", "- x", "• y",
           "word", "The", "of", "don't", ":)", "U.S.", "\n", "\n\n", "#", "[12]", "{", "好。", "use cookies", "JavaScript"]
    for _ in range(400):
        yield " ".join(r.choice(odd) for _ in range(r.randrange(200)))


def decide(keep, text):
    d = Document(text=text, id="x")
    try:
        return keep.filter(d) is True, d.text
    except ZeroDivisionError:  # it divides by the number of words or lines
        return False, text


def main():
    docs = [t for t in texts() if t.strip()]
    with open("docs.jsonl", "w", encoding="utf-8") as f:
        for i, t in enumerate(docs):
            f.write(json.dumps({"id": str(i), "text": t}) + "\n")
    bad = 0
    for name, make in FILTERS.items():
        subprocess.run(["weir", "filters", "-q", "--preset", name, "-o", "out.jsonl", "--rejects", "rej.jsonl",
                        "docs.jsonl"], check=True)
        with open("out.jsonl", encoding="utf-8") as f:
            ours = {r["id"]: r["text"] for r in map(json.loads, f)}
        keep, kept_n, wrong = make(), 0, 0
        for i, t in enumerate(docs):
            kept, text = decide(keep, t)
            kept_n += kept
            if kept != (str(i) in ours) or (kept and text != ours[str(i)]):
                wrong += 1
                print(f"  {name}: datatrove {'keeps' if kept else 'drops'} {t[:100]!r}")
        print(f"{name}: {len(docs)} documents, {kept_n} kept, {wrong} differ")
        bad += wrong
    raise SystemExit(bad > 0)


main()
