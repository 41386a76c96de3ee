# Ids equal those of SentencePiece's own program, for every model of the shared data: lines, and long texts,
# which are cut for BPE models; decoding gives what spm_decode gives; a document's units are its ids.
set -eu
command -v spm_encode >/dev/null 2>&1 || { echo "spm_encode is not installed"; exit 77; }
[ -n "$SHARED" ] || { echo "no shared data"; exit 77; }
zstd -dcq "$SHARED/data/zh/wudao-00006.json.zst" 2>/dev/null | head -c 250000 | tr -d '\377' >lines || true
tar -xOf "$SHARED/data/en/novels.tar.zst" 2>/dev/null | head -c 80000 >>lines || true
tar -xOf "$SHARED/data/code/repos.tar.zst" 2>/dev/null | head -c 80000 >>lines || true
iconv -c -f UTF-8 -t UTF-8 lines >valid || true # the last character may be cut
# The same as one text: newlines as spaces, so that it is one line for both programs.
{ tr "\n" " " <valid | head -c 150000 | iconv -c -f UTF-8 -t UTF-8 || true; } >long
echo >>long
{ printf '{"text":"'; tr -d '\\\n"\000-\037' <long; printf '"}\n'; } >document
tr -d '\\\n"\000-\037' <long >plain
for m in "$SHARED"/data/tokenizers/*.model "$SRC"/tests/data/tokenize/*.model; do
    for f in lines long; do
        spm_encode --model="$m" --output_format=id <$f >want 2>/dev/null
        weir tokenize -q --lines --model "$m" $f >got
        cmp want got || { echo "$m: $f"; exit 1; }
    done
    spm_decode --model="$m" --input_format=id <want >text 2>/dev/null
    weir tokenize -q --lines --decode --model "$m" want | cmp - text || { echo "$m: decode"; exit 1; }
    spm_encode --model="$m" --output_format=id <plain >want 2>/dev/null
    weir tokenize -q --json --model "$m" document |
        sed 's/.*"units":\[\[//; s/\]\].*//; s/\],\[/,/g; y/,/ /' >got
    cmp want got || { echo "$m: document"; exit 1; }
done
