# stdin: tok_diff --emit MODEL; argv: MODEL, a tokenizer.json, and N.  Every string's ids must be those of Hugging
# Face's tokenizers, a byte that is no UTF-8 counting as U+FFFD, and the texts of ids theirs.
import codecs, struct, sys, time
from tokenizers import Tokenizer

codecs.register_error("bytewise", lambda e: ("\ufffd", e.start + 1))
reference = Tokenizer.from_file(sys.argv[1])
stdin, begin, strings, size = sys.stdin.buffer, time.process_time(), 0, 0


def numbers(n):
    return list(struct.unpack("<%dI" % n, stdin.read(4 * n)))


def batch(most):
    texts, ids, decoded = [], [], []
    while len(texts) < most and (head := stdin.read(16)):
        n, k, others, n_text = struct.unpack("<IIII", head)
        texts.append(stdin.read(n).decode("utf-8", "bytewise"))
        ids.append(numbers(k))
        if others:
            decoded.append((numbers(others), stdin.read(n_text).decode()))
    return texts, ids, decoded


while True:
    texts, ids, decoded = batch(1000)
    if not texts:
        break
    for text, ours, e in zip(texts, ids, reference.encode_batch_fast(texts, add_special_tokens=False)):
        if ours != e.ids:
            sys.exit("%s: %r\nwant %s\n got %s" % (sys.argv[1], text, e.ids, ours))
        size += len(text)
    want = reference.decode_batch([d[0] for d in decoded], skip_special_tokens=False)
    for (others, text), w in zip(decoded, want):
        if text != w:
            sys.exit("%s: %s\nwant %r\n got %r" % (sys.argv[1], others, w, text))
    strings += len(texts)
name = sys.argv[1].rsplit("/", 1)[-1]
print("%s: %d strings, %d characters, %.0f s: equal" % (name, strings, size, time.process_time() - begin), flush=True)
sys.exit(strings != int(sys.argv[2]))
