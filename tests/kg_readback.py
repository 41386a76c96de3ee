"""Compares every statement, name and class of Wikidata JSON with what a knowledge file gives back.

kg_readback.py [--external-ids] [--unnamed] FILE DUMP…: FILE is the output of "weir kg2instruction
show --json", DUMP the JSON that the file was built from, with these options.  Works out the expected values from the dump by itself; prints what differs."""
import json
import sys

DATATYPES = {
    "wikibase-item", "wikibase-property", "string", "external-id", "url", "commonsMedia", "time",
    "quantity", "globe-coordinate", "monolingualtext", "math", "geo-shape", "tabular-data",
    "musical-notation", "wikibase-lexeme", "wikibase-form", "wikibase-sense", "entity-schema"}


def entities(path):
    """Entities of an array with one a line (its end may lack), of lines, or one over many lines."""
    text = open(path, encoding="utf-8").read()
    decoder, at = json.JSONDecoder(), 0
    while True:
        while at < len(text) and text[at] in " \t\r\n[],":
            at += 1
        if at == len(text):
            return
        entity, at = decoder.raw_decode(text, at)
        yield entity


def entity_id(uri):
    return uri.rsplit("/", 1)[1]


def value(v):
    """A datavalue without what has several spellings."""
    kind, x = v["type"], v["value"]
    if kind == "wikibase-entityid":
        if "id" in x:
            return [kind, x["id"]]
        return [kind, ("P" if x["entity-type"] == "property" else "Q") + str(x["numeric-id"])]
    if kind == "time":
        sign, rest = x["time"][0], x["time"][1:]
        year, month, tail = rest.split("-", 2)
        return [kind, int(sign + year), month, tail, x["timezone"], x["before"], x["after"],
                x["precision"], entity_id(x["calendarmodel"])]
    if kind == "quantity":
        unit = x["unit"] if x["unit"] == "1" else entity_id(x["unit"])
        return [kind, x["amount"], unit, x.get("lowerBound"), x.get("upperBound")]
    if kind == "globecoordinate":
        globe = x.get("globe")
        return [kind, x["latitude"], x["longitude"], x.get("precision"), globe and entity_id(globe)]
    if kind == "monolingualtext":
        return [kind, x["language"], x["text"]]
    return [kind, x]


def snak(s):
    datatype = s.get("datatype")
    return [s["property"], s["snaktype"], datatype if datatype in DATATYPES else None,
            value(s["datavalue"]) if s["snaktype"] == "value" else None]


def statements(e, keep_ids):
    """All statements as {property: [statement …]}, in the order of each property's list."""
    claims = e.get("claims") or {}
    found = {}
    for prop, group in claims.items():
        for s in group:
            if not keep_ids and s["mainsnak"].get("datatype") == "external-id":
                continue
            qualifiers = [snak(q) for qs in (s.get("qualifiers") or {}).values() for q in qs
                          if keep_ids or q.get("datatype") != "external-id"]
            found.setdefault(prop, []).append([snak(s["mainsnak"]), s["rank"], qualifiers])
    return found


def names(e):
    """English names, which nothing changes: (label, all labels and aliases, title)."""
    labels, aliases = e.get("labels") or {}, e.get("aliases") or {}
    ours = [c for c in labels if c == "en" or (c[:3] == "en-" and len(c) in (5, 7))]
    label = labels["en"]["value"] if "en" in labels else None
    every = {labels[c]["value"] for c in ours}
    for c, group in aliases.items():
        if c == "en" or (c[:3] == "en-" and len(c) in (5, 7)):
            every |= {a["value"] for a in (group.values() if isinstance(group, dict) else group)}
    links = e.get("sitelinks") or {}
    return label, every - {""}, links["enwiki"]["title"] if "enwiki" in links else None


def kept_names(e):
    label = e["labels"]["en"]["value"] if "en" in e["labels"] else None
    every = {a["value"] for a in e["aliases"].get("en", [])}
    if label is not None:
        every |= {label}
    links = e["sitelinks"]
    return label, every, links["enwiki"]["title"] if "enwiki" in links else None


def has_name(e):
    chinese = ("zh", "zh-hans", "zh-hant", "zh-cn", "zh-tw", "zh-hk", "zh-sg", "zh-mo", "zh-my")
    codes = list(e.get("labels") or {}) + list(e.get("aliases") or {})
    links = e.get("sitelinks") or {}
    return "enwiki" in links or "zhwiki" in links or any(
        c in chinese or c == "mul" or c == "en" or (c[:3] == "en-" and len(c) in (5, 7)) for c in codes)


def main():
    files = [a for a in sys.argv[1:] if not a.startswith("--")]
    keep_ids, unnamed = "--external-ids" in sys.argv, "--unnamed" in sys.argv
    got = {e["id"]: e for e in entities(files[0])}
    wanted, bad, n = {}, 0, 0
    for path in files[1:]:
        for e in entities(path):
            if e.get("type") in ("item", "property") and (unnamed or has_name(e)):
                wanted.setdefault(e["id"], e)
    if set(got) != set(wanted):
        print("entities differ:", sorted(set(got) ^ set(wanted))[:10])
        bad += 1
    for key in sorted(set(got) & set(wanted)):
        a, b = statements(wanted[key], keep_ids), statements(got[key], True)
        n += sum(map(len, a.values()))
        if a != b:
            bad += 1
            for prop in sorted(set(a) | set(b)):
                if a.get(prop) != b.get(prop):
                    print(key, prop, "\n  dump", a.get(prop), "\n  file", b.get(prop))
        if names(wanted[key])[1:] != kept_names(got[key])[1:]:
            bad += 1
            print(key, "names\n  dump", names(wanted[key]), "\n  file", kept_names(got[key]))
        if names(wanted[key])[0] is not None and names(wanted[key])[0] != kept_names(got[key])[0]:
            bad += 1
            print(key, "label differs")
        if len(wanted[key].get("sitelinks") or {}) != got[key]["n_sitelinks"]:
            bad += 1
            print(key, "sitelinks differ")
    print(len(wanted), "entities,", n, "statements compared")
    sys.exit(bad != 0)


main()
