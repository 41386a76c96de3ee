# Makes ledger lines with chosen numbers: . this file, then
#   run STAGE INPUT[,INPUT…] OUTPUT IN DROPPED BAD OUT [COMMAND]
# A piece NAME:CONTENT has a hash made of CONTENT, a number; a record has 10 bytes.
pieces() # LIST
{
    sep=
    for p in $(echo "$1" | tr ' ,' '_ '); do
        printf '%s{"name":"%s","bytes":%d,"xxh128":"%032x"}' "$sep" "$(echo "${p%:*}" | tr _ ' ')" $((${p#*:} * 7)) "${p#*:}"
        sep=,
    done
}
count() { printf '"%s":{"records":%d,"bytes":%d,"tokens":%d}' "$1" "$2" $(($2 * 10)) "${3:-0}"; }
both() { printf '"%s":{%s,%s}' "$1" "$(count in "$2")" "$(count out "$3")"; }
run()
{
    kept=$(($4 - $5 - $6))
    printf '{"program":"weir-%s","stage":"%s","version":"0","command":["%s"]' "$1" "$1" "${8:-$1 $2}"
    printf ',"time":"2026-01-01T00:00:00Z","seconds":1.500,"threads":1,"memory":1,"peak_memory":5000000'
    printf ',"inputs":[%s],"outputs":[%s]' "$(pieces "$2")" "$(pieces "$3")"
    printf ',%s,%s,%s' "$(count in "$4")" "$(count kept "$kept")" "$(count dropped "$5")"
    printf ',%s,%s,"framing":%d' "$(count bad "$6")" "$(count out "$7")" "$4"
    printf ',"reasons":{%s,%s}' "$(both too-short "$5" 0)" "$(both bad-document "$6" 0)"
    printf ',"sources":{%s}' "$(both 百科 "$4" "$7")"
    printf ',"notes":{"nfc":%d}}\n' "$5"
}
