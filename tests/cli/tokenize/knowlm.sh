# Sentences alone, BOS 1 before the first and EOS 2 behind the last; "" between two marks, "(" alone and
# newlines join the sentence before when newlines are kept; white space alone gives nothing.
model=$SRC/tests/data/tokenize/tiny.model
t() { weir tokenize -q --json --compat knowlm --model "$model" "$@" | sed 's/.*"n_tokens/"n_tokens/'; }
printf '%s\n' '{"text":"水！！流\n(。老"}' '{"text":"！水"}' >in
t --keep-newlines in
t in
t --no-split in
printf '%s\n' '{"text":" \u3000\u001c\u0085\n"}' '{"text":"\\n"}' '{"text":""}' >blank
t blank
# 22 tokens with BOS and EOS, at most 8: 3 blocks (22 mod 8 is below 6.4) of 7 characters; or ids cut every 8.
printf '%s\n' '{"text":"水水水水水水水水水水水水水水水水水水水"}' >long
t --no-split --seq-length 8 long
t --no-split --seq-length 8 --language english long
