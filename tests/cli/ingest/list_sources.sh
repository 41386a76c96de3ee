# Needs no input; every source of the first part is there.
weir ingest --list-sources </dev/null | awk '{ print $1 }' | sort |
    grep -x -e arxiv -e baike -e books -e gutenberg -e jsonl -e text -e wikiextractor -e wudao
