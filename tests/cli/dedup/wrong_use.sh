for o in '--threshold 0' '--threshold 1.5' '--threshold nan' '--bands 9' '--rows 3' \
    '--bands 64 --rows 64' '--bands 9 --rows 9 --num-perm 80' '--num-perm 4096' '--shingle line:5' \
    '--shingle char:0' '--shingle word:65' '--keep best' '--keep :max' '--keep source:' '--near --raw' \
    '--exact --verify'; do
    status=0
    # shellcheck disable=SC2086
    weir-dedup $o </dev/null 2>err || status=$?
    echo "$status $(head -n 1 err)"
done
