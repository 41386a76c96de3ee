"""Rows as tok_bench prints them, of gigatoken, tokenizers and tiktoken on the same documents: one thread, MB/s of
its CPU time.  cold is the first pass with a new tokenizer, warm the best of three more."""
import json
import os
import re
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
MOST, DOCUMENT = 6000000, 4096


def documents(data):
    out, at = [], 0
    while at < len(data):
        i = at + DOCUMENT if len(data) - at > DOCUMENT else len(data)
        while i < len(data) and data[i - 1] != 10 and (i <= at + 2 * DOCUMENT or data[i] & 0xC0 == 0x80):
            i += 1
        out.append(data[at:i].decode("utf-8", "replace"))
        at = i
    return out


def measure(model, text, what, encode, docs, rounds):
    size, best = sum(len(d.encode()) for d in docs) * 1e-6, []
    for _ in range(rounds):
        begin = time.thread_time()
        encode(docs)
        best.append(time.thread_time() - begin)
    print("%s,%s,4 KB,%s cold,%.1f" % (model, text, what, size / best[0]))
    if rounds > 1:
        print("%s,%s,4 KB,%s warm,%.1f" % (model, text, what, size / min(best[1:])))
    sys.stdout.flush()


def gigatoken_encoder(path):
    import gigatoken
    load = gigatoken.Tokenizer if path.endswith(".json") else gigatoken.Tokenizer.from_sentencepiece
    tokenizer = load(path)
    return lambda docs: tokenizer.encode_batch(docs, parallel=False)


def tokenizers_encoder(path):
    import tokenizers
    tokenizer = tokenizers.Tokenizer.from_file(path)
    return lambda docs: [tokenizer.encode(d, add_special_tokens=False).ids for d in docs]


def tiktoken_encoder(path):
    import tiktoken
    with open(path, encoding="utf-8") as f:
        config = json.load(f)
    plain = [*range(33, 127), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in plain]
    byte_of = {chr(b): b for b in plain} | {chr(256 + i): b for i, b in enumerate(others)}
    ranks = {bytes(byte_of[c] for c in name): i for name, i in config["model"]["vocab"].items()}
    pattern = re.search(r'"Regex": ("(?:[^"\\]|\\.)*")', json.dumps(config["pre_tokenizer"])).group(1)
    encoding = tiktoken.Encoding("bench", pat_str=json.loads(pattern), mergeable_ranks=ranks, special_tokens={})
    return lambda docs: [encoding.encode_ordinary(d) for d in docs]


def main():
    path, name = sys.argv[1], os.path.basename(sys.argv[1])
    for text in sys.argv[2:]:
        with open(text, "rb") as f:
            docs = documents(f.read(MOST))
        for what, make, rounds, most in (("gigatoken", gigatoken_encoder, 4, None), ("tiktoken", tiktoken_encoder, 2, 400),
                                         ("tokenizers", tokenizers_encoder, 2, 200)):
            if what != "gigatoken" and not path.endswith(".json"):
                continue
            try:
                measure(name, os.path.basename(text), what, make(path), docs[:most], rounds)
            except Exception as e:
                print("tok_peers: %s: %s: %s" % (name, what, e), file=sys.stderr)


main()
