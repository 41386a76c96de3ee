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
head -c 2000 "$data/hf-llama3.json" >bad.json; try
echo '{' >bad.json; try
