# Lines of ids as spm_encode --output_format=id writes them, and back; empty lines, odd bytes and a last line
# without newline too.
model=$SRC/tests/data/tokenize/tiny.model
printf '江水流。\n\n\n  two  spaces \r\nThe end\n\377 x\n\000\n<s> </s>\nno newline' >in
weir tokenize -q --lines --model "$model" in | tee ids
weir tokenize -q --lines --bos --eos --model "$model" <in | sed -n '1,2p'
spm_encode --model="$model" --output_format=id <in >want 2>/dev/null
cmp ids want
weir tokenize -q --lines --decode --model "$model" ids >text
spm_decode --model="$model" --input_format=id <ids >want 2>/dev/null
cmp text want
sed -n '1,5p' text
