# Makes the hf-*.json tokenizers, hf-cases.jsonl and the ids that the `tokenizers` package (0.23.3) gives
# for it, in hf-*.ids: a line of ids for each case.  python3 hf_make.py, in this folder.
import json, random, sys
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

LETTERS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
           r"|\s*[\r\n]+|\s+(?!\S)|\s+")
DEEPSEEK = ["\\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
            " ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"]
bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def splits(*patterns):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(p), "isolated") for p in patterns] + [bytes_only])


kinds = {"gpt2": pre_tokenizers.ByteLevel(add_prefix_space=False),
         "prefix": pre_tokenizers.ByteLevel(add_prefix_space=True),
         "llama3": splits(LETTERS % "{1,3}"), "qwen": splits(LETTERS % ""), "deepseek": splits(*DEEPSEEK)}
for name, pre in kinds.items():
    t = Tokenizer(models.BPE(ignore_merges=name == "llama3"))
    t.pre_tokenizer, t.decoder = pre, decoders.ByteLevel()
    t.normalizer = normalizers.NFC() if name == "qwen" else None
    t.train(["train.txt"], trainers.BpeTrainer(vocab_size=556, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
                                               special_tokens=["<|endoftext|>"], show_progress=False))
    more = [AddedToken("<|im_start|>", special=True), AddedToken("<|im|>", special=True),
            AddedToken("<mask>", lstrip=True, special=True), AddedToken("<r>", rstrip=True, special=True),
            AddedToken("river", single_word=True, normalized=False)]
    t.add_tokens(more)
    if name == "qwen":
        t.add_tokens([AddedToken("cafe\u0301", normalized=True)])
    t.save("hf-%s.json" % name, pretty=False)

sys.path.insert(0, "../../cross")
from spm_to_json import MORE, convert

for form in ("legacy", "first", "always", "words"):
    kinds["piece-" + form] = None
    with open("hf-piece-%s.json" % form, "w") as f:
        json.dump(convert("tiny.model", form, MORE), f, ensure_ascii=False, separators=(",", ":"))
rnd = random.Random(1)
words = open("train.txt").read().split() + """don't I'LL we've 'ſx they'RE 12345 3.14 x_y --- ... == != <|endoftext|> <|im_start|>
<|im|> <mask> <r> river rivers café cafe\u0301 e\u0301\u0323 \u1100\u1161\u11a8 가 한국어 привет العربية हिन्दी ไทย 🙂👨‍👩‍👧 𠮷 ſ Ω Å \ufb01
カタカナ ひらがな \u0301 \u200d \ufffd \x00 ² Ⅷ ١٢٣ \U0001d7d8\U0001d7d9 ——……！？ [a](b) /path #tag $x""".split()
spaces = [" ", " ", " ", "", "", "  ", "\n", "\n\n", "\r\n", " \n ", "\t", "\u3000", "\xa0", "\u2028", "       ", "\x85"]
cases = ["", " ", "\n", "a", "  a", "a  ", "a \n", " <mask>  x", "<r>  x <r>", "xriver river."]
cases += ["".join(rnd.choice(words) + rnd.choice(spaces) for _ in range(rnd.randrange(1, 12))) for _ in range(240)]
cases = [c for c in cases if c]
with open("hf-cases.jsonl", "w") as f:
    for i, c in enumerate(cases):
        f.write(json.dumps({"id": str(i), "text": c}, ensure_ascii=False, separators=(",", ":")) + "\n")
for name in kinds:
    t = Tokenizer.from_file("hf-%s.json" % name)
    with open("hf-%s.ids" % name, "w") as f:
        for c in cases:
            f.write(" ".join(map(str, t.encode(c, add_special_tokens=False).ids)) + "\n")
