# weir kg2instruction convert loses nothing: the datasets are rebuilt from what it wrote.
set -eu
command -v python3 >/dev/null 2>&1 || { echo "python3 is not installed"; exit 77; }
[ -n "$SHARED" ] && [ -d "$SHARED/data/ie" ] || { echo "no shared data"; exit 77; }
mkdir d o
for f in duee-duie fewrel-nyt conll04 casie-part; do tar -C d --zstd -xf "$SHARED/data/ie/$f.tar.zst"; done
for f in cluener-train.jsonl peoples-daily-dev.bio; do zstd -dqc "$SHARED/data/ie/$f.zst" >"d/$f"; done
convert() { from=$1; shift; weir kg2instruction convert -q --from "$from" --ledger ledger "$@" -o "o/$from.jsonl"; }
convert cluener d/cluener-train.jsonl
convert duee d/EE/data/duee_dev.json
convert fewrel d/val_nyt.json
convert peoples-daily d/peoples-daily-dev.bio
convert conll04 d/data/CoNLL04/train.txt
convert casie d/data/annotation/*.json
wrong=$(python3 "$SRC/tests/cross/ie_convert.py" d o | sed 's/.* //')
[ "$(tail -n 1 ledger | grep -o '"wrong-offset":[0-9]*')" = "\"wrong-offset\":$wrong" ] ||
    { tail -n 1 ledger | cut -c 1-400; exit 1; }
