# A dialogue from a pipe: lines, commands, a chat that remembers; what a user types is text.
model="--model $SRC/samples/tiny-model"
# shellcheck disable=SC2086
{
    printf 'The lamp\n' | weir infer $model -i --template plain -n 12 >line
    weir infer -q $model -n 12 -p 'The lamp' | cmp - line
    printf 'The\\\nlamp\n' | weir infer $model -i --template plain -n 12 >two
    weir infer -q $model -n 12 -p "$(printf 'The\nlamp')" | cmp - two
    # a literal </s> is text, and so is a slash that is doubled
    printf '</s>\n//lamp\n' | weir infer $model -i --template plain -n 6 >text
    { weir infer -q $model -n 6 -p '</s>'; weir infer -q $model -n 6 -p '/lamp'; } | cmp - text
    # a chat sees what was said; without it, and behind /reset, a line stands alone
    printf 'The lamp\nThe boat\n/reset\nThe lamp\n' | weir infer $model -i --chat --template plain -n 8 >chat 2>said
    printf 'The lamp\nThe boat\n' | weir infer $model -i --template plain -n 8 >alone
    cat said
    weir infer -q $model -n 8 -p 'The lamp' >first
    head -c "$(wc -c <first)" chat | cmp - first
    tail -c "$(wc -c <first)" chat | cmp - first
    cat alone first | cmp -s - chat && echo 'the chat forgets'
    printf '/params top-k 3 sample on\n/params beams 99\n/params\n/params nothing 1\n/help\n/what\n/quit\nnot read\n' |
        weir infer $model -i 2>&1

    echo '-- presets'
    printf '{"instruction":"Say hello."}\n' >q
    weir infer -q $model --beams 2 --repetition-penalty 1.3 -n 12 q >a
    weir infer -q $model --preset knowlm -n 12 q | cmp - a
    weir infer $model --preset knowlm --temperature 0.3 --top-p 0.5 -n 12 q 2>&1 >b | grep warning
    cmp a b
    weir infer -q $model --temperature 0.3 q 2>&1 || true
    weir infer -q $model --chat -p x 2>&1 || true
    weir infer -q $model -i -p x 2>&1 </dev/null || true

    echo '-- extraction'
    printf '{"schema": ["人物", "地点"],"input":"他说\\"好\\""}\n' | weir infer -q $model --template ie -n 6 >ie
    task='{"instruction": "你是专门进行实体抽取的专家。请从input中抽取出符合schema定义的实体，不存在的实体类型返回空列表。请按照JSON字符串的格式回答。", "schema": ["人物", "地点"], "input": "他说\"好\""}'
    weir infer -q $model -n 6 -p "[INST] <<SYS>>
You are a helpful assistant. 你是一个有帮助的助手。
<</SYS>>

$task [/INST]" >want
    sed 's/.*"response":"\(.*\)","end".*/\1/' ie >got
    printf '%b\n' "$(cat got)" | cmp - want
    weir infer -v $model -n 1 -p x 2>&1 >/dev/null | grep needs | sed 's/[0-9.]* [GM]B/N/g'
}
