# KnowLM's own outputs: its greedy merge over our units gives its samples.
set -eu
command -v python3 >/dev/null 2>&1 || { echo "python3 is not installed"; exit 77; }
[ -n "$SHARED" ] || { echo "no shared data"; exit 77; }
golden=$SHARED/data/golden/knowlm
cat >merge.py <<'END'
# stdin: documents of weir tokenize --json; argv: N, .bin, .idx
import json, struct, sys
limit, ids, index = int(sys.argv[1]), [], []
for line in sys.stdin:
    units, i = json.loads(line)["units"], 0
    while i < len(units):
        j, k, n = i, i, 0
        while k < len(units) and (k == i or n + len(units[k]) <= limit):
            n += len(units[k])
            k += 1
        while j > 0 and n + len(units[j - 1]) <= limit:
            j -= 1
            n += len(units[j])
        if n > 20:
            index.append((len(ids), n))
            ids += sum(units[j:k], [])
        i = k
data, idx = open(sys.argv[2], "rb").read(), open(sys.argv[3], "rb").read()
n = len(idx) // 10
want = list(zip(struct.unpack("<%dQ" % n, idx[:8 * n]), struct.unpack("<%dH" % n, idx[8 * n:])))
assert want == index, "samples differ"
assert data == struct.pack("<%dH" % len(ids), *ids), "tokens differ"
END
check() # NAME INPUT N OPTIONS
{
    name=$1 in=$2 n=$3
    shift 3
    zstd -dqf "$golden/$name.bin.zst" -o bin
    zstd -dqf "$golden/$name.idx.zst" -o idx
    weir tokenize -q --json --compat knowlm --seq-length "$n" "$@" \
        --model "$SHARED/data/tokenizers/llama.model" "$golden/$in" | python3 merge.py "$n" bin idx ||
        { echo "$name"; exit 1; }
}
check zh-keep-1024 zh.jsonl.zst 1024 --keep-newlines
check zh-keep-64 zh.jsonl.zst 64 --keep-newlines
check zh-drop-1024 zh.jsonl.zst 1024
check zh-whole-1024 zh.jsonl.zst 1024 --no-split
check en-whole-1024 en.jsonl.zst 1024 --no-split --language english
