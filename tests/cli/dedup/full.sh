# More documents than -m holds: an error that says how many fit, and no output.
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "{\"id\":\"%d\",\"text\":\"a%d b%d c%d d%d e%d f%d\"}\n", i, i, i, i, i, i, i }' >in
weir-dedup -m 36M -o made in 2>err && exit 1
sed 's/[0-9][0-9]* documents/N documents/' err
[ ! -e made ]
weir-dedup -q -m 64M in | cmp - in
