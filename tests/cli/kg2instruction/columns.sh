# Blocks of lines: any number of threads, any memory; odd bytes; lines without end in bounded memory.
awk 'BEGIN { srand(1); for (i = 0; i < 60000; i++) print i % 7 ? "w" i "\t" (i % 3 ? "O" : "B-X") : "" }' >in
weir kg2instruction convert -q --from bio -j 1 in -o one
weir kg2instruction convert -q --from bio -j 8 -m 64M in -o eight
cmp one eight
wc -l <one | tr -d ' '
# Windows line ends, blank lines of spaces, no newline at the end.
printf 'a B-X\r\nb I-X\r\n\r\n \t \r\nc S-Y' | weir kg2instruction convert -q --from bio --source s | cut -d '"' -f 7-
# IOB1, a type that changes, tags without a type.
printf 'a I-X\nb I-X\nc B-X\nd I-Y\ne B\n' | weir kg2instruction convert -q --from conll --source s | cut -d '"' -f 7-
# Columns by number; a blank as a word.
printf 'x N B-X a\ny N O b\n' | weir kg2instruction convert -q --from bio --token-column 4 --tag-column 3 --source s |
    cut -d '"' -f 7-
printf '你 O\n  O\n好 O\n' | weir kg2instruction convert -q --from msra --source s | cut -d '"' -f 7-
# Bad records.
printf 'a O\nb\n\nc O O\nd O\n\n\377 O\n\nfine O\n' | weir kg2instruction convert --from bio --rejects bad >kept 2>err || true
sed 's/.*"reason":"\([^"]*\)","error":"\([^"]*\)".*/\1: \2/' bad
sed 's/;.*//; s/.*: in/in/' err
# The last of sixteen columns is the tag; of more none is taken for it.
line() { awk -v n="$1" 'BEGIN { for (i = 1; i < n; i++) printf "w "; print "B-X" }'; }
line 16 | weir kg2instruction convert -q --from bio | grep -o '"entity_type":"X"'
line 17 | weir kg2instruction convert -q --from bio 2>&1 | sed 's/.*:1: //'
# A block longer than --max-record is passed over within the memory.
{ printf 'a O\n\n'; head -c 300000000 /dev/zero | tr '\0' x; printf ' O\nb O\n\nc O\n'; } >long
weir kg2instruction convert --from bio -m 64M --max-record 1M --rejects bad long >kept 2>err
wc -l <kept | tr -d ' '
grep -o '"length":[0-9]*' bad
weir kg2instruction convert --from bio -m 64M long 2>err || true
cat err
