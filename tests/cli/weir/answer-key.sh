# The samples' pipeline drops what samples/answer-key.tsv says, for the reason it says, and nothing else.
unset MAKEFLAGS MAKELEVEL MFLAGS
make -s -j2 -f "$SRC/samples/dataset.mk" OUT=out RAW="$SRC/samples/raw" \
    MODEL="$SRC/samples/tokenizer.model" out/audit.txt >log 2>&1 || { cat log; exit 1; }
zstd -dcq out/unique/*.zst >kept
for f in out/rejects/*.zst; do zstd -dcq "$f" >"${f%.zst}"; done

# The lines of FILE in which FIELD is VALUE; a text is named by how it begins.
having() # FILE FIELD VALUE
{
    case $2 in
    line) grep -F "\"line\":$3," "$1" ;;
    text) grep -F "\"text\":\"$3" "$1" ;;
    path) grep "\"path\":\"[^\"]*$3\"" "$1" ;;
    *) grep -F "\"$2\":\"$3\"" "$1" ;;
    esac
}

is_twin() # FIELD=VALUE: is the twin of the reject that document?
{
    id=$(having kept "${1%%=*}" "${1#*=}" | sed 's/^{"id":"\([^"]*\)".*/\1/')
    [ -n "$id" ] && grep -qF "\"twin\":\"$id\"" found
}

problems=0
say()
{
    echo "$*"
    problems=$((problems + 1))
}
grep -v '^#' "$SRC/samples/answer-key.tsv" >key
while IFS="$(printf '\t')" read -r stage shard reason field value note; do
    case $stage in
    kept) having kept "$field" "$value" >found || say "not kept: $value"; continue ;;
    *) file=out/rejects/$shard.$stage.jsonl ;;
    esac
    having "$file" "$field" "$value" >found || { say "$stage did not drop $field $value of $shard"; continue; }
    grep -qE "\"reason\":\"($reason)\"" found || say "$value: dropped for another reason than $reason"
    case $note in
    twin=*) is_twin "${note#twin=}" || say "$value: another twin than ${note#twin=}" ;;
    esac
done <key
for stage in ingest filters dedup; do
    planted=$(grep -c "^$stage" key)
    dropped=$(cat out/rejects/*"$stage".jsonl | wc -l)
    [ "$planted" = "$dropped" ] || say "$stage dropped $dropped, the key names $planted"
    echo "$stage $dropped"
done
exit $problems
