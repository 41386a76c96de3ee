/* Rows of a dump, their attributes, and the HTML of their bodies. */
#include "ingest/ingest_html.h"
#include "ingest/stackexchange_rows.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(weir_io *io, const uint8_t *data, size_t size)
{
    struct weir_err err = {0};
    struct window w = {0};
    struct rows rows;
    struct row row;
    struct post post;
    struct weir_buf text = {0};
    post_parser *p = post_parser_new(&err);
    uint64_t end = 0;
    window_start(&w, io, "input");
    rows_start(&rows, &w, 512);
    while (p && rows_next(&rows, &row, &err) > 0) {
        struct weir_err why = {0};
        if (row.offset < end || row.offset + row.length > size ||
            (row.raw.n && memcmp(row.raw.p, data + row.offset, row.raw.n)))
            abort();
        end = row.offset + row.length;
        text.n = 0;
        if (!post_parse(p, row.raw, &post, &why) && post.body.n)
            html_to_text(post.body, &text);
    }
    post_parser_free(p);
    window_free(&w);
    weir_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_err err = {0};
    struct weir_buf text = {0};
    html_to_text(weir_span((const char *)data, size), &text);
    weir_buf_free(&text);
    weir_io *io = weir_io_open_mem(data, size, &err);
    if (io)
        read_rows(io, data, size);
    weir_io_abort(io);
    return 0;
}
