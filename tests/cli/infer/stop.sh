# --stop ends before the text that is met, wherever tokens end; the record keeps its own bytes.
model="--model $SRC/samples/tiny-model"
# shellcheck disable=SC2086
weir infer -q $model -n 30 --ignore-eos -p 'The clockmaker' >whole
stop=$(cut -c 9-12 whole | head -n 1)
# shellcheck disable=SC2086
weir infer -q $model -n 30 --ignore-eos --stop "$stop" -p 'The clockmaker' >cut
[ "$(cat cut)" = "$(head -n 1 whole | sed "s/$stop.*//")" ] || { cat whole cut; echo "stop: $stop"; }
printf '{ "z": [1, 2.50],  "prompt":"The clockmaker"  }\n' >in
# shellcheck disable=SC2086
weir infer -q $model -n 30 --ignore-eos --stop "$stop" in | sed 's/"response.*"end"/"end"/; s/[0-9]*}$/N}/'
