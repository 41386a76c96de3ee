#!/bin/sh
# weir infer on a GPU, in a few minutes: what the device reads at most; decoding of one sequence as a
# share of that; of 64; reading of a prompt; and how far its logits are from the CPU's.  The model has
# LLaMA 7B's shape and random weights, fp16 and int8; 16 GB of device memory and 3 GB of the host's.
set -eu
cd "$(dirname "$0")/.."
if ! command -v nvidia-smi >/dev/null 2>&1 || ! nvidia-smi -L >/dev/null 2>&1; then
    echo 'there is no GPU: nothing was measured'
    exit 0
fi
nvidia-smi -L
make -j"$(nproc)" CUDA=1 "${BUILD:-build}/bench/infer_gpu_bench" "${BUILD:-build}/tests/infer_gpu_test" >/dev/null
"${BUILD:-build}/tests/infer_gpu_test"
for dtype in fp16 int8; do "${BUILD:-build}/bench/infer_gpu_bench" $dtype; done
