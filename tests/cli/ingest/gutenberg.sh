# Licence removed; Latin-1 as the header declares; identifier, title and language from the header.
{
    printf 'The Project Gutenberg EBook of Caf\351, by Nobody\r\n\r\nTitle: Caf\351\r\n\r\n'
    printf 'Release Date: May, 1999 [EBook #1742]\r\nLanguage: French\r\n\r\n'
    printf 'Character set encoding: ISO-8859-1\r\n\r\n'
    printf '*** START OF THIS PROJECT GUTENBERG EBOOK CAFE ***\r\n\r\nProduced by Somebody\r\n\r\n'
    printf 'Un caf\351.\r\n\r\nEnd of Project Gutenberg'"'"'s Caf\351\r\n*** END OF THIS\r\n'
} >1742.txt
weir ingest -v --from gutenberg 1742.txt
printf '{"text":"Plain and simple, the end of it."}\n' >pg.jsonl
weir ingest -q --from gutenberg pg.jsonl | sed 's/"id":"[^"]*"/"id":""/'
