# weir tokenize train gives the bytes of spm_train with the same settings for the same lines, but for the names
# of input and model, which it leaves out.
set -eu
command -v spm_train >/dev/null 2>&1 || { echo "spm_train is not installed"; exit 77; }
command -v python3 >/dev/null 2>&1 || { echo "no python3"; exit 77; }
cat >nameless.py <<'END'
# The model without trainer_spec's fields 1 and 2 (input, model_prefix); ModelProto.trainer_spec is field 2.
import sys
def number(b, i):
    v = s = 0
    while True:
        v |= (b[i] & 127) << s
        s += 7
        i += 1
        if b[i - 1] < 128:
            return v, i
def fields(b):
    i = 0
    while i < len(b):
        key, at = number(b, i)
        if key & 7 == 2:
            n, at = number(b, at)
            yield key >> 3, b[i:at + n], b[at:at + n]
            i = at + n
        else:
            end = number(b, at)[1] if key & 7 == 0 else at + (4 if key & 7 == 5 else 8)
            yield key >> 3, b[i:end], None
            i = end
def packed(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])
out = b""
for field, whole, inner in fields(open(sys.argv[1], "rb").read()):
    if field == 2:
        inner = b"".join(w for f, w, _ in fields(inner) if f not in (1, 2))
        whole = b"\x12" + packed(len(inner)) + inner
    out += whole
open(sys.argv[2], "wb").write(out)
END
sh "$SRC/tests/documents.sh" 60 >docs.jsonl
sed 's/.*"text":"//; s/","source".*//' docs.jsonl >text
cat "$SRC/tests/data/tokenize/train.txt" >>text
python3 -c 'import json
for l in open("'"$SRC"'/tests/data/tokenize/train.txt"): print(json.dumps({"text": l.rstrip("\n")}))' >>docs.jsonl
llama="--model_type=bpe --character_coverage=0.99995 --byte_fallback --split_digits --allow_whitespace_only_pieces
    --normalization_rule_name=identity --remove_extra_whitespaces=false"
check() # SPM_TRAIN'S SETTINGS -- OURS
{
    theirs=
    while [ "$1" != -- ]; do theirs="$theirs $1"; shift; done
    shift
    # shellcheck disable=SC2086
    spm_train --input=text --model_prefix=m --num_threads=1 --minloglevel=2 $theirs 2>/dev/null
    python3 nameless.py m.model want
    weir tokenize train -q "$@" -o got docs.jsonl
    cmp want got || { echo "$@"; exit 1; }
}
# shellcheck disable=SC2086
{
    check $llama --vocab_size=700 -- --vocab-size 700
    check $llama --vocab_size=600 --character_coverage=0.98 --user_defined_symbols='fox,"a,b"' --control_symbols='<c>' \
        -- --vocab-size 600 --coverage 0.98 --symbol fox --symbol a,b --control '<c>'
    check $llama --vocab_size=600 --normalization_rule_name=nmt_nfkc --max_sentencepiece_length=4 \
        -- --vocab-size 600 --normalization nmt_nfkc --set max_sentencepiece_length=4
    check --vocab_size=300 -- --preset sentencepiece --vocab-size 300
    check --vocab_size=200 --model_type=char -- --preset sentencepiece --vocab-size 200 --type char
}
