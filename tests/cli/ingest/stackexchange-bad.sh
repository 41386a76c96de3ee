# Malformed rows go to the rejects; what is no whole dump is an error.
dump() { printf '<?xml version="1.0"?>\n<posts>\n%s\n' "$1"; }
q='<row Id="1" PostTypeId="1" Title="Why?" Body="&lt;p&gt;Because.&lt;/p&gt;" />'
bad='<row Id="2" PostTypeId="2" ParentId="1" Body="a < b" />'
twice='<row Id="1" PostTypeId="1" Title="Again" />'
{ dump "$q"; echo "$bad"; echo '<row PostTypeId="1" />'; echo '<row Id="3" PostTypeId="1" Body="&lol;" />'; echo "$twice"; echo '</posts>'; } >in.xml
weir ingest --from stackexchange -q --rejects out.rej in.xml || echo "exit $?"
sed 's/.*"reason":"\([^"]*\)",\("error":"[^"]*"\|"id":[0-9]*\).*"line":\([0-9]*\).*/\1 \2 line \3/' out.rej
try() {
    code=0
    weir ingest --from stackexchange "$1" -o no.jsonl 2>err || code=$?
    echo "exit $code: $(head -n 1 err)"
}
try in.xml
dump "$q" >cut.xml && try cut.xml
printf '<!DOCTYPE posts [<!ENTITY a "b">]>\n<posts></posts>\n' >doctype.xml && try doctype.xml
echo '<users></users>' >users.xml && try users.xml
ls no.jsonl 2>/dev/null || true
