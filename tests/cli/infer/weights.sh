# Files that are written again are those of torch 1.13.1 and the safetensors library, byte for byte; models
# are taken apart and put together; what is wrong is said with file and tensor.
data=$SRC/tests/data/infer tiny=$SRC/samples/tiny-model
say() { "$@" 2>&1 >/dev/null | sed "s|$SRC|SRC|g" | grep -v 'see weir-infer'; }
weir infer convert -q "$data/saved" -o bin
cmp bin/pytorch_model.bin "$data/saved/pytorch_model.bin"
weir infer convert -q "$data/saved" --to safetensors -o safe
cmp safe/model.safetensors "$data/saved.safetensors"
weir infer check -q "$data/saved" | cut -f 1-8

echo '-- a model and its difference to another'
weir infer convert -q "$tiny" --dtype fp16 -o raw
cmp raw/tokenizer.model "$tiny/tokenizer.model"
grep torch_dtype raw/config.json
weir infer diff -q raw "$tiny" -o diff
weir infer recover -q raw diff --shard-size 300k -o again
ls again
weir infer check -q again | tail -n 1 | cut -f 4-8
[ "$(weir infer -q --model again -n 12 -p 'The lamp')" = "$(weir infer -q --model "$tiny" -n 12 -p 'The lamp')" ]
sum=$(weir infer check -q again | tail -n 1 | cut -f 5)
weir infer recover -q raw diff --expect-sum "$sum" -o summed
say weir infer recover -q raw diff --expect-sum 12 -o other | sed 's/is [-0-9.]* ([-0-9.]* /is S (S /'

echo '-- a run that was broken off goes on, and gives the same'
ls -A other
before=$(stat -c %i other/pytorch_model.bin)
weir infer recover -q raw diff --expect-sum "$sum" -o other
[ "$before" = "$(stat -c %i other/pytorch_model.bin)" ]
diff -r other summed
mkdir left && echo 'another run' >left/.weir-unfinished
say weir infer recover -q raw diff -o left

echo '-- MD5s as they are published'
(cd again && md5sum pytorch_model-*.bin) >sums
weir infer check -q --md5 sums again | cut -f 1,10 | grep md5 | sed 's/md5 [0-9a-f]*/md5 HEX/'
sed '1s/^./x/; 2s/^[0-9a-f]\{4\}/0000/; 3d' sums >wrong
weir infer check -q --md5 wrong again 2>/dev/null | cut -f 1,10 | grep md5 | sed 's/md5 [0-9a-f]*/md5 HEX/'
say weir infer check --md5 wrong again | sed 's/; .*//'

echo '-- what does not belong together'
say weir infer recover -q raw "$data/saved" -o no
say weir infer diff -q "$data/saved" "$data/saved/none" -o no
say weir infer convert -q "$tiny"
mkdir full && : >full/x && say weir infer convert -q "$tiny" -o full
weir infer convert -q "$tiny" -o cut && truncate -s -4 cut/model.safetensors
say weir infer check -q cut | sed 's/bytes [0-9]* to [0-9]*, but the file holds [0-9]*/bytes A to B, but the file holds C/; s/tensor [^:]*/tensor T/'
