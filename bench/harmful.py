"""Precision and recall of the harmful-content rules on the labelled sets of ../shared/data/labelled.

    harmful.py prepare FOLDER     documents: FOLDER/SET.train.jsonl, FOLDER/SET.test.jsonl
    harmful.py lines FILE.jsonl   "label TAB text" for samples/classifier.mk on standard output
    harmful.py report FOLDER      what FOLDER/SET.test.RULES.rejects say, as a table

The parts: COLD's own (its dev file is the test part); Davidson and SpamAssassin: the records of even
number (from 0, files by name) train, those of odd number test.  Terms, weights and limits were chosen on
train parts and clean text alone.
"""
import csv
import email
import email.policy
import io
import json
import os
import re
import subprocess
import sys
import tarfile

SHARED = os.environ.get("SHARED", "../shared")
LABELLED = os.path.join(SHARED, "data", "labelled")
SETS = ["cold", "davidson", "spam"]


def unpacked(name):
    path = os.path.join(LABELLED, name)
    return subprocess.run(["zstd", "-dqc", path], check=True, stdout=subprocess.PIPE).stdout


def rows(name):
    return csv.DictReader(io.StringIO(unpacked(name).decode("utf-8-sig")))


def cold(part):
    for r in rows("cold-%s.csv.zst" % ("train" if part == "train" else "dev")):
        yield "hate " + r["topic"], r["label"] == "1", r["TEXT"]


def davidson(part):
    kinds = {"0": "hate speech", "1": "offensive", "2": "neither"}
    for i, r in enumerate(rows("davidson-en.csv.zst")):
        if i % 2 == (part == "test"):
            yield kinds[r["class"]], r["class"] != "2", r["tweet"]


def body(message):
    """Subject and the text parts, tags taken out."""
    parts = [str(message.get("subject", ""))]
    for p in message.walk():
        if p.get_content_maintype() != "text":
            continue
        raw = p.get_payload(decode=True) or b""
        text = raw.decode("utf-8", "replace") if b"\0" not in raw else ""
        if p.get_content_subtype() == "html":
            text = re.sub(r"(?s)<(style|script).*?</\1>|<[^>]*>|&nbsp;", " ", text)
        parts.append(text)
    return re.sub(r"[ \t]+", " ", "\n".join(parts))


def spam(part):
    files = tarfile.open(fileobj=io.BytesIO(unpacked("spam-assassin-part.tar.zst")))
    members = sorted((m for m in files.getmembers() if m.name.endswith(".txt")), key=lambda m: m.name)
    for i, m in enumerate(members):
        if i % 2 == (part == "test"):
            message = email.message_from_bytes(files.extractfile(m).read(), policy=email.policy.compat32)
            yield "spam mail", "spam" in m.name.split("/")[-2], body(message)


def prepare(folder):
    for name, read in zip(SETS, (cold, davidson, spam)):
        for part in ("train", "test"):
            with open(os.path.join(folder, "%s.%s.jsonl" % (name, part)), "w") as f:
                for i, (kind, bad, text) in enumerate(read(part)):
                    doc = {"id": str(i), "text": text, "kind": kind, "bad": bad}
                    f.write(json.dumps(doc, ensure_ascii=False) + "\n")


def lines(path):
    for r in map(json.loads, open(path)):
        print("%s\t%s" % ("bad" if r["bad"] else "good", re.sub(r"[\x00-\x1f\x7f]", " ", r["text"])))


def counts(folder, name, part, how):
    """(kind, bad) -> [dropped, all]"""
    table = {}
    for r in map(json.loads, open(os.path.join(folder, "%s.%s.jsonl" % (name, part)))):
        table.setdefault((r["kind"], r["bad"]), [0, 0])[1] += 1
    for r in map(json.loads, open(os.path.join(folder, "%s.%s.%s.rejects" % (name, part, how)))):
        table[(r["record"]["kind"], r["record"]["bad"])][0] += 1
    return table


def ratio(a, b):
    return "%5.1f %%" % (100 * a / b) if b else "    –  "


def report(folder):
    print("set        rules                 kind           harmful  dropped  recall   precision")
    for name in SETS:
        hows = sorted(f[len(name + ".test."):-len(".rejects")] for f in os.listdir(folder)
                      if f.startswith(name + ".test.") and f.endswith(".rejects"))
        for how in hows:
            table = counts(folder, name, "test", how)
            kinds = sorted({k for k, _ in table})
            both = all((k, b) in table for k in kinds for b in (True, False))
            for kind in ["all"] + (kinds if len(kinds) > 1 else []):
                mine = [k for k in table if kind in ("all", k[0])]
                bad = sum(table[k][1] for k in mine if k[1])
                hit = sum(table[k][0] for k in mine if k[1])
                wrong = sum(table[k][0] for k in mine if not k[1])
                if not bad:
                    continue
                precision = ratio(hit, hit + wrong) if both or kind == "all" else "    –  "
                print("%-10s %-21s %-14s %7d  %7d  %s  %s" % (name, how, kind, bad, hit + wrong,
                                                             ratio(hit, bad), precision))


if __name__ == "__main__":
    {"prepare": prepare, "lines": lines, "report": report}[sys.argv[1]](sys.argv[2])
