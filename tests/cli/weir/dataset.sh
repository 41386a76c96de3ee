# samples/dataset.mk: a second make does nothing, a touched source remakes only its way, a build that was
# killed goes on, and all end with the same bytes, for any -j and any folder.
unset MAKEFLAGS MAKELEVEL MFLAGS
cp -r "$SRC/samples/raw" raw
build() { make -f "$SRC/samples/dataset.mk" RAW=raw MODEL="$SRC/samples/tokenizer.model" N=256 "$@" >log 2>&1 || { cat log; exit 1; }; }
bytes() { cat "$1"/dataset/*.bin "$1"/dataset/*.idx | cksum; }

build OUT=one -j2
tail -n 1 one/audit.txt | grep -o 'all balance'
build OUT=one -j2 -q && echo 'nothing to do'

touch raw/arxiv.jsonl
build OUT=one
grep -c '^ingest ' log
# Of its group: one sign, three matches, one cluster, four shards.
[ "$(grep -cE '^(sign|match|cluster|dedup) ' log)" = 9 ] && echo 'one group'
build OUT=one -q && echo 'nothing to do'

# As a kill would leave it: some outputs missing, a temporary file beside them.
build OUT=two
rm two/clean/baike* two/tokens/enwiki* two/dataset/corpus.json two/samples/github*
: >two/clean/.baike-baike.jsonl.clean.jsonl.zst.tmp
build OUT=two -j4 RUN='nice -n 1'
# baike's filters and sign, zh's three matches and cluster, then four shards in three steps; enwiki's
# tokenize and chunker, github's chunker.
grep -cE '^(filters|sign|match|cluster|dedup|tokenize|chunker) ' log
[ "$(bytes one)" = "$(bytes two)" ] && echo 'same bytes'
