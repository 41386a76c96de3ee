# Records that are no documents end the run, or go to the rejects.
printf '%s\n' '{"text":"好"}' '{"id":"no text"}' '{"text":5}' 'nonsense' >in
weir filters -q --rule chars-min=0 --rejects r in
grep -c '"reason":"bad-document"' r
weir filters -q --rule chars-min=0 in
