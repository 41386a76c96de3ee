# Random strings through every tokenizer and its reference; "make diff N=…" does it with more of them.
case ${BUILD##*/} in *asan* | *tsan*) n=1000 ;; *) n=20000 ;; esac
exec sh "$SRC/tests/diff/run.sh" $n
