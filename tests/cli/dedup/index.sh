# Releases one after another against one run over all: the same documents stay, whatever the memory; copies
# name the old id; a failed run and a second writer change nothing.
sh "$SRC/tests/documents.sh" 900 >all.jsonl
printf '{"id":"x1","text":"Only In Release One"}\n' >>all.jsonl
for i in 1 2 3; do sed -n "$((i * 300 - 299)),$((i * 300))p" all.jsonl >r$i.jsonl; done
printf '{"id":"x1","text":"Only In Release One"}\n' >>r1.jsonl
printf '{"id":"x3","text":"only in  release one"}\n' >>r3.jsonl
for i in 1 2 3; do weir-dedup -q --index idx --rejects rej$i r$i.jsonl -o out$i; done
cat r1.jsonl r2.jsonl r3.jsonl | weir-dedup -q --rejects rej -o out
cat out1 out2 out3 | cmp - out
cut -d , -f 1-3 rej1 rej2 rej3 | sort >a
cut -d , -f 1-3 rej | sort | cmp - a
grep '"x' a
weir-dedup index check idx | sed 's/ *[0-9]* bytes//'
weir-dedup index show idx | tail -n 1 | cut -c 1-9
for i in 1 2 3; do weir-dedup -q -m 40M -j 8 --keep longest --index idx2 --rejects /dev/null r$i.jsonl -o /dev/null; done
for i in 1 2 3; do weir-dedup -q -j 1 --keep longest --index idx3 --rejects /dev/null <r$i.jsonl >/dev/null; done
diff -r idx2 idx3
md5sum idx/* >before
echo "{\"text\":\"something new\"}" | weir-dedup --index idx >/dev/full 2>err || cut -c 1-40 err
printf 'no json\n' | weir-dedup --index idx 2>err || cut -c 1-40 err
flock idx/lock weir-dedup --index idx r1.jsonl 2>&1 || echo $?
weir-dedup --index idx -t 0.7 r1.jsonl 2>&1 || echo $?
md5sum idx/* | cmp - before
weir-dedup -q --index idx --rejects /dev/null r2.jsonl
md5sum idx/* | cmp - before
printf 'x' | dd of=idx/00000002.sig bs=1 seek=500 conv=notrunc 2>/dev/null
weir-dedup index check idx 2>&1 || echo $?
weir-dedup --index idx r1.jsonl 2>&1 || echo $?
weir-dedup index show nowhere 2>&1 || echo $?
