# Half an array, and half an element, fail also when bad records are set aside; nothing appears.
printf '[{"content":"one"},\n{"content":"two"}\n' >half.json
weir ingest --from wudao half.json --rejects bad -o made && exit 1
printf '[{"content":"one"},\n{"content":"tw' >half.json
weir ingest --from wudao half.json --rejects bad -o made && exit 1
ls
