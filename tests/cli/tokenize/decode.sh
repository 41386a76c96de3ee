# The texts come back, with id, source and origin; also from compressed streams joined with cat.
model=$SRC/tests/data/tokenize/tiny.model
printf '%s\n' '{"id":"1","source":"s","text":"江水流。\n\n  \"The\" 鯨🎉 water","origin":{"offset":0}}' >a
printf '%s\n' '{"id":"2","text":"a\u0000b"}' >b
weir tokenize -q --model "$model" a -o a.tok.zst
weir tokenize -q --model "$model" b -o b.tok
{ zstd -dcq a.tok.zst; cat b.tok; } >ab.tok
weir tokenize -q --model "$model" --decode ab.tok
weir tokenize -q --model "$model" --decode a.tok.zst b.tok
