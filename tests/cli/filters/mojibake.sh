# Good text read in a wrong encoding is found in every document, and the good text in none.
command -v iconv >/dev/null || exit 77
weir ingest -q --from baike "$SRC/samples/raw/baike.jsonl" --rejects bad.jsonl -o good.jsonl
iconv -c -f GBK -t UTF-8 good.jsonl >utf8-as-gbk.jsonl
iconv -f ISO-8859-1 -t UTF-8 good.jsonl >utf8-as-latin1.jsonl
iconv -c -f WINDOWS-1252 -t UTF-8 good.jsonl >utf8-as-1252.jsonl
iconv -c -f UTF-8 -t GBK good.jsonl | iconv -f ISO-8859-1 -t UTF-8 >gbk-as-latin1.jsonl
grep -c . <good.jsonl
for f in good utf8-as-gbk utf8-as-latin1 utf8-as-1252 gbk-as-latin1; do
    weir filters -q --rule mojibake-max=0.005 "$f.jsonl" -o out.jsonl --rejects drops.jsonl
    echo "$f: $(grep -c . <out.jsonl) kept, $(grep -c mojibake-max drops.jsonl || true) dropped"
done
# Bytes that are no UTF-8 become replacement characters on the way in; those read as GBK are 锟斤拷.
printf '{"text":"好的锟斤拷锟斤拷好的曹锟斤斤计较"}\n{"text":"水很烫烫烫，烫烫烫烫"}\n{"text":"曹锟之宠妾“×”×”"}\n' |
    weir filters -q --annotate --rule mojibake-max=1 | grep -o '"mojibake[^}]*'
