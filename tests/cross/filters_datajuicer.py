"""What data-juicer's operators measure and drop, and what weir filters --preset data-juicer-zh does."""
import json
import os
import random
import re
import subprocess

from data_juicer.ops import filter as ops
from data_juicer.utils.constant import Fields, StatsKeys

# rule of weir, operator with the limits of the demonstration configuration for Chinese, name of its number
OPERATORS = [
    ("alphanumeric-max", ops.AlphanumericFilter(tokenization=False, min_ratio=0, max_ratio=0.9), StatsKeys.alnum_ratio),
    ("text-per-line-min", ops.AverageLineLengthFilter(min_len=10, max_len=10000), StatsKeys.avg_line_length),
    ("char-rep-10-max", ops.CharacterRepetitionFilter(rep_len=10, min_ratio=0, max_ratio=0.5),
     StatsKeys.char_rep_ratio),
    ("line-longest-min", ops.MaximumLineLengthFilter(min_len=10, max_len=10000), StatsKeys.max_line_length),
    ("special-max", ops.SpecialCharactersFilter(min_ratio=0, max_ratio=0.25), StatsKeys.special_char_ratio),
    ("chars-min", ops.TextLengthFilter(min_len=10, max_len=10000), StatsKeys.text_len),
    ("refined-words-min:space", ops.WordsNumFilter(lang="en", tokenization=False, min_num=10, max_num=10000),
     StatsKeys.num_words),
    ("word-rep-10-max:space", ops.WordRepetitionFilter(lang="en", tokenization=False, rep_len=10, min_ratio=0,
                                                       max_ratio=0.5), StatsKeys.word_rep_ratio),
]
# The same limits as rules, for the decisions.
RULES = {"alphanumeric-max": 0.9, "text-per-line-min": 10, "text-per-line-max": 10000, "char-rep-10-max": 0.5,
         "line-longest-min": 10, "line-longest-max": 10000, "special-max": 0.25, "chars-min": 10, "chars-max": 10000,
         "refined-words-min:space": 10, "refined-words-max:space": 10000, "word-rep-10-max:space": 0.5}


def files(folder, ending=""):
    for path, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith(ending):
                with open(os.path.join(path, name), "rb") as f:
                    yield f.read(400000).decode("utf-8", "replace")


def texts():
    for text in files("novels"):
        for i in range(0, len(text), 60000):
            yield text[i:i + 3000]
            yield text[i:i + 200] * 3
    for i, text in enumerate(files("docs-md", ".md")):
        if i % 40 == 0:
            yield text
    with open(os.path.join(os.environ["SHARED"], "data/en/wikiextractor_00"), encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)["text"]
    with open("zh.jsonl", encoding="utf-8") as f:
        for i, line in enumerate(f):
            if i % 40 == 0:
                yield json.loads(line)["text"]
    r = random.Random(9)
    odd = ["\r", "\r\n", "\x0b", "\x1c", "\x85", "\u2028", "\u3000", "\xa0", "\t", "...", "…", "一", "word", "The",
           "don't", ":)", "😀", "👨‍👩‍👧", "☆", "½", "Ⅳ", "é", "①", "12", "\n", "\n\n", "好。", "،", "上", "ッ"]
    for _ in range(2000):
        yield r.choice(["", " "]).join(r.choice(odd) for _ in range(r.randrange(120)))


def same_words(text):
    """data-juicer cuts words at spaces, tabs and line feeds, weir at all white space."""
    return not re.search(r"[^\S \n\t]|[\x1c-\x1f\x85]", text)


def theirs(docs):
    batch = {"text": docs, Fields.stats: [{} for _ in docs]}
    for _, op, _ in OPERATORS:
        batch = op.compute_stats_batched(batch)
    kept = [True] * len(docs)
    for _, op, _ in OPERATORS:
        for i, keep in enumerate(op.process_batched(batch)):
            kept[i] = kept[i] and bool(keep)
    return batch[Fields.stats], kept


def weir(docs, *args):
    lines = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(docs))
    rules = [x for k, v in RULES.items() for x in ("--rule", f"{k}={v}")]
    out = subprocess.run(["weir", "filters", "-q", *args, *rules], input=lines.encode(), stdout=subprocess.PIPE,
                         check=True).stdout.decode()
    return [json.loads(line) for line in out.splitlines()]


def main():
    docs = list(texts())
    stats, kept = theirs(docs)
    wrong = 0
    for text, rec, stat in zip(docs, weir(docs, "--annotate"), stats):
        for rule, _, key in OPERATORS:
            name, _, words = rule.partition(":")
            got = rec["weir_filters"][name.rsplit("-", 1)[0] + (":" + words if words else "")]
            if words and not same_words(text):
                continue
            if abs(got - stat[key]) > 1e-9 * max(1, abs(stat[key])):
                wrong += 1
                print(f"{rule}: {got}, data-juicer {stat[key]}: {text[:80]!r}")
    ours = {int(r["id"]) for r in weir(docs)}
    decisions = sum((i in ours) != k for i, k in enumerate(kept))
    print(f"{len(docs)} documents, {sum(kept)} kept, {wrong} values and {decisions} decisions differ")
    raise SystemExit(wrong + decisions > 0)


main()
