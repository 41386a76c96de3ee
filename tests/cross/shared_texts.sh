# A little of every text of the shared data with every tokenizer there, ids equal to the reference's; "make
# diff-texts" does it with all of them.
[ -n "$SHARED" ] || { echo "no shared data"; exit 77; }
case ${BUILD##*/} in *asan* | *tsan*) echo "too long under sanitizers"; exit 77 ;; esac
LIMIT=${LIMIT:-1000}
export LIMIT
exec sh "$SRC/tests/diff/texts.sh"
