# The files of KnowLM's preprocess.py and of its merge tool, byte for byte.
[ -n "$SHARED" ] || exit 77
golden=$SHARED/data/golden/knowlm
model=$SHARED/data/tokenizers/llama.model
zstd -dqo zh.jsonl "$golden/zh.jsonl.zst"
zstd -dqo en.jsonl "$golden/en.jsonl.zst"

same() # NAME EXT…
{
    name=$1
    shift
    for ext; do
        case $ext in
        bin | idx) zstd -dqc "$golden/$name.$ext.zst" | cmp - "$name.$ext" ;;
        *) cmp "$golden/$name.$ext" "$name.$ext" ;;
        esac
    done
    weir indexer check "$name"
}
build() # NAME DOCUMENTS N OPTION…
{
    name=$1 docs=$2 n=$3
    shift 3
    weir tokenize -q --model "$model" --compat knowlm --seq-length "$n" "$@" "$docs" |
        weir chunker -q --compat knowlm -n "$n" | weir indexer -q --compat knowlm -o "$name"
    same "$name" bin idx dis tmp
}
build zh-keep-1024 zh.jsonl 1024 --keep-newlines
build zh-keep-64 zh.jsonl 64 --keep-newlines
build zh-drop-1024 zh.jsonl 1024
build zh-whole-1024 zh.jsonl 1024 --no-split
build en-whole-1024 en.jsonl 1024 --no-split --language english
weir indexer merge -q zh-keep-1024 zh-whole-1024 -o merge-same
same merge-same bin idx dis
weir indexer merge -q zh-keep-1024 en-whole-1024 zh-drop-1024 --types 5,3,5 -o merge-types
same merge-types bin idx dis

# KnowLM's own files, which have no manifest, merge too.
rm ./*.json ./*.prov
weir indexer merge -q zh-keep-1024 zh-whole-1024 -o merge-same
same merge-same bin idx dis
