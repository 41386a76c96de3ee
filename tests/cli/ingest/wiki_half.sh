# Half a file, and what is no dump at all, are errors that say so; documents before them are not
# written under the name.
printf '<mediawiki><page><title>a</title><id>1</id><revision><text>b</text></revision></page>' >whole
head -c 60 whole >half
printf '<mediawiki>' >header
printf '<html></html>' >html
printf '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><mediawiki><page/></mediawiki>' >doctype
{ cat whole; printf '</mediawiki> x'; } >behind
{ cat whole; printf '<logitem/></mediawiki>'; } >log
: >empty
for f in whole half header html doctype behind log empty; do
    weir ingest --from wiki $f -o out 2>&1 && echo "$f: no error"
    [ ! -e out ] || echo "$f: output"
done
{ cat whole; printf '</mediawiki>\n'; cat whole; echo '</mediawiki>'; } >two
weir ingest -q --from wiki two | wc -l
