# CCNet's rule by hand: later copies of a line go, whatever its case, digits and full-width marks; the
# blank lines behind a removed one go with it; ranges are bytes of the text as it came.
{
    printf '%s\n' '{"id":"a","text":"Page 10\nFirst line.\n\nSecond line.\nPage 11"}'
    printf '%s\n' '{"id":"b","source":"s","text":"FIRST line.\n\n新的一行，好。\nsecond LINE."}'
    printf '%s\n' '{"id":"c","text":"新的一行好\n"}'
    printf '%s\n' '{"id":"d","text":"\n\n"}'
    printf '%s\n' '{"id":"e","text":""}'
} >in.jsonl
weir-dedup paragraphs --rejects rejects --ledger ledger in.jsonl
cat rejects
grep -o '"text":{[^}]*}' ledger
echo "second line" >allow
weir-dedup paragraphs -q --allow allow in.jsonl 2>&1 --rejects /dev/null | sed -n 2p
echo "second line." >allow
weir-dedup paragraphs -q --allow allow --member gone in.jsonl --rejects /dev/null | sed -n 2p
weir-dedup paragraphs -q --raw in.jsonl | sed -n 1,3p
