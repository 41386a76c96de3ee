"""Values of weir filters --annotate against the definitions written down again, plainly."""
import json
import random
import re
import subprocess
import unicodedata
from collections import Counter

BULLETS = ("•", "-")
STOP_EN = {"the", "be", "to", "of", "and", "that", "have", "with"}
END = tuple(".!?。！？｡")


def ratio(a, b):
    return a / b if b else 0


def duplicates(items):
    seen, n, chars = set(), 0, 0
    for x in items:
        if x in seen:
            n += 1
            chars += len(x)
        seen.add(x)
    return n, chars


def grams(words, n):
    return [tuple(words[i:i + n]) for i in range(len(words) - n + 1)]


def greedy(words, n):
    seen, chars, i = set(), 0, 0
    while i + n <= len(words):
        g = "".join(words[i:i + n])
        if g in seen:
            chars += len(g)
            i += n
        else:
            seen.add(g)
            i += 1
    return chars


def dolma(words, n):
    c = Counter(grams(words, n))
    size = {g: sum(map(len, g)) for g in c}
    return ratio(sum(size[g] * k for g, k in c.items() if k > 1), sum(size[g] * k for g, k in c.items()))


def top(words, n):
    c = Counter(grams(words, n))
    if not c:
        return 0
    g, k = c.most_common(1)[0]
    return len(" ".join(g)) * k


def windows(text, n):
    s = "".join(text.split())
    return ratio(duplicates([s[i:i + n] for i in range(len(s) - n + 1)])[0], max(0, len(s) - n + 1))


def measure(text):
    words, size = text.split(), len(text)
    lines, full = text.splitlines(), [x for x in text.split("\n") if x.strip()]
    split = re.split("\n+", text) if text else []
    paras = re.split("\n{2,}", text.strip()) if text.strip() else []
    v = {
        "chars": size,
        "lines": len(lines),
        "line-mean": ratio(sum(map(len, lines)), len(lines)),
        "line-longest": max(map(len, lines), default=0),
        "bullet-lines": ratio(sum(x.lstrip().startswith(BULLETS) for x in lines), len(lines)),
        "ellipsis-lines": ratio(sum(x.rstrip().endswith(("...", "…")) for x in lines), len(lines)),
        "dup-lines": ratio(duplicates(split)[0], len(split)),
        "dup-line-chars": ratio(duplicates(split)[1], size),
        "dup-paragraphs": ratio(duplicates(paras)[0], len(paras)),
        "dup-paragraph-chars": ratio(duplicates(paras)[1], size),
        "line-ends": ratio(sum(x.endswith(END) for x in full), len(full)),
        "short-lines": ratio(sum(len(x) <= 30 for x in full), len(full)),
        "dup-full-line-chars": ratio(duplicates(full)[1], size - text.count("\n")),
        "newlines-per-word:space": ratio(text.count("\n"), len(words)),
        "dup-13-chars": windows(text, 13),
        "alphabetic-words:space": ratio(sum(any(map(str.isalpha, w)) for w in words), len(words)),
        "stop-words:space": len(STOP_EN & set(words)),
        "hashes-per-word:space": ratio(text.count("#"), len(words)),
        "ellipses-per-word:space": ratio(text.count("...") + text.count("…"), len(words)),
        "spaces": ratio(sum(c.isspace() for c in text), size),
        "punctuation": ratio(sum(unicodedata.category(c)[0] == "P" for c in text),
                             sum(not c.isspace() for c in text)),
    }
    for n in range(2, 5):
        v[f"top-{n}-gram:space"] = ratio(top(words, n), size)
    for n in range(5, 11):
        v[f"dup-{n}-gram:space"] = ratio(greedy(words, n), size)
        v[f"dolma-{n}-gram:space"] = dolma(words, n)
    return v


def texts():
    r = random.Random(4)
    pools = [list("ab中 \n"), "the and that word # … ... - • 好。 完！ x1 42 一二三四五".split() + [" ", "\n", "\n\n"],
             list("的一是了我不人在他有这中大来上个国 ，。\n")]
    for i in range(600):
        pool = r.choice(pools)
        sep = r.choice(["", " "])
        yield sep.join(r.choice(pool) for _ in range(r.randrange(400)))
    yield from ["", "\n", "\n\n", " ", "a", "\na\n", "a\n\n\nb\n\na"]


def main():
    docs = list(texts())
    lines = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(docs))
    names = measure("")
    rules = []
    for key in names:
        name, _, words = key.partition(":")
        kind = "min" if name in ("line-ends", "alphabetic-words", "stop-words", "punctuation") else "max"
        rules += ["--rule", f"{name}-{kind}{':' + words if words else ''}=0"]
    out = subprocess.run(["weir", "filters", "-q", "--annotate", *rules], input=lines.encode(),
                         stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    assert len(out) == len(docs)
    wrong = 0
    for text, line in zip(docs, out):
        got, expected = json.loads(line)["weir_filters"], measure(text)
        assert set(got) == set(expected), set(got) ^ set(expected)
        for k, v in expected.items():
            if abs(got[k] - v) > 1e-9 * max(1, abs(v)):
                wrong += 1
                print(f"{k}: {got[k]}, expected {v}: {text[:80]!r}")
    print(f"{len(docs)} documents, {len(names)} measures, {wrong} values differ")
    raise SystemExit(wrong > 0)


main()
