/* Where places in a text are after cleaning. */
#ifndef WEIR_INGEST_WIKI_PLACES_H
#define WEIR_INGEST_WIKI_PLACES_H

#include "ingest/source.h"

struct wiki_place {
    size_t from, to; // byte offsets before and after
};

struct wiki_places {
    struct wiki_place *at;
    size_t n, cap;
};

/* Remembers a place to follow. */
int wiki_places_add(struct wiki_places *p, size_t from);
/* Cleans text into *clean and finds where each place comes to lie.  A place before a combining mark
 * or a joiner moves behind it: there the text can be cut without changing what it becomes. */
int wiki_places_clean(struct wiki_places *p, struct ingest_out *out, struct weir_span text,
                      struct weir_buf *clean, struct weir_err *err);
/* The new place of one that was added. */
size_t wiki_places_find(const struct wiki_places *p, size_t from);

#endif
