# Text whose brackets are not escaped is no dump's: nothing of it is lost in silence.
page() { printf '<page><title>%s</title><ns>0</ns><id>1</id><revision><text>%s</text></revision></page>' "$1" "$2"; }
{ printf '<mediawiki>'
  page A 'H<sub>2</sub>O is water.'
  page B 'H&lt;sub&gt;2&lt;/sub&gt;O is water.'
  page 'C<b/>D' 'text'
  printf '</mediawiki>'; } >dump.xml
weir ingest -q --from wiki dump.xml --rejects rejects | sed 's/"text":"\([^"]*\)".*/\1/; s/.*,//'
sed 's/.*"reason":"\([^"]*\)","error":"\([^"]*\)".*/\1: \2/' rejects
