# C4's rule by hand: of equal runs of three sentences the later ones go.
{
    printf '{"id":"a","text":"One is here. Two is here. Three is here. Four is here."}\n'
    printf '{"id":"b","text":"Start of it. ONE is here! Two is here. Three is here. Last of b."}\n'
    printf '{"id":"c","text":"二是这里。三是那里。四在何处？五。"}\n'
    printf '{"id":"d","text":"二是这里！三是那里。四在何处。"}\n'
    printf '{"id":"e","text":"Same one. Same one. Same one. Same one. Same one."}\n'
    printf '{"id":"f","text":"Two is here. Three is here."}\n'
} >in.jsonl
weir-dedup spans --min-words 0 --min-sentences 0 --rejects rejects in.jsonl
sed 's/,"file".*//' rejects
echo
weir-dedup spans --min-words 5 --min-sentences 2 --rejects rejects in.jsonl | cut -c 1-10
sed 's/,"file".*//' rejects
echo
weir-dedup spans -q -n 2 --min-words 0 --min-sentences 0 in.jsonl --rejects /dev/null | sed -n '$p'
