# Every rule's value for one record, those behind the first that fails too; --plan says what is in force.
printf '%s\n' '{"id":"a","text":"12345"}' '{"id":"b","text":"汉字。\n更多\n"}' >in
weir filters -q --rule chars-min=3 --rule digits-max=0.5 --rule boiler-more-max=0.7 --rule bullet-lines-max=1 --explain b in
weir filters -q --rule chars-min=9 --rule han-min=0.5 --rule page-bullet-lines-max=0.9 --explain a in | cut -f 1,2,4
weir filters -q --rule chars-min=3 --explain c in || echo $?
weir filters --plan --preset gopher --preset fineweb --rule words-min=60 | cut -f 1-3
weir filters --plan --preset redpajama | head -2
