# The identifier of a file is of its path and content: equal files are told apart, and a folder and
# its archive give the same identifiers.  Expected: xxh128sum of PATH, a NUL and the content.
mkdir -p repo/a repo/b
printf 'int x;\n' >repo/a/x.c
printf 'int x;\n' >repo/b/x.c
tar -C repo --sort=name --format=ustar -cf repo.tar a b
tar -C repo --sort=name --format=ustar -cf dot.tar ./a ./b
for input in repo repo.tar dot.tar; do
    weir ingest --from github -q $input -o out.jsonl
    sed 's/^{"id":"\([^"]*\)".*"path":"\([^"]*\)".*/\1 \2/' out.jsonl
done
