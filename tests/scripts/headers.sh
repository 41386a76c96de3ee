# Every public header compiles alone, as C11 and as C++17.
set -eu
n=0
for h in "$SRC"/include/weir/*.h; do
    echo "#include \"weir/$(basename "$h")\"" >one.c
    cp one.c one.cpp
    ${CC:-cc} -std=c11 -Wall -Wextra -Werror -pedantic -I"$SRC/include" -fsyntax-only one.c
    ${CXX:-c++} -std=c++17 -Wall -Wextra -Werror -I"$SRC/include" -fsyntax-only one.cpp
    n=$((n + 1))
done
[ "$n" -gt 5 ]
