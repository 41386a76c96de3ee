#!/bin/sh
# Near duplicates of real documents against all pairs: planted copies share bands as often as the plan says,
# and with --verify nothing below the threshold goes.  N=20000 for the figures of weir-dedup(1).
[ -n "$SHARED" ] || { echo "no shared inputs"; exit 77; }
n=${N:-2500}
quality=$BUILD/tests/dedup_quality
for i in 00023 00001 00003; do zstd -dqc "$SHARED/data/zh/wudao-$i.json.zst" >$i.json; done
weir ingest -q --from wudao ./*.json -o zh.jsonl
mkdir md && tar --zstd -xf "$SHARED/data/en/docs-md.tar.zst" -C md && tar --zstd -xf "$SHARED/data/en/novels.tar.zst" -C md
find md -type f | sort | while read -r f; do split -C 4600 "$f" "$f".part && rm "$f"; done
weir ingest -q --from text md -o en.jsonl --rejects /dev/null
status=0
for lang in zh en; do
    rule=char:5
    [ $lang = zh ] || rule=word:5
    "$quality" plant "$n" $lang.jsonl docs.jsonl && "$quality" curve $rule docs.jsonl || status=1
    for t in 0.7 0.8; do
        weir dedup -q --near --verify --shingle $rule -t $t --rejects rejects docs.jsonl -o out.jsonl &&
            "$quality" verify $rule $t docs.jsonl rejects || status=1
    done
done
exit $status
