/* HTML fragments of posts as plain text. */
#ifndef WEIR_INGEST_HTML_H
#define WEIR_INGEST_HTML_H

#include "weir/buf.h"

/* Appends the text of a fragment: paragraphs apart by a blank line, list items behind "- " or their
 * number, preformatted code as it stands, links as their text, entities decoded; scripts, styles,
 * comments and images gone.  Any bytes are accepted; time is linear.  Begins and ends without white
 * space around it. */
void html_to_text(struct weir_span html, struct weir_buf *to);

/* The character of a named entity of HTML 4 ("amp"), or 0. */
uint32_t html_entity(struct weir_span name);

#endif
