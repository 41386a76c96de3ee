# A sharded dedup under make, killed again and again with all its programs and started again: it comes
# to its end, with the bytes of one run over all shards, and has finished some steps only once.
set -eu
unset MAKEFLAGS MAKELEVEL MFLAGS
sh "$SRC/tests/documents.sh" 12000 >docs.jsonl
split -n l/6 -d -a 1 docs.jsonl shard.
weir dedup -q shard.? -o want
cat >build.mk <<'END'
SHARDS := 0 1 2 3 4 5
all: $(SHARDS:%=%.out)
%.sig: shard.% ; echo sign >>steps; weir dedup sign -q -j 1 -o $@ $<
%.match: $(SHARDS:%=%.sig) ; echo match >>steps; weir dedup match -q --bands $* -o $@ $^
$(SHARDS:%=%.verdict) &: $(SHARDS:%=%.sig) 0-4.match 5-9.match
	echo cluster >>steps; weir dedup cluster -q -m 36M --match 0-4.match --match 5-9.match --verdicts . \
	    -o summary $(SHARDS:%=%.sig)
%.out: shard.% %.verdict ; echo apply >>steps; weir dedup apply -q -j 1 --verdict $*.verdict -o $@ $<
.SECONDARY:
END
: >steps
n=0
while [ "$n" -lt 60 ] && ! make -q -f build.mk >/dev/null 2>&1; do
    n=$((n + 1))
    setsid make -s -j2 -f build.mk >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf %03d $((10 + n * 10)))"
    kill -9 -$pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
done
[ "$n" -gt 1 ] || { echo "done before it could be killed"; exit 77; }
make -s -f build.mk >/dev/null
cat ?.out | cmp - want
# Six shards signed, and each kill lost two steps at the most.
[ "$(grep -c sign steps)" -lt $((6 + 2 * n)) ]
left=$(find . -name '.*' -type f)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
