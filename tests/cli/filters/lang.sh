# Languages are kept by tag, and written on request; a record that has the right one stays as it is.
printf '%s\n' '{"id":"1","text":"我们的祖国是花园，花园里花朵真鲜艳","lang":"und"}' \
    '{"id":"2", "text":"我們的祖國是花園，花園裡花朵真鮮豔","lang":"zh-Hant"}' \
    '{"id":"3","text":"The quick brown fox jumps over the lazy dog and is never seen again"}' \
    '{"id":"4","text":"これは日本語の文章です。とても短いです"}' >docs.jsonl
echo zh; weir filters -q --lang zh docs.jsonl
echo zh-Hant,en; weir filters -q --lang zh-Hant,en docs.jsonl
echo twice; weir filters -q --lang ja --lang en docs.jsonl
echo write; weir filters -q --write-lang docs.jsonl
echo why; weir filters -q --lang zh docs.jsonl --rejects drops.jsonl -o /dev/null
grep -o '"rule".*"score":[^,]*' drops.jsonl
weir filters -q --rule lang-score-min=0 --lang-model none.bin docs.jsonl 2>&1 || echo "exit $?"
weir filters -q --rule chars-min=1 --lang-model none.bin docs.jsonl 2>&1 || echo "exit $?"
# A fastText model in place of script and CLD2.
command -v fasttext >/dev/null || { echo model; echo '{"id":"3"'; exit 0; }
for _ in 1 2 3 4 5 6 7 8 9; do
    echo '__label__zh 我们的祖国是花园，花园里花朵真鲜艳 我們的祖國'
    echo '__label__en The quick brown fox jumps over the lazy dog and is never seen again'
done >train.txt
fasttext supervised -input train.txt -output m -minn 1 -maxn 3 -epoch 100 -lr 1 -dim 8 -bucket 1000 -thread 1 >/dev/null 2>&1
echo model; weir filters -q --lang en --lang-model m.bin docs.jsonl | cut -c 1-9
