# The sample that uses the tokenizer's header builds against the library alone and does what it says.
set -eu
case ${BUILD##*/} in *asan* | *tsan*) echo "the sample is built without sanitizers"; exit 77 ;; esac
cp "$BUILD/libweir.so" libweir.so.0
${CC:-cc} -std=c11 -Wall -Wextra -Werror -I"$SRC/include" "$SRC/samples/encode.c" libweir.so.0 -o encode
model=$SRC/tests/data/tokenize/tiny.model
printf '江水流。\nThe water  runs.\n' >text
LD_LIBRARY_PATH=. ./encode "$model" <text >got
weir tokenize -q --encoder library --lines --model "$model" text >ids
paste -d ' ' ids text | sed 's/ \([^ 0-9]\)/ = \1/' >want
cmp want got
