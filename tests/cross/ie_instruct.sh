# IEPile's sample files become its own train and test files: the same labels, schemas and outputs for the
# same groups of labels in the same order.
set -eu
command -v python3 >/dev/null 2>&1 || { echo "python3 is not installed"; exit 77; }
[ -n "$SHARED" ] && [ -d "$SHARED/data/ie" ] || { echo "no shared data"; exit 77; }
tar --zstd -xf "$SHARED/data/ie/iepile-samples.tar.zst"
# shellcheck disable=SC2086
for task in NER RE SPO EE EET EEA KG; do
    sides=subject
    [ $task != RE ] || sides=head # as their older files have them
    given=--given
    [ $task != KG ] || given= # the one task where theirs sorts
    python3 "$SRC/tests/cross/ie_instruct.py" groups data/$task train |
        weir kg2instruction instruct -q --task $task --form iepile $given --sides $sides >made
    python3 "$SRC/tests/cross/ie_instruct.py" check data/$task train <made || { echo "$task train"; exit 1; }
    python3 "$SRC/tests/cross/ie_instruct.py" groups data/$task test |
        weir kg2instruction instruct -q --task $task --form iepile $given --test >made
    python3 "$SRC/tests/cross/ie_instruct.py" check data/$task test <made || { echo "$task test"; exit 1; }
    # Drawn by ourselves: groups of the sizes that theirs have.
    weir kg2instruction instruct -q --task $task --form iepile --schema data/$task/schema.json --test data/$task/sample.json |
        python3 -c 'import json, sys
for l in sys.stdin: print(len(json.loads(json.loads(l)["instruction"])["schema"]))' >ours
    python3 -c 'import json, sys
for l in open(sys.argv[1]): print(len(json.loads(json.loads(l)["instruction"])["schema"]))' data/$task/test.json >theirs
    [ $task = EEA ] || cmp ours theirs || { echo "$task groups"; exit 1; }
done

# Hard negatives of a dictionary: those of the labels that are there, and --split-num others.
weir kg2instruction instruct -q --task SPO --form iepile --schema data/SPO/schema.json \
    --hard data/hard_negative/SPO_DuIE2.0.json data/SPO/sample.json >made
cat >count.py <<'END'
import json
near = json.load(open("data/hard_negative/SPO_DuIE2.0.json", encoding="utf-8"))
schema = set(json.loads(open("data/SPO/schema.json", encoding="utf-8").readline()))
asked = {}
for line in open("made", encoding="utf-8"):
    i = json.loads(json.loads(line)["instruction"])
    labels = ["_".join((x["subject_type"], x["predicate"], x["object_type"])) for x in i["schema"]]
    asked.setdefault(i["input"], []).extend(labels)
for line in open("data/SPO/sample.json", encoding="utf-8"):
    r = json.loads(line)
    there = {"_".join((x["head_type"], x["relation"], x["tail_type"])) for x in r["relation"]}
    must = {n for t in there for n in near[t]} & schema | there
    got = asked.pop(r["text"])
    assert len(got) == len(set(got)) == len(must) + min(4, len(schema - must)) and must <= set(got), (got, must)
assert not asked
END
python3 count.py
# The dictionary of all tasks and datasets is read; the labels that are near stand in it.
weir kg2instruction instruct -q --task RE --form iepile --schema data/RE/schema.json \
    --hard data/hard_negative/hard_dict.json --hard-set DuIE2.0 data/RE/sample.json >made
