"""Noisy answers, and the counts that IEPile's evaluator has of them, restated.

noise TASK TEST SAMPLE: records of TEST with an answer, made from SAMPLE's facts and spoilt by chance.
counts TASK MATCH: standard input are such records; prints right, said and gold (of events also arguments).
"""
import json
import random
import sys
from collections import Counter

TASKS = {"NER": "entity", "EET": "event", "RE": "relation", "EE": "event", "EEA": "event"}


def answer(task, r, labels):
    out = {}
    for label in labels:
        out[label] = []
    for f in r[TASKS[task]]:
        label = f.get("entity_type") or f.get("relation") or f.get("event_type")
        if label not in out:
            continue
        if task == "NER":
            out[label].append(f["entity"])
        elif task == "EET":
            out[label].append(f["event_trigger"])
        elif task == "RE":
            out[label].append({"subject": f["head"], "object": f["tail"]})
        else:
            roles = {}
            for a in f["arguments"]:
                roles.setdefault(a["role"], []).append(a["argument"])
            roles = {k: v if len(v) > 1 else v[0] for k, v in roles.items()}
            roles["无关"] = "NAN"
            out[label].append({"trigger": f["event_trigger"], "arguments": roles} if task == "EE" else roles)
    return out


def spoil(x, rng):
    """Drops, repeats, shortens and adds things in place, at any depth."""
    if isinstance(x, list):
        x = [spoil(i, rng) for i in x if rng.random() > 0.15]
        if x and rng.random() < 0.3:
            x.append(rng.choice(x))
        if rng.random() < 0.1:
            x.append(rng.choice(["多余", 7, None, {"subject": 1}, ["深"]]))
        return x
    if isinstance(x, dict):
        return {k: spoil(v, rng) for k, v in x.items() if rng.random() > 0.05}
    return x[:-1] if isinstance(x, str) and rng.random() < 0.1 else x


def noise(task, test, sample):
    rng = random.Random(5)
    facts = {r["text"]: r for r in map(json.loads, open(sample, encoding="utf-8"))}
    for n in range(8):
        for line in open(test, encoding="utf-8"):
            r = json.loads(line)
            i = json.loads(r["instruction"])
            labels = [s if isinstance(s, str) else s["event_type"] for s in i["schema"]]
            a = answer(task, facts[i["input"]], labels)
            for label in a:
                if rng.random() < 0.02:
                    a[label] = rng.choice(["非列表", {}, 3])
                elif task != "EEA":
                    a[label] = spoil(a[label], rng)
                else:
                    a[label] = [spoil(e, rng) for e in a[label]]
            text = json.dumps(a, ensure_ascii=False)
            c = rng.random()
            if c < 0.05:
                text = text[: len(text) // 2]
            elif c < 0.1:
                text = "结果：" + text
            elif c < 0.12:
                text = json.dumps([a])
            r["id"], r["source"], r["output"] = f"{n}{r['id']}", "made", text
            print(json.dumps(r, ensure_ascii=False))


def said(task, text):
    try:
        x = json.loads(text)
    except ValueError:
        return []
    out = []
    for key, values in x.items() if isinstance(x, dict) else ():
        for v in values if isinstance(values, list) else ():
            if task in ("NER", "EET"):
                if isinstance(v, str):
                    out.append((key, v))
            elif not isinstance(v, dict):
                continue
            elif task == "RE":
                pair = (v.get("subject", ""), v.get("object", ""))
                if all(isinstance(s, str) for s in pair):
                    out.append((key, *pair))
            else:
                trigger = v.get("trigger", "") if task == "EE" else ""
                roles = v.get("arguments", {}) if task == "EE" else v
                if not isinstance(trigger, str):
                    continue
                args = [
                    (s, role)
                    for role, vs in roles.items()
                    for s in (vs if isinstance(vs, list) else [vs])
                    if s != "NAN"
                ]
                out.append((key, trigger, args))
    return out


def gold(task, label):
    out = []
    for f in json.loads(label):
        if task == "NER":
            out.append((f["entity_type"], f["entity"]))
        elif task == "EET":
            out.append((f["event_type"], f["event_trigger"]))
        elif task == "RE":
            out.append((f["relation"], f["head"], f["tail"]))
        else:
            args = [(a["argument"], a["role"]) for a in f["arguments"]]
            out.append((f["event_type"], f["event_trigger"] if task == "EE" else "", args))
    return out


def counts(task, match):
    texts = {}
    for r in map(json.loads, sys.stdin):
        t = texts.setdefault(r["source"] + r["id"], ([], gold(task, r["label"])))
        t[0].extend(said(task, r["output"]))
    parts = [lambda facts: facts]
    if task in ("EE", "EEA"):
        parts = [
            lambda facts: [f[:2] for f in facts],
            lambda facts: [(f[0], str(a), str(b)) for f in facts for a, b in f[2] if isinstance(a, str)],
        ]
    for part in parts:
        right = n_said = n_gold = 0
        for s, g in texts.values():
            s, g = Counter(part(s)), Counter(part(g))
            if match == "set":
                s, g = Counter(set(s)), Counter(set(g))
            right += sum((s & g).values())
            n_said += sum(s.values())
            n_gold += sum(g.values())
        print(right, n_said, n_gold)


if sys.argv[1] == "noise":
    noise(*sys.argv[2:])
else:
    counts(*sys.argv[2:])
