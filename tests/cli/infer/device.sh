# Without a GPU: the CPU, and an error only where CUDA is asked for.
command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi >/dev/null 2>&1 && { echo 'there is a GPU'; exit 77; }
tiny="--model $SRC/samples/tiny-model"
# shellcheck disable=SC2086
{
    weir infer -q $tiny -n 8 -p 'The lamp' >auto
    weir infer -q $tiny -n 8 --device cpu -p 'The lamp' >cpu
    cmp auto cpu
    weir infer -q $tiny -n 8 --device cuda -p 'The lamp' 2>err && echo 'there is no GPU'
    sed 's/--device cuda: .*/--device cuda: WHY/; s/ (see.*//' err | head -n 1
    printf '{"text":"The lamp"}\n' >in
    weir infer score -q $tiny --device cuda in 2>err && echo 'there is no GPU'
    sed 's/--device cuda: .*/--device cuda: WHY/' err | head -n 1
    weir infer -q $tiny --device gpu -p x 2>/dev/null || echo "exit $?"
    weir infer -q $tiny --gpus 65 -p x 2>/dev/null || echo "exit $?"
}
