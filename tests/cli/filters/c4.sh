# Lines are dropped, stripped and joined; the other bytes stay; the ledger notes the lines.
cat >in <<'X'
{"id":"a" ,"text":"Menu\n  One full line here.[12] \nTwo is \"here\" too.\nIt ends...\nThree words now!\nYour privacy policy is here.\nNeeds JavaScript to run.\nIs four here? Five is.","z":[1]}
{"id":"b","text":"One line here. Two here now. And three. And four. And five."}
{"id":"c","text":"This has lorem ipsum in it."}
{"id":"d","text":"This has { in it."}
{"id":"e","text":"Too few."}
X
weir filters -q --preset c4 --rejects r --ledger l in
sed 's/,"file".*//' r
sed 's/.*"notes":/"notes":/' l
