#!/bin/sh
# weir infer's steps on models of random weights (bench/infer_model.py), and llama.cpp's on the same weights
# with as many bits and threads, in one run.
#   bench/infer.sh [FOLDER]     work files (2.8 GB) go to FOLDER (default: a new one, removed at the end)
# Needs NumPy and gguf, and for the comparison llama-cpp-python, which are installed into FOLDER from the
# package index (the last is compiled for this CPU there: that takes long).  LLAMA=0: without it.
# Writes bench/infer.csv: model, dtype, threads, what, Weir, llama.cpp, ratio.  What: see infer_bench.c.
set -eu
cd "$(dirname "$0")/.."
build=${BUILD:-build}
work=${1:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
py=$work/v/bin/python
[ -x "$py" ] || python3 -m venv "$work/v"
"$py" -c 'import gguf, numpy' 2>/dev/null || "$work/v/bin/pip" -q install gguf numpy
if [ "${LLAMA:-1}" = 1 ] && ! "$py" -c 'import llama_cpp' 2>/dev/null; then
    CMAKE_ARGS=-DLLAVA_BUILD=OFF "$work/v/bin/pip" -q install llama-cpp-python || echo "bench: llama-cpp-python cannot be installed; without it"
fi
peer=0
[ "${LLAMA:-1}" = 1 ] && "$py" -c 'import llama_cpp' 2>/dev/null && peer=1

out=bench/infer.csv
printf '# %s, %s cores, %s, %s\n' "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" \
    "$(nproc)" "$(uname -sm)" "$(${CC:-cc} --version | head -n 1)" >"$out.new"
echo "model,dtype,threads,what,Weir,llama.cpp,ratio" | tee -a "$out.new"
for size in ${SIZES:-small large}; do
    [ -e "$work/$size/q8.gguf" ] || "$py" bench/infer_model.py "$work/$size" "$size"
    for threads in ${THREADS:-1 2}; do
        for dtype in fp16 int8 bf16; do
            case $dtype in fp16) file=f16 ;; int8) file=q8 ;; *) file= ;; esac
            : >"$work/theirs"
            "$build/bench/infer_bench" "$work/$size" "$dtype" "$threads" >"$work/ours"
            [ "$peer" = 0 ] || [ -z "$file" ] ||
                "$py" bench/infer_llama.py "$work/$size/$file.gguf" "$threads" >"$work/theirs"
            awk -v m="$size" -v d="$dtype" -v t="$threads" '
                FILENAME == ARGV[1] { theirs[$1] = $2; next }
                {
                    ratio = $1 in theirs ? sprintf("%.2f", $2 / theirs[$1]) : ""
                    unit = $3 ? " " $3 : ""
                    printf "%s,%s,%s,%s%s,%s,%s,%s\n", m, d, t, $1, unit, $2, theirs[$1], ratio
                }' "$work/theirs" "$work/ours" | tee -a "$out.new"
        done
    done
done
mv "$out.new" "$out"
