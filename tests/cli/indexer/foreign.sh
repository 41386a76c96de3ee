# An index that Weir did not write: Megatron's layout alone is checked, shown, merged.
printf '\005\000\006\000\007\000\010\000' >m.bin
{
    printf 'MMIDIDX\000\000\001\000\000\000\000\000\000\000\010'
    printf '\002\000\000\000\000\000\000\000\003\000\000\000\000\000\000\000'
    printf '\001\000\000\000\003\000\000\000'
    printf '\000\000\000\000\000\000\000\000\002\000\000\000\000\000\000\000'
    printf '\000\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000\002\000\000\000\000\000\000\000'
} >m.idx
weir indexer check m
weir indexer show m
weir indexer merge -q m m -o mm
weir indexer check mm --vocab-size 9
weir indexer show mm 3 0
ls mm.*
weir indexer trace m 1 2>&1 || echo "exit $?"
weir indexer check mm --vocab-size 8 2>&1 || echo "exit $?"
