"""Which source files StarCoder's rules keep (bigcode-dataset, filtering.py), and what weir filters --preset starcoder keeps."""
import ast
import io
import json
import random
import subprocess
import tokenize
import warnings

import bs4
import pygments
import pygments.lexers
import pygments.token

warnings.simplefilter("ignore")
# language: extensions, longest line, share of letters and digits, share of letters; those of the files at hand
TABLE = {
    "ada": ("ada adb", 1000, .25, 0), "c": ("c h", 1000, .25, 0), "html": ("html", 1000, .25, 0),
    "java": ("java", 1000, .25, 0), "json": ("json", 0, .25, .5), "python": ("py", 1000, .25, 0),
    "javascript": ("js", 1000, .25, 0), "yaml": ("yaml yml", 1000, .25, .5),
}


def python_comments(source):
    found = []
    try:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Module)):
                found.append(ast.get_docstring(node) or "")
        parsed = True
    except (SyntaxError, ValueError):
        parsed = False
    try:
        tokens = [(t.type, t.string) for t in tokenize.generate_tokens(io.StringIO(source).readline)
                  if t.type == tokenize.COMMENT]
        comments = tokenize.untokenize(tokens).replace("#", "")
    except (tokenize.TokenError, SyntaxError, IndentationError):
        comments, parsed = "", False
    text = "\n".join(x for x in found if x) + "\n" + comments
    return len(text.strip()), parsed


def lexed_comments(source, lang):
    kinds = (pygments.token.Comment.Multiline, pygments.token.Comment.Single)
    tokens = pygments.lex(source, pygments.lexers.get_lexer_by_name(lang))
    return sum(len(t) for kind, t in tokens if kind in kinds)


def html_is_poor(text):
    soup = bs4.BeautifulSoup(text, features="html.parser")
    for node in soup(["script", "style"]):
        node.extract()
    shown = soup.get_text()
    return not (len(shown) / len(text) > .2 and len(shown) > 100)


def decide(doc):
    """Why the file is dropped, or nothing; and whether Python parsed it."""
    text, lang = doc["text"], doc["code_lang"].lower().replace(" ", "-")
    row, ext, parsed = TABLE.get(lang), doc["path"].rsplit(".", 1)[-1], True
    if not row or ext not in row[0].split():
        return "not included", parsed
    lines, size = text.splitlines(), len(text)
    if row[1] and max(map(len, lines), default=0) > row[1]:
        return "long line", parsed
    if row[1] and sum(map(len, lines)) / max(1, len(lines)) > 100:
        return "mean line", parsed
    if sum(map(str.isalnum, text)) / size < row[2]:
        return "alphanumeric", parsed
    if row[3] and sum(map(str.isalpha, text)) < row[3] * size:
        return "alphabetic", parsed
    if lang in ("python", "java", "javascript"):
        if lang == "python":
            n, parsed = python_comments(text)
        else:
            n = lexed_comments(text, lang)
        if not .01 < n / size < .8:
            return f"comments {n}/{size}", parsed
    if "<?xml version=" in text[:100]:
        return "xml", parsed
    if lang == "html" and html_is_poor(text):
        return "html", parsed
    if lang in ("json", "yaml") and not 100 <= size <= 5000:
        return "data", parsed
    return "", parsed


def made(r):
    """HTML, JSON and YAML, of which the repositories have few; and files of few characters."""
    word = lambda: r.choice(["lamp", "x1", "the", "灯", "0", "==", "{}", "value"])
    for i in range(300):
        n = r.randrange(1, 400)
        body = "".join(f"<p class='{word()}'>{word()} {word()}</p>\n" if r.random() < .5 else word() + " "
                       for _ in range(n))
        script = "<script>var a = 1;\nlet b = 2;</script>\n" * r.randrange(4)
        yield "HTML", "html", f"<html><head><style>p {{ color: red }}</style></head>\n<body>{body}{script}</body></html>\n"
        yield "JSON", "json", json.dumps({word() + str(k): word() for k in range(n)}, indent=r.choice([None, 1]))
        yield "YAML", "yml", "".join(f"{word()}{k}: {word()}\n" for k in range(n))
        yield "C", "c", r.choice(["<?xml version='1'?>\n", "", "/* x */\n"]) + "int x = 1;\n" * r.randrange(1, 9) + "+" * n
        yield "Ada", "adb", " ".join(word() for _ in range(n)) + "\n" * r.randrange(3)


def main():
    with open("code.jsonl", encoding="utf-8") as f:
        docs = [json.loads(line) for line in f]
    docs = [d for d in docs if d.get("code_lang") in ("C", "Java", "JavaScript", "Python", "YAML")]
    for k, (lang, ext, text) in enumerate(made(random.Random(3))):
        docs.append({"id": f"made-{k}", "text": text, "code_lang": lang, "path": f"x/{k}.{ext}"})
    with open("all.jsonl", "w", encoding="utf-8") as f:
        f.writelines(json.dumps(d) + "\n" for d in docs)
    # the original asks the data set for licences, which these files have not
    subprocess.run(["weir", "filters", "-q", "--preset", "starcoder", "--rule", "code-license-min=off", "all.jsonl", "-o", "kept.jsonl", "--rejects",
                    "dropped.jsonl"], check=True)
    with open("kept.jsonl", encoding="utf-8") as f:
        kept = {json.loads(line)["id"] for line in f}
    with open("dropped.jsonl", encoding="utf-8") as f:
        rules = {r["record"]["id"]: r for r in map(json.loads, f)}
    wrong = unparsed = n_kept = 0
    for d in docs:
        why, parsed = decide(d)
        n_kept += not why
        if (d["id"] in kept) != (not why):
            unparsed += not parsed
            wrong += parsed
            if parsed:
                print(f"{d['path']}: original {why or 'keeps'}, weir",
                      "keeps" if d["id"] in kept else f"{rules[d['id']]['rule']} {rules[d['id']]['value']}")
    print(f"{len(docs)} files, {n_kept} kept; {wrong} decisions differ, and {unparsed} of files Python cannot parse")
    raise SystemExit(wrong > 0)


main()
