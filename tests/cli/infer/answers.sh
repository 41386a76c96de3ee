# What a record gets does not depend on threads, on what runs beside it, or on how it came in.
model="--model $SRC/samples/tiny-model"
for i in 1 2 3 4 5 6 7 8; do printf '{"id":%d,"prompt":"The lamp and %d"}\n' $i $i; done >in
# shellcheck disable=SC2086
{
    weir infer -q $model -n 12 -j 1 in -o one
    weir infer -q $model -n 12 -j 3 in -o three
    cmp one three
    weir infer -q $model -n 12 -p 'The lamp and 5' >text
    sed -n 5p one | grep -qF "$(tr '\n' ' ' <text | sed 's/ *$//' | cut -c 1-10)"
    weir infer -q $model -n 12 --sample --top-k 5 --seed 3 in -o drawn
    sed -n 4p in >fourth
    weir infer -q $model -n 12 --sample --top-k 5 --seed 3 in -o again
    cmp drawn again
    weir infer -q $model -n 12 --sample --top-k 5 --seed 4 in | cmp -s - drawn && echo 'the seed does nothing'
    weir infer -q $model -n 9 --beams 3 --n-best 3 --field a fourth | tr ',' '\n' | grep -o '^"[a-z_0-9]*":'
    weir infer -q $model -n 9 --beams 3 fourth >beams
    weir infer -q $model -n 9 --beams 3 in | sed -n 4p | cmp - beams
}
