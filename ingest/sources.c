/* All sources, in the order of --list-sources. */
#include "ingest/source.h"

extern const struct ingest_source ingest_baike, ingest_wudao, ingest_wiki, ingest_wikiextractor,
    ingest_github, ingest_stackexchange, ingest_arxiv, ingest_books, ingest_gutenberg, ingest_text,
    ingest_jsonl;

const struct ingest_source *const ingest_sources[] = {
    &ingest_baike,     &ingest_wudao,         &ingest_wiki,  &ingest_wikiextractor,
    &ingest_github,    &ingest_stackexchange, &ingest_arxiv, &ingest_books,
    &ingest_gutenberg, &ingest_text,          &ingest_jsonl, NULL,
};
