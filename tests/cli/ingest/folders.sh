# Folders in byte order, hidden files and links to folders left out; compressed files are read through.
mkdir -p d/b d/a.d empty
printf 'one\n' >d/b/2.txt
printf 'two\n' | zstd -q >d/b/10.txt
printf 'three\n' >d/B.txt
printf 'no\n' >d/.hidden
: >d/nothing
ln -s ../../d d/a.d/loop
weir ingest -q --from books d d/B.txt | sed 's/"id":"[^"]*",//; s/"source.*"title"/"title"/'
weir ingest --from text empty || echo $?
weir ingest --from text nowhere || echo $?
weir ingest --from nosuch d || echo $?
weir ingest d || echo $?
