# What make install puts there is enough to build the sample by pkg-config, with the shared library and with the static one.
set -eu
case ${BUILD##*/} in *asan* | *tsan*) echo "the sample is built without sanitizers"; exit 77 ;; esac
prefix=$PWD/installed
${MAKE:-make} -s -C "$SRC" BUILD="$BUILD" PREFIX="$prefix" DESTDIR= install >log 2>&1 || { cat log; exit 1; }
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
[ "$(pkg-config --modversion weir)" = "$(cat "$SRC/VERSION")" ]
model=$SRC/tests/data/tokenize/tiny.model
printf '江水流。\nThe water  runs.\n' >text
weir tokenize -q --encoder library --lines --model "$model" text >ids
paste -d ' ' ids text | sed 's/ \([^ 0-9]\)/ = \1/' >want

# shellcheck disable=SC2046
${CC:-cc} -std=c11 -Wall -Wextra -Werror "$SRC/samples/encode.c" $(pkg-config --cflags --libs weir) -o shared
LD_LIBRARY_PATH=$prefix/lib ./shared "$model" <text >got
cmp want got

rm "$prefix"/lib/libweir.so*
# shellcheck disable=SC2046
${CC:-cc} -std=c11 -Wall -Wextra -Werror "$SRC/samples/encode.c" $(pkg-config --cflags --libs --static weir) -o static
./static "$model" <text >got
cmp want got

"$prefix/bin/weir-tokenize" --lines -q --model "$model" text | cmp - ids
