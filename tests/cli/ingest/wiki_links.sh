# Every link's place is that of its text, in bytes, also where cleaning changed the text before it.
printf '%s' "<mediawiki xml:lang='en'><siteinfo><dbname>enwiki</dbname></siteinfo><page>
<title>Caf&#233;</title><ns>0</ns><id>1</id><revision><id>2</id><text>The '''cafe&#x301;''' is&amp;shy; a
[[coffee house|cof&#x200B;fee&#x301; shop]]s, [[bar (place)#drinks|bar]] [[ü]]&#x308; [[:Category:x|y]].
</text></revision></page></mediawiki>" >dump.xml
weir ingest -q --from wiki --links dump.xml >out.jsonl
sed 's/.*"subject"/"subject"/' out.jsonl
# "é" takes two bytes; a combining mark behind a link belongs to its last letter.
sed 's/.*"text":"\([^"]*\)".*/\1/; s/\\n/\
/g' out.jsonl >text
for range in 4,9 15,28 30,33 34,38 39,40; do
    tail -c +$((${range%,*} + 1)) text | head -c $((${range#*,} - ${range%,*}))
    echo
done
