"""Repeated pieces: the same documents through other tools and through weir."""
import hashlib
import json
import os
import random
import re
import subprocess

import xxhash
from datatrove.data import Document
from datatrove.pipeline.dedup import SentenceDedupFilter, SentenceDedupSignature, SentenceFindDedups
from datatrove.pipeline.dedup.sentence_dedup import SentDedupConfig
from datatrove.utils.text import ngrams, simplify_text
from datatrove.utils.word_tokenizers import load_word_tokenizer


def weir(command, docs, *options):
    """The ids and texts that stay."""
    with open("docs.jsonl", "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"id": str(i), "text": t}, ensure_ascii=False) + "\n" for i, t in enumerate(docs))
    out = subprocess.run(["weir", "dedup", command, "-q", "--rejects", "rejects", *options, "docs.jsonl"], check=True,
                         capture_output=True).stdout.decode()
    return {int(d["id"]): d["text"] for d in map(json.loads, out.splitlines())}


def squeeze(texts):
    return {i: " ".join(t.split()) for i, t in texts.items()}


def spans():
    rng = random.Random(3)
    words = "river stone water dam gate field boat fish lake rain sun hill mud bridge town".split()
    pool = [" ".join(rng.choice(words) for _ in range(rng.randint(3, 9))).capitalize() + rng.choice(".!?")
            for _ in range(4000)]
    runs = [[rng.choice(pool) for _ in range(rng.randint(3, 6))] for _ in range(60)]
    docs = []
    for _ in range(800):
        sentences = []
        for _ in range(rng.randint(1, 8)):
            sentences += rng.choice(runs) if rng.random() < 0.3 else [rng.choice(pool)]
        docs.append(" ".join(sentences))
    config = SentDedupConfig(min_doc_words=0)  # datatrove counts punctuation marks as words
    SentenceDedupSignature("sigs", config=config).run([Document(text=t, id=str(i)) for i, t in enumerate(docs)])
    SentenceFindDedups("sigs", "dups", config=config).run()
    kept = SentenceDedupFilter("dups", config=config).run([Document(text=t, id=str(i)) for i, t in enumerate(docs)])
    theirs, ours = {int(d.id): d.text for d in kept}, weir("spans", docs, "--min-words", "0")
    changed = sum(theirs[i] != docs[i] for i in theirs)
    print(f"spans: {len(docs)} documents, {len(theirs)} stay in datatrove, {changed} of them cut, {len(ours)} in weir")
    return squeeze(theirs) != squeeze(ours) or changed < 50


def ccnet_key(line):
    marks = "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►"
    controls = "".join(map(chr, [*range(32), *range(127, 160)]))
    line = re.sub(r"\d", "0", line.strip().lower())
    line = "".join(c for c in line if c not in marks and c not in controls)
    return hashlib.sha1(line.encode()).digest()[:8] if line else None


def paragraphs():
    raw = subprocess.run(["zstd", "-dqc", f"{os.environ['SHARED']}/data/zh/wudao-00003.json.zst"], check=True,
                         capture_output=True).stdout
    docs = ["\n".join(line for line in r["content"].split("\n") if line.strip()) for r in json.loads(raw)[::4]]
    docs = [d for d in docs if d]
    seen, theirs = set(), {}
    for i, text in enumerate(docs):
        lines = []
        for line in text.split("\n"):
            key = ccnet_key(line)
            if key is None or key not in seen:
                lines.append(line)
            seen.add(key)
        if "".join(lines).strip():
            theirs[i] = "\n".join(lines)
    ours = weir("paragraphs", docs)
    print(f"paragraphs: {len(docs)} documents, {sum(theirs.get(i) != d for i, d in enumerate(docs))} changed by CCNet's "
          f"rule, {sum(ours.get(i) != d for i, d in enumerate(docs))} by weir")
    return ours != theirs


def decontaminate():
    tokens = load_word_tokenizer("eng").word_tokenize
    with open(f"{os.environ['SHARED']}/data/en/wikiextractor_00", encoding="utf-8") as f:
        docs = [json.loads(line)["text"] for line in f]

    def grams(text):
        return [xxhash.xxh64_intdigest(" ".join(g)) for g in ngrams(tokens(simplify_text(text)), 12)]

    bench = [" ".join(d.split()[40:70]) for d in docs[::9] if len(d.split()) > 80]
    with open("bench.txt", "w", encoding="utf-8") as f:
        f.writelines(b + "\n" for b in bench)
    index = {h for b in bench for h in grams(b)}
    theirs = {i for i, d in enumerate(docs) if not index.intersection(grams(d))}
    ours = weir("decontaminate", docs, "--against", "bench.txt")
    print(f"decontaminate: {len(docs)} documents, {len(theirs)} stay by datatrove's n-grams, {len(ours)} in weir")
    return set(ours) != theirs or len(theirs) == len(docs)


raise SystemExit(any([spans(), paragraphs(), decontaminate()]))
