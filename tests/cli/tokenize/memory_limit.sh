# A text that the library must encode whole, and that would take more than -m, ends the run; nothing appears.
{ printf '{"text":"'; awk 'BEGIN { for (i = 0; i < 60000; i++) printf "water " }'; printf '"}\n'; } >in
! weir tokenize --encoder library -m 64M --model "$SRC/tests/data/tokenize/unigram.model" in -o out
[ ! -e out ]
# A BPE model's texts are cut; Weir's encoder takes both.
weir tokenize -q -m 64M --model "$SRC/tests/data/tokenize/tiny.model" in -o out
[ -s out ]
weir tokenize -q -m 64M --model "$SRC/tests/data/tokenize/unigram.model" in -o out
[ -s out ]
