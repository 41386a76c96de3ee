/* Project Gutenberg's own words around a book. */
#ifndef WEIR_INGEST_GUTENBERG_H
#define WEIR_INGEST_GUTENBERG_H

#include "weir/base.h"

struct gutenberg_book {
    struct weir_span text;             // the book alone, without blank lines at its ends
    struct weir_span title;            // what the header says; p NULL when it does not
    struct weir_span language, number; // the same
    int header, footer;                // removed?
    int cut_off; // a line "*** START OF" and none of those that end a book: half a file
};

void gutenberg_split(struct weir_span file, struct gutenberg_book *book);
/* 1 when a file that is no UTF-8 declares ISO 8859-1 or Windows-1252. */
int gutenberg_is_latin1(struct weir_span file);

#endif
