# A SentencePiece BPE model with byte fallback as a tokenizer.json, in the forms that conversions of LLaMA's
# models have:   python3 spm_to_json.py MODEL FORM >tokenizer.json
#   legacy     normalizer Prepend and Replace, no pre-tokenizer (LLaMA, Llama 2, Mistral v1, Phi 3)
#   first      no normalizer, Metaspace in front of a text that has no space there (transformers, legacy=False)
#   always     Metaspace in front of every gap between added tokens (transformers 5)
#   words      the same, split at spaces
#   never      Metaspace without prefix
# Merges are the splits of every piece into two pieces, by score, those of one score longer parts first.
import json, struct, sys


def number(b, i):
    v = s = 0
    while True:
        v |= (b[i] & 127) << s
        s += 7
        i += 1
        if b[i - 1] < 128:
            return v, i


def fields(b):
    i = 0
    while i < len(b):
        key, i = number(b, i)
        if key & 7 == 2:
            n, i = number(b, i)
            yield key >> 3, b[i:i + n]
            i += n
        elif key & 7 == 5:
            yield key >> 3, struct.unpack("<f", b[i:i + 4])[0]
            i += 4
        else:
            v, i = number(b, i)
            yield key >> 3, v


def pieces_of(path):
    """(text, score, type) of each piece; ModelProto.pieces is field 1."""
    pieces = []
    for field, value in fields(open(path, "rb").read()):
        if field == 1:
            p = dict(fields(value))
            pieces.append((p[1].decode(), p.get(2, 0.0), p.get(3, 1)))
    return pieces


def merges_of(pieces):
    ids = {text: i for i, (text, _, _) in enumerate(pieces)}
    merges = []
    for text, score, _ in pieces:
        splits = [(text[:i], text[i:]) for i in range(1, len(text))]
        splits = [s for s in splits if s[0] in ids and s[1] in ids]
        merges += [(l, r, score) for l, r in sorted(splits, key=lambda s: (ids[s[0]], ids[s[1]]))]
    merges.sort(key=lambda m: (m[2], len(m[0]), len(m[1])), reverse=True)
    return [[l, r] for l, r, _ in merges]


def around(form):
    """normalizer, pre-tokenizer"""
    if form == "legacy":
        return {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "\u2581"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]}, None
    return None, {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": {"words": "always"}.get(form, form),
                  "split": form == "words"}


def convert(path, form, more=()):
    pieces = pieces_of(path)
    normalizer, pre = around(form)
    decoders = [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"},
                {"type": "Fuse"}]
    if form != "never":
        decoders.append({"type": "Strip", "content": " ", "start": 1, "stop": 0})
    added = [{"id": i, "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
              "special": True} for i, (text, _, kind) in enumerate(pieces) if kind in (2, 3)]
    ids = {text: i for i, (text, _, _) in enumerate(pieces)}
    for a in more:
        i = ids.setdefault(a["content"], len(ids))
        added.append(dict({"id": i, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True,
                           "special": False}, **a))
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer,
            "pre_tokenizer": pre, "post_processor": None,
            "decoder": {"type": "Sequence", "decoders": decoders},
            "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True,
                      "vocab": {text: i for i, (text, _, _) in enumerate(pieces)}, "merges": merges_of(pieces)}}


MORE = [{"content": "<|im_start|>", "normalized": False, "special": True}, {"content": "<mask>", "lstrip": True},
        {"content": "<r>", "rstrip": True, "normalized": False}, {"content": "river", "single_word": True},
        {"content": "two words"}, {"content": "<0x41>", "normalized": False}]
if __name__ == "__main__":
    json.dump(convert(sys.argv[1], sys.argv[2], MORE if "more" in sys.argv[3:] else ()), sys.stdout, ensure_ascii=False)
