#!/bin/sh
# Encoding alone, on the same documents in one run: Weir's encoder, the SentencePiece library and, where
# they can be installed into a folder of their own, gigatoken, tiktoken and tokenizers.
#   bench/tokenizers.sh [FOLDER]     work files go to FOLDER (default: a new one, removed at the end)
# Writes bench/tokenizers.csv: model, text, documents, what, MB/s of one thread's CPU time (see tok_bench.c
# for the rows that are something else).  Texts: the first 6 MB of Chinese news, of novels, of Python.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
shared=${SHARED:-../shared/data}
[ -d "$shared" ] || { echo "bench: $shared is not there; nothing to measure"; exit 0; }
work=${1:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work/novels" "$work/repos"
zstd -dqc "$shared/zh/wudao-00001.json.zst" >"$work/news.json"
"$build/bin/weir-ingest" -q --from wudao "$work/news.json" -o "$work/news.jsonl"
jq -r .text "$work/news.jsonl" 2>/dev/null | head -c 6000000 >"$work/zh.txt" || true
zstd -dqc "$shared/en/novels.tar.zst" | tar -C "$work/novels" -xf -
find "$work/novels" -name '*.txt' | sort | xargs cat 2>/dev/null | head -c 6000000 >"$work/en.txt" || true
zstd -dqc "$shared/code/repos.tar.zst" | tar -C "$work/repos" -xf -
find "$work/repos" -name '*.py' | sort | xargs cat 2>/dev/null | head -c 6000000 >"$work/code.txt" || true
cp "$shared"/tokenizers/*.model "$work"
for m in llama3 qwen3; do zstd -dqc "$shared/tokenizers/$m.tokenizer.json.zst" >"$work/$m.json"; done

peers=$work/peers/bin/python
if ! { python3 -m venv "$work/peers" && "$work/peers/bin/pip" -q install gigatoken tiktoken tokenizers; } >/dev/null 2>&1; then
    echo "bench: gigatoken, tiktoken and tokenizers cannot be installed; without them"
    peers=:
fi
out=bench/tokenizers.csv
printf '# %s, %s cores, %s, %s\n' "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" \
    "$(nproc)" "$(uname -sm)" "$(${CC:-cc} --version | head -n 1)" >"$out.new"
echo "model,text,documents,what,MB/s of CPU time" | tee -a "$out.new"
for m in llama.model chinese-llama-2.model internlm.model mistral-v1.model chinese-bpe.model chinese-sp.model \
    cpm-unigram.model xlnet-zh-unigram.model sp-test.model sp-test-ja.model llama3.json qwen3.json; do
    "$build/bench/tok_bench" "$work/$m" "$work/zh.txt" "$work/en.txt" "$work/code.txt" | tee -a "$out.new"
    $peers bench/tok_peers.py "$work/$m" "$work/zh.txt" "$work/en.txt" "$work/code.txt" | tee -a "$out.new"
done
mv "$out.new" "$out"
