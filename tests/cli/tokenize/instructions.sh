# Instruction records: ids of the whole text, the answers' places, every form of record, bad ones.
model=$SRC/samples/tokenizer.model
cat >in <<'END'
{"id":"a","source":"s","instruction":"Say hello.","input":"","output":"Hello there!"}
{"id":"b","instruction":"翻译","input":"河","output":"river","origin":{"file":"x","offset":0}}
{"id":3,"conversations":[{"from":"system","value":"Be short."},{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello"},{"from":"human","value":"Bye"},{"from":"gpt","value":"Goodbye"}]}
{"id":"d","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":""}],"origin":{}}
END
tok() { weir tokenize -q --model "$model" --instructions "$@"; }
tok --template plain --json in
# A prompt that ends in a newline: its ids are those that a model is asked with, the answer's those behind, EOS last.
tok --json --template alpaca in | head -n 1 | sed 's/.*"units":\[\[1,\([0-9,]*\)\],\[\([0-9,]*\),2\]\].*/\1,\2/' | tr , ' ' >ids
printf '{"text":"Below is an instruction that describes a task. Write a response that appropriately completes the request.\\n\\n### Instruction:\\nSay hello.\\n\\n### Response:\\nHello there!"}\n' |
    weir tokenize -q --json --model "$model" - | sed 's/.*"units":\[\[//; s/\]\].*//; s/[],[]\+/ /g' | cmp - ids && echo same
echo '{"prompt_input":"<{instruction}|{input}>","prompt_no_input":"<{instruction}>"}' >form
tok --template form --json in | grep -o '"text_bytes":[0-9]*'
# LLaMA-Factory's system and history are the talk that messages would have been.
echo '{"id":3,"system":"Be short.","history":[["Hi","Hello"]],"instruction":"Bye","output":"Goodbye"}' >factory
sed -n 3p in >messages
tok --template plain --json factory >a && tok --template plain --json messages | cmp - a && echo "the same talk"
# A prompt with an input needs a place for it: else what is asked about would be lost.
echo '{"prompt_input":"<{instruction}>","prompt_no_input":"<{instruction}>"}' >lossy
tok --template lossy in 2>&1 >/dev/null | sed -n 1p
# A stream of them goes on as any other; a sample is never cut between question and answer unseen.
tok in | weir chunker -q -n 1024 | weir indexer -q -o set
weir indexer show set --model "$model" | grep -a '^# '
tok in | weir chunker -q -n 20 --rejects r | wc -c >/dev/null
grep -c long-sentence r
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "{\"instruction\":\"n %d\",\"output\":\"%d\"}\n", i, i * i }' >many
tok -j 1 many >one && tok -j 8 -m 64M many >eight && cmp one eight
printf '%s\n' '{"text":"x"}' '{"instruction":"x"}' '{"instruction":"x","output":3}' '{"messages":[{"role":"user","content":"x"}]}' \
    '{"messages":{}}' '{"conversations":[]}' '{"messages":[{"role":"assistant","content":"x"}]}' '{"conversations":[{"from":"human"}]}' no \
    '{"instruction":"a","output":"b","history":[["c"]]}' '{"instruction":"a","output":"b","history":[["c",1]]}' \
    '{"instruction":"a","output":"b","history":{"c":"d"}}' '{"instruction":"a","output":"b","system":3}' \
    '{"system":"a","messages":[{"role":"system","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d"}]}' |
    weir tokenize --model "$model" --instructions --rejects bad 2>err | wc -c
sed 's/.*"error":"\(\([^"\\]\|\\.\)*\)".*/\1/' bad
for o in '--template alpaca' '--instructions --lines' '--instructions --compat knowlm' '--instructions --template nowhere'; do
    # shellcheck disable=SC2086
    weir tokenize --model "$model" $o in 2>&1 >/dev/null | sed -n 1p
done
