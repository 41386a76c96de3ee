for o in "" "--json --lines" "--json --decode" "--bos" "--lines --decode --eos" "--keep-newlines" \
    "--compat knowlm --lines" "--compat knowlm --language english"; do
    set -- $o
    [ $# = 0 ] || set -- --model x.model "$@"
    weir tokenize "$@" </dev/null || echo "$? $o"
done
