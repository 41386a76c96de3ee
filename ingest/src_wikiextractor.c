/* WikiExtractor's output: JSON Lines (--json), or blocks
 *
 *     <doc id="12" url="https://en.wikipedia.org/wiki?curid=12" title="Anarchism">
 *     Anarchism
 *
 *     …
 *     </doc>
 *
 * whose text has &, < and > escaped and whose title is written as it is, quotes and all. */
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest_json.h"

struct wikiextractor_thread {
    void *json;
    struct weir_buf text, title;
    char source[16];
};

/* enwiki for https://en.wikipedia.org/…: the name of the dump the article came from. */
static struct weir_span wiki_of(struct weir_span url, char *buf, size_t size)
{
    static const char host[] = ".wikipedia.org";
    const char *slashes = url.n > 2 ? memmem(url.p, url.n, "//", 2) : NULL;
    size_t n = 0;
    if (!slashes)
        return weir_span(NULL, 0);
    const char *p = slashes + 2, *end = url.p + url.n;
    for (; p < end && n + 5 < size && (*p == '-' || (*p >= 'a' && *p <= 'z')); p++)
        buf[n++] = *p == '-' ? '_' : *p;
    if (!n || (size_t)(end - p) < sizeof host - 1 || memcmp(p, host, sizeof host - 1))
        return weir_span(NULL, 0);
    memcpy(buf + n, "wiki", 4);
    return weir_span(buf, n + 4);
}

static int open(struct ingest *in, void **reader, struct weir_err *err)
{
    return ingest_frame_open(in, INGEST_DOCS | INGEST_LINES | INGEST_ARRAY, reader, err);
}

static void *thread_new(struct ingest *in, struct weir_err *err)
{
    struct wikiextractor_thread *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->json = ingest_json_thread_new(in, err);
    if (t->json)
        return t;
    free(t);
    return NULL;
}

static void thread_free(void *thread)
{
    struct wikiextractor_thread *t = thread;
    ingest_json_thread_free(t->json);
    weir_buf_free(&t->text);
    weir_buf_free(&t->title);
    free(t);
}

/* The value of name="…" in a head line; the last attribute ends at the last quote. */
static struct weir_span attribute(struct weir_span head, const char *name, int last)
{
    const size_t n = strlen(name);
    const char *p = memmem(head.p, head.n, name, n);
    if (!p)
        return weir_span(NULL, 0);
    p += n;
    const size_t left = (size_t)(head.p + head.n - p);
    const char *end = last ? memrchr(p, '"', left) : memchr(p, '"', left);
    return end ? weir_span(p, (size_t)(end - p)) : weir_span(NULL, 0);
}

static void unescape(struct weir_buf *to, struct weir_span s)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}};
    to->n = 0;
    while (s.n) {
        const char *amp = memchr(s.p, '&', s.n);
        const size_t run = amp ? (size_t)(amp - s.p) : s.n;
        weir_buf_add(to, s.p, run);
        s = weir_span(s.p + run, s.n - run);
        if (!s.n)
            return;
        size_t took = 0;
        for (size_t i = 0; i < sizeof entities / sizeof entities[0] && !took; i++) {
            const size_t n = strlen(entities[i].entity);
            if (s.n >= n && !memcmp(s.p, entities[i].entity, n)) {
                weir_buf_addc(to, entities[i].c);
                took = n;
            }
        }
        if (!took) {
            weir_buf_addc(to, '&');
            took = 1;
        }
        s = weir_span(s.p + took, s.n - took);
    }
}

static int convert_block(struct ingest *in, struct wikiextractor_thread *t, struct ingest_out *out,
                         struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    static const char tail[] = "\n</doc>";
    struct weir_span raw;
    struct ingest_doc d = {0};
    const int rc = ingest_utf8_from(WEIR_ENC_UTF8, out, b, r, weir_rec_raw(b, r), &raw, err);
    if (rc <= 0)
        return rc;
    const char *nl = memchr(raw.p, '\n', raw.n);
    if (!nl)
        return weir_err_set(err, WEIR_EFAIL, "a block without lines");
    const struct weir_span head = weir_span(raw.p, (size_t)(nl - raw.p));
    const char *end = raw.p + raw.n - (sizeof tail - 1);
    d.id = attribute(head, " id=\"", 0);
    d.url = attribute(head, " url=\"", 0);
    if (!d.id.p || !d.url.p) {
        weir_rec_bad(b, r, "no-id", "<doc> without id or url");
        return 0;
    }
    unescape(&t->title, attribute(head, " title=\"", 1));
    unescape(&t->text, end > nl ? weir_span(nl + 1, (size_t)(end - nl - 1)) : weir_span(nl, 0));
    d.title = weir_buf_span(&t->title);
    d.text = weir_buf_span(&t->text);
    d.source = wiki_of(d.url, t->source, sizeof t->source);
    if (weir_buf_check(&t->title, err) || weir_buf_check(&t->text, err))
        return err->code;
    return ingest_emit(in, out, b, r, &d, err);
}

static int convert(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                   struct weir_rec *r, struct weir_err *err)
{
    static const struct ingest_json_names names = {
        .text = {"text"}, .title = {"title"}, .id = {"id"}, .source_of = wiki_of};
    struct wikiextractor_thread *t = thread;
    if (r->user[0] == INGEST_DOCS)
        return convert_block(in, t, out, b, r, err);
    return ingest_json_convert(&names, in, t->json, out, b, r, err);
}

const struct ingest_source ingest_wikiextractor = {
    .name = "wikiextractor",
    .help = "WikiExtractor's output: JSON Lines or <doc> blocks",
    .open = open,
    .next = ingest_frame_next,
    .close = ingest_frame_close,
    .tail = ingest_frame_tail,
    .thread_new = thread_new,
    .thread_free = thread_free,
    .convert = convert,
    .refuses = INGEST_NO_LINKS | INGEST_NO_ENCODING};
