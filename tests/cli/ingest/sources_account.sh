# Every source: all records and bytes of the input are accounted for, and the bytes that a document
# names as its origin are the record: read alone they give the same document again.
cp -r "$SRC/samples/raw" raw
mkdir repo
tar -xf raw/code.tar -C repo
printf '<doc id="%s" url="https://zh.wikipedia.org/wiki?curid=%s" title="%s">\n%s\n\n正文。\n</doc>\n' \
    1 1 天 天 2 2 地 地 >extracted
printf '{"path":"a.c","content":"int x;\\n"}\n\n {"path":"b.min.js","content":"x"} \r\n' >code.jsonl

# The account of the last run, and the bytes of the inputs.
balances()
{
    n=$(find "$1" -type f -exec cat {} + | wc -c)
    sed 's/.*"in":{"records":\([0-9]*\),"bytes":\([0-9]*\).*"kept":{"records":\([0-9]*\),"bytes":\([0-9]*\).*"dropped":{"records":\([0-9]*\),"bytes":\([0-9]*\).*"bad":{"records":\([0-9]*\),"bytes":\([0-9]*\).*"framing":\([0-9]*\).*/\1 \2 \3 \4 \5 \6 \7 \8 \9/' ledger |
        { read -r i ib k kb d db b bb f
          [ "$i" = $((k + d + b)) ] || echo "$1: $i records are not $k + $d + $b"
          [ "$ib" = $((kb + db + bb)) ] || echo "$1: $ib bytes are not $kb + $db + $bb"
          [ "$((ib + f))" = "$n" ] || echo "$1: $ib + $f are not $n bytes"; }
}

# Writes the bytes that each document on standard input names to parts/1, parts/2 …
cut_parts()
{
    rm -rf parts
    mkdir parts
    sed 's/.*"origin":{"file":"\([^"]*\)","offset":\([0-9]*\),"length":\([0-9]*\)}.*/\2 \3 \1/' |
        { n=0
          while read -r at len file; do
              n=$((n + 1))
              tail -c +$((at + 1)) "$file" | head -c "$len" >parts/$n
          done; }
}

# $1: the source, $2: the input, $3: text in front of the parts, $4: between them, $5: behind them
same_again()
{
    rm -f ledger
    weir ingest -q --from "$1" --rejects rejects --ledger ledger "$2" -o docs.jsonl
    [ -s docs.jsonl ] || echo "$2: nothing"
    balances "$2"
    cut_parts <docs.jsonl
    n=$(wc -l <docs.jsonl)
    { printf %s "$3"
      for i in $(seq "$n"); do
          [ "$i" = 1 ] || printf "$4"
          cat parts/$i
      done
      printf %s "$5"; } >again
    weir ingest -q --from "$1" again -o again.jsonl
    for f in docs again; do
        sed 's/"origin":{[^}]*}//' $f.jsonl >$f
    done
    cmp docs again || echo "$1: not the same"
}

# $1: the source, $2: the input; a document is a file
same_text()
{
    rm -f ledger
    weir ingest -q --from "$1" --rejects rejects --ledger ledger "$2" -o docs.jsonl
    [ -s docs.jsonl ] || echo "$2: nothing"
    balances "$2"
    cut_parts <docs.jsonl
    n=$(wc -l <docs.jsonl)
    for i in $(seq "$n"); do
        echo parts/$i
    done | xargs weir ingest -q --from "$3" -o again.jsonl
    for f in docs again; do
        sed 's/^{"id":"[^"]*",\("text":"\([^"\\]\|\\.\)*"\).*/\1/' $f.jsonl >$f
    done
    cmp docs again || echo "$1: not the same text"
}

same_again baike raw/baike.jsonl '' '\n' ''
same_again wudao raw/wudao.json '[' ',' ']'
same_again arxiv raw/arxiv.jsonl '' '\n' ''
same_again jsonl raw/baike.jsonl '' '\n' ''
for wiki in zhwiki enwiki; do
    same_again wiki raw/$wiki.xml "$(sed '/<page>/,$d' raw/$wiki.xml)" '\n' '</mediawiki>'
done
same_again wikiextractor extracted '' '\n' ''
same_again github code.jsonl '' '\n' ''
same_text books raw/books text
same_text gutenberg raw/gutenberg gutenberg
same_text text raw/books text
same_text github raw/code.tar text
same_text github repo text

# A document of several rows: the origin is the question's.
rm -f ledger
weir ingest -q --from stackexchange --rejects rejects --ledger ledger raw/stackexchange.xml -o docs.jsonl
balances raw/stackexchange.xml
cut_parts <docs.jsonl
sed 's/^{"id":"stackexchange:\([0-9]*\)".*/\1/' docs.jsonl >docs
for i in $(seq "$(wc -l <docs.jsonl)"); do
    { cat parts/$i; echo; } | sed -n 's/^<row Id="\([0-9]*\)" PostTypeId="1".*\/>$/\1/p'
done >again
[ -s again ] || echo 'no questions'
cmp docs again
