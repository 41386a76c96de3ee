# A cut stream, a changed byte and no stream at all are errors, and leave no output.
model=$SRC/tests/data/tokenize/tiny.model
printf '%s\n' '{"text":"water"}' '{"text":"stone"}' | weir tokenize -q --model "$model" -o t
size=$(wc -c <t)
head -c $((size - 64)) t >cut
{ head -c 130 t; printf '\377'; tail -c +132 t; } >changed
: >empty
for f in cut changed empty "$model"; do
    ! weir tokenize --decode --model "$model" "$f" -o out || echo "$f was taken"
    [ ! -e out ]
done
