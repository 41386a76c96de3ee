/* Sources whose documents are whole files: text, and books, which may also come as JSON. */
#include <string.h>

#include "ingest/ingest_json.h"
#include "weir/utf8.h"

static int open_text(struct ingest *in, void **reader, struct weir_err *err)
{
    return ingest_frame_open(in, INGEST_WHOLE, reader, err);
}

static int is_named(const struct weir_rec *r)
{
    return strcmp(r->file, "standard input") != 0;
}

static int text(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                struct weir_rec *r, struct weir_err *err)
{
    struct ingest_doc d = {0};
    (void)thread;
    const int rc = ingest_utf8(in, out, b, r, weir_rec_raw(b, r), &d.text, err);
    if (rc <= 0)
        return rc;
    if (is_named(r))
        d.path = weir_span(r->file, strlen(r->file));
    return ingest_emit(in, out, b, r, &d, err);
}

/* A book is called like its file, without folders and the last suffix. */
static struct weir_span stem(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash ? slash + 1 : file;
    const char *dot = strrchr(name, '.');
    return weir_span(name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

static int open_books(struct ingest *in, void **reader, struct weir_err *err)
{
    return ingest_frame_open(in, INGEST_LINES | INGEST_WHOLE, reader, err);
}

static int books(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                 struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"text", "content"}, .title = {"title"}, .id = {"id"}};
    struct ingest_doc d = {0};
    if (r->user[0] != INGEST_WHOLE)
        return ingest_json_convert(&names, in, thread, out, b, r, err);
    const int rc = ingest_utf8(in, out, b, r, weir_rec_raw(b, r), &d.text, err);
    if (rc <= 0)
        return rc;
    if (is_named(r)) {
        d.path = weir_span(r->file, strlen(r->file));
        d.title = stem(r->file);
        if (weir_utf8_valid(d.title.p, d.title.n) < d.title.n)
            d.title = weir_span(NULL, 0);
    }
    return ingest_emit(in, out, b, r, &d, err);
}

const struct ingest_source ingest_text = {.name = "text",
                                          .help = "plain text: a file is a document",
                                          .open = open_text,
                                          .next = ingest_frame_next,
                                          .close = ingest_frame_close,
                                          .tail = ingest_frame_tail,
                                          .convert = text,
                                          .refuses = INGEST_NO_NAMES | INGEST_NO_LINKS};
const struct ingest_source ingest_books = {
    .name = "books",
    .help = "books: a text file each, titled by its name; or JSON Lines with text",
    .open = open_books,
    .next = ingest_frame_next,
    .close = ingest_frame_close,
    .tail = ingest_frame_tail,
    .thread_new = ingest_json_thread_new,
    .thread_free = ingest_json_thread_free,
    .convert = books,
    .refuses = INGEST_NO_LINKS};
