# Half a file of every source ends the run, and the message names the input once.
half()
{
    head -c $(($(wc -c <"$2") * 2 / 3)) "$2" >half
    code=0
    weir ingest -q --from "$1" half -o out 2>err || code=$?
    echo "$1 $code: $(sed 's/[0-9][0-9]*/N/g; 1q' err)"
    gzip -c "$2" >whole.gz
    head -c $(($(wc -c <whole.gz) * 2 / 3)) whole.gz >half.gz
    code=0
    weir ingest -q --from "$1" half.gz --rejects rejects -o out 2>err || code=$?
    echo "$1 $code: $(sed 1q err)"
    [ ! -e out ] || echo 'something was written'
}
raw="$SRC/samples/raw"
head -n 6 "$raw/baike.jsonl" >baike.jsonl
head -n 6 "$raw/arxiv.jsonl" >arxiv.jsonl
{ head -n 8 "$raw/wudao.json" | sed '$s/,$//'; echo ']'; } >wudao.json
half baike baike.jsonl
half jsonl baike.jsonl
half arxiv arxiv.jsonl
half wudao wudao.json
half wiki "$raw/zhwiki.xml"
half github "$raw/code.tar"
half stackexchange "$raw/stackexchange.xml"
half gutenberg "$raw/gutenberg/lampkeeper.txt"
printf '<doc id="1" url="u" title="t">\nt\n\ntext\n</doc>\n%s' "$(seq 900)" >blocks
half wikiextractor blocks
# The same far behind the first block of a large archive.
mkdir big
seq -f 'int x%g;' 200000 >big/a.c
seq -f 'int y%g;' 200000 >big/b.c
tar -cf big.tar big
half github big.tar
