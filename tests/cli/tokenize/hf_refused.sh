# What is not supported is refused by name; what is damaged is an error.
data=$SRC/tests/data/tokenize
try() { echo '{"text":"a"}' | weir tokenize -q --json --model bad.json 2>&1 | cut -c 1-200; }
edit() { sed "$1" "$data/hf-llama3.json" >bad.json; cmp -s bad.json "$data/hf-llama3.json" && echo "no change: $1"; try; }
edit 's/"type":"BPE"/"type":"WordPiece"/'
edit 's/"byte_fallback":false/"byte_fallback":true/'
edit 's/"dropout":null/"dropout":0.1/'
edit 's/"end_of_word_suffix":null/"end_of_word_suffix":"<w>"/'
edit 's/"normalizer":null/"normalizer":{"type":"Lowercase"}/'
edit 's/"type":"Split"/"type":"Punctuation"/'
edit 's/{1,3}/{1,2}/'
edit 's/"behavior":"Isolated"/"behavior":"MergedWithNext"/'
edit 's/"decoder":{"type":"ByteLevel"/"decoder":{"type":"WordPiece"/'
edit 's/"decoder":{.*"use_regex":true},"model"/"decoder":null,"model"/'
edit 's/"id":556,"content"/"id":600,"content"/'
edit 's/"!":1,/"!":2,/'
edit 's/"!":1,/"!":-1,/'
edit 's/"!":1,//'
edit 's/"merges":\[\[/"merges":[["q","zz"],[/'
edit 's/"merges":.*/"merges":7}}/'
edit 's/"model":{/"other":{/'
# converted SentencePiece models
piece() { sed "$2" "$data/hf-piece-$1.json" >bad.json; cmp -s bad.json "$data/hf-piece-$1.json" && echo "no change: $2"; try; }
piece legacy 's/"type":"Prepend"/"type":"Lowercase"/'
piece legacy 's/"pre_tokenizer":null/"pre_tokenizer":{"type":"Whitespace"}/'
piece legacy 's/{"type":"Prepend",[^}]*},//'
piece legacy 's/"type":"Fuse"/"type":"WordPiece"/'
piece legacy 's/,{"type":"Fuse"}.*"stop":0}//'
piece legacy 's/"start":1/"start":2/'
piece legacy 's/"<0x7F>":/"<0x7f>":/'
piece first 's/"pre_tokenizer":{[^}]*}/"pre_tokenizer":null/'
piece first 's/"type":"Metaspace"/"type":"ByteLevel"/'
piece first 's/"replacement":"."/"replacement":"_"/'
piece first 's/"prepend_scheme":"first"/"prepend_scheme":"last"/'
piece first 's/"split":/"add_prefix_space":false,"split":/'
piece first 's/"byte_fallback":true/"byte_fallback":true,"ignore_merges":true/'
piece first 's/"byte_fallback":true/"byte_fallback":false/'
head -c 2000 "$data/hf-llama3.json" >bad.json; try
echo '{' >bad.json; try
