for o in "" "--json --lines" "--json --decode" "--bos" "--lines --decode --eos" "--keep-newlines" \
    "--language english" "--seq-length 5" "--compat knowlm --lines" \
    "--compat knowlm --language english" "--check --decode" "--check --encoder library"; do
    set -- $o
    [ $# = 0 ] || set -- --model x.model "$@"
    weir tokenize "$@" </dev/null || echo "$? $o"
done
