/* Project Gutenberg: plain text books with a licence around them; or JSON Lines with text. */
#include <string.h>

#include "ingest/gutenberg.h"
#include "ingest/ingest_json.h"
#include "weir/utf8.h"

static int open(struct ingest *in, void **reader, struct weir_err *err)
{
    return ingest_frame_open(in, INGEST_LINES | INGEST_WHOLE, reader, err);
}

/* BCP 47 for what the header calls the language.  Chinese is left to the text: the header does not
 * say in which script. */
static struct weir_span tag_of(struct weir_span language)
{
    static const char *const names[][2] = {
        {"English", "en"}, {"French", "fr"},  {"German", "de"},     {"Spanish", "es"},
        {"Italian", "it"}, {"Dutch", "nl"},   {"Portuguese", "pt"}, {"Finnish", "fi"},
        {"Latin", "la"},   {"Swedish", "sv"}, {"Danish", "da"},     {"Japanese", "ja"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (weir_span_is(language, names[i][0]))
            return weir_span(names[i][1], 2);
    return weir_span(NULL, 0);
}

/* Latin-1 is declared in the header and in nothing else that could be recognised. */
static int read_text(struct ingest *in, struct ingest_out *out, struct weir_batch *b,
                     struct weir_rec *r, struct weir_span *text, struct weir_err *err)
{
    const struct weir_span raw = weir_rec_raw(b, r);
    int encoding = in->opt->encoding;
    if (encoding == WEIR_ENC_AUTO && weir_utf8_valid(raw.p, raw.n) < raw.n &&
        gutenberg_is_latin1(raw))
        encoding = WEIR_ENC_WINDOWS1252;
    return ingest_utf8_from(encoding, out, b, r, raw, text, err);
}

static int convert_file(struct ingest *in, struct ingest_out *out, struct weir_batch *b,
                        struct weir_rec *r, struct weir_err *err)
{
    struct weir_span text;
    struct gutenberg_book book;
    struct ingest_doc d = {0};
    struct weir_buf id = {0}, url = {0};
    int rc = read_text(in, out, b, r, &text, err);
    if (rc <= 0)
        return rc;
    gutenberg_split(text, &book);
    if (book.cut_off) {
        weir_rec_bad(b, r, "truncated", "\"*** START OF\" without \"*** END OF\": half a file?");
        return 0;
    }
    ingest_note(out, "gutenberg-header", (uint64_t)book.header);
    ingest_note(out, "gutenberg-footer", (uint64_t)book.footer);
    d.text = book.text;
    d.title = book.title;
    d.lang = tag_of(book.language);
    if (strcmp(r->file, "standard input") != 0)
        d.path = weir_span(r->file, strlen(r->file));
    if (book.number.p && book.number.n < 16) {
        weir_buf_addf(&id, "pg%.*s", (int)book.number.n, book.number.p);
        weir_buf_addf(&url, "https://www.gutenberg.org/ebooks/%.*s", (int)book.number.n,
                      book.number.p);
        d.id = weir_buf_span(&id);
        d.url = weir_buf_span(&url);
    }
    rc = weir_buf_check(&id, err);
    if (!rc)
        rc = weir_buf_check(&url, err);
    if (!rc)
        rc = ingest_emit(in, out, b, r, &d, err);
    weir_buf_free(&id);
    weir_buf_free(&url);
    return rc;
}

static int convert(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                   struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"text", "content"}, .title = {"title"}, .id = {"id"}};
    if (r->user[0] == INGEST_WHOLE)
        return convert_file(in, out, b, r, err);
    return ingest_json_convert(&names, in, thread, out, b, r, err);
}

const struct ingest_source ingest_gutenberg = {
    .name = "gutenberg",
    .help = "Project Gutenberg books, licence removed; or JSON Lines with text",
    .open = open,
    .next = ingest_frame_next,
    .close = ingest_frame_close,
    .tail = ingest_frame_tail,
    .thread_new = ingest_json_thread_new,
    .thread_free = ingest_json_thread_free,
    .convert = convert,
    .refuses = INGEST_NO_LINKS};
