# Without --rejects the first bad record ends the run; no output appears.
printf '{"content":"a"}\n\n{"content":}\n' >in.jsonl
weir ingest --from baike in.jsonl -o made || { echo $?; ls; }
