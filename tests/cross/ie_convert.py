"""Original datasets rebuilt from the common form: argv: folder of the originals, folder of what convert wrote."""
import ast
import glob
import json
import re
import sys

D, O = sys.argv[1], sys.argv[2]


def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")]


def each(name, originals):
    made = lines(f"{O}/{name}.jsonl")
    assert len(made) == len(originals), name
    return zip(originals, made)


def cluener():
    for a, b in each("cluener", lines(f"{D}/cluener-train.jsonl")):
        label = {}
        for e in b["entity"]:
            s, t = e["offset"]
            label.setdefault(e["entity_type"], {}).setdefault(e["entity"], []).append([s, t - 1])
        assert a == {"text": b["text"], "label": label}, (a, b)


def duee():
    for a, b in each("duee", lines(f"{D}/EE/data/duee_dev.json")):
        events = []
        for e in b["event"]:
            e["trigger"], e["trigger_start_index"] = e.pop("event_trigger"), e.pop("offset")[0]
            for x in e["arguments"]:
                x["argument_start_index"] = x.pop("offset")[0]
            events.append(e)
        del b["source"]
        b["event_list"] = b.pop("event")
        assert a == b, (a, b)


def fewrel():
    d = json.load(open(f"{D}/val_nyt.json", encoding="utf-8"))
    for (name, a), b in each("fewrel", [(k, x) for k, v in d.items() for x in v]):
        (r,) = b["relation"]
        assert r["relation"] == name and b["text"] == " ".join(a["tokens"])
        for key, side in (("h", "head"), ("t", "tail")):
            places = a[key][2]
            words = " ".join(a["tokens"][places[0][0] : places[0][-1] + 1])
            assert r[side] == words and r[side + "_id"] == a[key][1]
            assert b["text"][slice(*r[side + "_offset"])] == words
            assert len(places) == 1 or r[side + "_words"] == places


def peoples_daily():
    text = open(f"{D}/peoples-daily-dev.bio", encoding="utf-8").read()
    for a, b in each("peoples-daily", [x for x in re.split(r"\n\s*\n", text) if x.strip()]):
        rows = [line.split(" ") for line in a.strip("\n").split("\n")]
        tags = ["O"] * len(b["text"])
        for e in b["entity"]:
            s, t = e["offset"]
            tags[s:t] = ["B-" + e["entity_type"]] + ["I-" + e["entity_type"]] * (t - s - 1)
        assert [r[0] for r in rows] == list(b["text"]) and [r[1] for r in rows] == tags


def conll04():
    docs = open(f"{D}/data/CoNLL04/train.txt", encoding="utf-8").read().split("#doc")[1:]
    for a, b in each("conll04", docs):
        rows = [line.split("\t") for line in a.split("\n")[1:] if line]
        words, spans, before = [r[1] for r in rows], [], "O"
        for i, r in enumerate(rows):
            if r[2] != "O" and (r[2][0] == "B" or before[2:] != r[2][2:]):
                spans.append([i, i, r[2][2:]])
            elif r[2] != "O":
                spans[-1][1] = i
            before = r[2]
        named = {t: (" ".join(words[s : t + 1]), kind) for s, t, kind in spans}
        assert b["text"] == " ".join(words)
        assert list(named.values()) == [(e["entity"], e["entity_type"]) for e in b["entity"]]
        want = [
            (named[i], name, named[tail])
            for i, r in enumerate(rows)
            for name, tail in zip(ast.literal_eval(r[3]), ast.literal_eval(r[4]))
            if name != "N"
        ]
        got = [((x["head"], x["head_type"]), x["relation"], (x["tail"], x["tail_type"])) for x in b["relation"]]
        assert want == got, (want, got)


def casie():
    wrong = 0
    files = sorted(glob.glob(f"{D}/data/annotation/*.json"))
    for path, b in each("casie", files):
        a = json.load(open(path, encoding="utf-8"))
        assert a["content"] == b["text"] and a["info"] == b["info"]
        events = [(e, h["index"]) for h in a["cyberevent"]["hopper"] for e in h["events"]]
        assert len(events) == len(b["event"])
        for (e, hopper), m in zip(events, b["event"]):
            assert m["hopper"] == hopper and m["class"] == e["type"]
            assert m["event_type"] == e.get("subtype", e["type"]) and m["realis"] == e["realis"]
            for x, y, key in [(e["nugget"], m, "event_trigger")] + [
                (x, y, "argument") for x, y in zip(e.get("argument", []), m["arguments"], strict=True)
            ]:
                assert y[key] == x["text"] and (key != "argument" or y["role"] == x["role"]["type"])
                assert y.get("external_reference") == (x.get("external_reference") if key == "argument" else None)
                place = [x["startOffset"], x["endOffset"]]
                right = a["content"][place[0] : place[1]] == x["text"]
                assert y.get("offset") == (place if right else None)
                wrong += not right
    print("wrong offsets", wrong)


for f in (cluener, duee, fewrel, peoples_daily, conll04, casie):
    f()
