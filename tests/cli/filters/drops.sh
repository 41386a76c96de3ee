# The first rule that fails names the drop; what is kept keeps its bytes.
printf '%s\n' '{"id":"a", "text":"这是一段够长的话，它有标点。" , "x":1}' \
    '{"id":"b","text":"短"}' '{"id":"c","text":"An English line, long enough.","source":"en"}' >in
weir filters -q --rule chars-min=5 --rule han-min=0.5 --rejects rejects in
cat rejects
