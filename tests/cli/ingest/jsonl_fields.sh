# Members by name; what is not used passes through with its own bytes; taken names get "_".  The
# identifier of a record without one is the XXH3-128 of its bytes.
cat >in.jsonl <<'END'
{"name":"N","body":"The cat and the dog.","key":12,"text":"other","url":"u","lang":"en-GB","source":"mine","n":1.50,"o":{"a":[1, 2]},"e":"\u4e2d"}
END
weir ingest -q --from jsonl --text body --title name --id key in.jsonl
weir ingest -q --from jsonl --text body --source S --lang zh --with-title --title name --id nothing in.jsonl
