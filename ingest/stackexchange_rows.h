/* Rows of a Stack Exchange dump (Posts.xml): framed with their exact places, then parsed by expat.
 */
#ifndef WEIR_STACKEXCHANGE_ROWS_H
#define WEIR_STACKEXCHANGE_ROWS_H

#include "ingest/ingest_window.h"

/* ---- framing: finds "<row … />", nothing is decoded ---- */

struct rows {
    struct window *w;
    uint64_t line; // lines begun
    uint64_t max_row;
    enum { ROWS_BEFORE, ROWS_INSIDE, ROWS_BEHIND } where; // of <posts> … </posts>
};

struct row {
    struct weir_span raw; // valid until the next call; empty for one that is too long
    uint64_t offset, length, line;
    int too_long;
};

void rows_start(struct rows *rows, struct window *w, uint64_t max_row);
/* 1 and the next row, 0 behind </posts>, negative when the input is no dump or cut short. */
int rows_next(struct rows *rows, struct row *row, struct weir_err *err);

/* ---- content ---- */

enum { POST_QUESTION = 1, POST_ANSWER = 2 };
#define POST_ID_MAX (((int64_t)1 << 48) - 1)

struct post {
    int64_t id, type, parent, accepted, score; // parent, accepted: 0 when absent
    int deleted;
    struct weir_span title, body, tags, license; // decoded; p NULL when absent
};

/* The numbers of a row, and whether it is deleted, without an XML parser: what sorting needs,
 * several times as fast.  The texts stay absent.  Returns 0, or WEIR_EBAD with the reason. */
WEIR_MUST_CHECK int post_scan(struct weir_span row, struct post *post, struct weir_err *err);

typedef struct post_parser post_parser; // one a thread

post_parser *post_parser_new(struct weir_err *err);
void post_parser_free(post_parser *p);
/* Parses a row; spans live until the next call.  Returns 0, or WEIR_EBAD with the reason. */
WEIR_MUST_CHECK int post_parse(post_parser *p, struct weir_span row, struct post *post,
                               struct weir_err *err);

#endif
