# Every statement of a dump is in the knowledge file as the dump has it: the sample, and the shared dumps where they are.
set -eu
command -v python3 >/dev/null 2>&1 || { echo "python3 is not installed"; exit 77; }
compare() # OPTIONS DUMP…
{
    opts=$1
    shift
    # shellcheck disable=SC2086
    weir-kg2instruction build -q --part $opts "$@" -o kg
    weir-kg2instruction check kg >/dev/null
    weir-kg2instruction show --json kg >kg.json
    # shellcheck disable=SC2086
    python3 "$SRC/tests/kg_readback.py" $opts kg.json "$@" >said || { head -n 30 said; exit 1; }
    tail -n 1 said
}
compare "" "$SRC/samples/raw/wikidata.json"
compare "--external-ids --unnamed" "$SRC/samples/raw/wikidata.json"
# What the comparison itself is worth: it must find a changed rank, amount, qualifier.
for change in 's/"preferred"/"normal"/' 's/+41300/+41301/' 's/"P585"/"P586"/' 's/"Quick Sort"/"Quick sort"/'; do
    sed "$change" kg.json >other.json
    ! cmp -s kg.json other.json
    ! python3 "$SRC/tests/kg_readback.py" --external-ids --unnamed other.json "$SRC/samples/raw/wikidata.json" \
        >/dev/null || { echo "the comparison does not see $change"; exit 1; }
done
[ -n "$SHARED" ] || exit 0
data=$SHARED/data/wikidata
zstd -dcq "$data/entities-49.json.zst" >e49.json
tar --zstd -xf "$data/big-entities.tar.zst"
tar --zstd -xf "$data/dump-edge-cases.tar.zst"
compare "" e49.json
compare "--external-ids" e49.json wd_Q42.json wd_P279.json
for f in wdtk-dumpfiles/src/test/resources/*.json; do
    compare "--external-ids --unnamed" "$f"
done
