# A fastText model on documents and on lines; the score with --annotate.
command -v fasttext >/dev/null || exit 77
make -s -f "$SRC/samples/classifier.mk" LABELLED="$SRC/samples/labelled.tsv" MODEL=model.bin >log 2>&1
printf '%s\n' '{"id":"1","text":"今晚的足球比赛很精彩，主队以二比一获胜。"}' \
    '{"id":"2","text":"加微信领取优惠，代开发票，\n日结兼职，轻松赚钱。"}' \
    '{"id":"3","text":"图书馆周末开放，读者可以借阅新书。\n点击链接免费领取红包，加微信办理贷款。"}' >in
run() { weir filters -q --classifier model.bin --label spam --classifier-words chars --classifier-lower "$@"; }
run --max 0.5 --rejects r in
sed 's/"value":0\.[0-9]*/"value":…/; s/,"file".*//' r
run --max 0.5 --classifier-level line in
run --min 0.5 in
# Above and below the very value.
v=$(run --annotate --max 1 in | sed -n 's/.*"classifier":\([0-9.e-]*\).*/\1/p' | sed -n 2p)
run --rule classifier-max="$v" in | grep -c '"id":"2"'
run --rule classifier-max=0.5 in | grep -c '"id":"2"' || true
run --annotate in | grep -c '"weir_filters":{.*"classifier":'
for args in '--label ham' '--max 1.5'; do run --max 0.5 $args in 2>&1 | head -n 1; done
weir filters -q --classifier "$SRC/README.md" --label a --max 0.5 in 2>&1 | sed "s|$SRC/||"
weir filters -q --classifier model.bin --max 0.5 in 2>&1 | head -n 1
weir filters -q --label a --preset harmful in 2>&1 | head -n 1
