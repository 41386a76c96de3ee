/* Stack Exchange dumps: each question of Posts.xml with its answers.  Answers may stand anywhere in
 * the dump, so the rows go through the external sort:
 *
 *      rows ── sort by question ──► question, answers by score ──► one document
 *
 * Every row is a record.  That of a question makes the document; those of its answers are kept and
 * make nothing of their own, since their text is in the question's document. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest_html.h"
#include "ingest/stackexchange_reader.h"
#include "ingest/stackexchange_rows.h"

struct scratch {
    post_parser *parser;
    struct weir_buf title, text, id, extra, license;
};

static void thread_free(void *thread)
{
    struct scratch *t = thread;
    if (!t)
        return;
    post_parser_free(t->parser);
    weir_buf_free(&t->title);
    weir_buf_free(&t->text);
    weir_buf_free(&t->id);
    weir_buf_free(&t->extra);
    weir_buf_free(&t->license);
    free(t);
}

static void *thread_new(struct ingest *in, struct weir_err *err)
{
    (void)in;
    struct scratch *t = weir_calloc(1, sizeof(*t));
    if (!t)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    if (t && (t->parser = post_parser_new(err)))
        return t;
    free(t);
    return NULL;
}

/* Texts stand under one another with a blank line between. */
static void add_body(struct scratch *t, struct weir_span html)
{
    const size_t before = t->text.n;
    if (!html.n)
        return;
    if (before)
        weir_buf_adds(&t->text, "\n\n");
    const size_t start = t->text.n;
    html_to_text(html, &t->text);
    if (t->text.n == start)
        t->text.n = before;
}

/* "CC BY-SA 4.0" as "CC-BY-SA-4.0"; posts of one thread may have several. */
static void add_license(struct scratch *t, struct weir_span s)
{
    char id[32];
    if (!s.n || s.n >= sizeof(id))
        return;
    for (size_t i = 0; i < s.n; i++)
        id[i] = s.p[i] == ' ' ? '-' : s.p[i];
    if (t->license.n && memmem(t->license.p, t->license.n, id, s.n))
        return;
    if (t->license.n)
        weir_buf_adds(&t->license, " AND ");
    weir_buf_add(&t->license, id, s.n);
}

/* "<c><malloc>" or "|c|malloc|" as a JSON array. */
static void add_tags(struct weir_buf *b, struct weir_span tags)
{
    int n = 0;
    weir_buf_adds(b, ",\"tags\":[");
    for (size_t i = 0; i < tags.n;) {
        size_t end = i;
        while (end < tags.n && !strchr("<>|", tags.p[end]))
            end++;
        if (end > i) {
            if (n++)
                weir_buf_addc(b, ',');
            weir_buf_add_json(b, weir_span(tags.p + i, end - i));
        }
        i = end + 1;
    }
    weir_buf_addc(b, ']');
}

static void begin_document(struct ingest *in, struct scratch *t, const struct post *q,
                           size_t n_answers)
{
    const struct weir_span source = stackexchange_name(in);
    struct weir_buf *const all[] = {&t->title, &t->text, &t->id, &t->extra, &t->license};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        weir_buf_reset(all[i], 1u << 20);
    weir_buf_add(&t->title, q->title.p, q->title.n);
    weir_buf_add(&t->text, q->title.p, q->title.n);
    weir_buf_add(&t->id, source.p, source.n);
    weir_buf_addf(&t->id, ":%" PRId64, q->id);
    weir_buf_addf(&t->extra, "\"score\":%" PRId64 ",\"answers\":%zu", q->score, n_answers);
    if (q->tags.n)
        add_tags(&t->extra, q->tags);
    add_license(t, q->license);
    add_body(t, q->body);
}

static int add_answer(struct scratch *t, const struct weir_batch *b, const struct weir_rec *r,
                      struct weir_err *err)
{
    struct post post;
    const int rc = post_parse(t->parser, weir_rec_raw(b, r), &post, err);
    if (rc)
        return rc;
    add_license(t, post.license);
    add_body(t, post.body);
    return 0;
}

/* The accepted answer comes first, the others as they were sorted. */
static int add_answers(struct scratch *t, const struct weir_batch *b, const struct weir_rec *q,
                       uint64_t accepted, struct weir_err *err)
{
    const struct weir_rec *end = q + 1 + q->user[N_ANSWERS];
    int rc = 0;
    for (const struct weir_rec *r = q + 1; !rc && r < end; r++) {
        if (r->user[POST_ID] == accepted)
            rc = add_answer(t, b, r, err);
    }
    for (const struct weir_rec *r = q + 1; !rc && r < end; r++) {
        if (r->user[POST_ID] != accepted)
            rc = add_answer(t, b, r, err);
    }
    return rc;
}

static int convert(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                   struct weir_rec *r, struct weir_err *err)
{
    struct scratch *t = thread;
    struct post q;
    if (r->fate != WEIR_PASS) // dropped by the reader, or an answer
        return 0;
    int rc = post_parse(t->parser, weir_rec_raw(b, r), &q, err);
    if (rc)
        return rc;
    begin_document(in, t, &q, r->user[N_ANSWERS]);
    rc = add_answers(t, b, r, (uint64_t)q.accepted, err);
    if (rc)
        return rc;
    const struct weir_buf *const all[] = {&t->title, &t->text, &t->id, &t->extra, &t->license};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        if (weir_buf_check(all[i], err))
            return WEIR_EMEM;
    }
    const struct ingest_doc d = {
        .id = weir_buf_span(&t->id),
        .text = t->text.n ? weir_buf_span(&t->text) : WEIR_LIT(""),
        .title = t->title.n ? weir_buf_span(&t->title) : weir_span(NULL, 0),
        .license = t->license.n ? weir_buf_span(&t->license) : weir_span(NULL, 0),
        .extra = weir_buf_span(&t->extra)};
    rc = ingest_emit(in, out, b, r, &d, err);
    for (size_t i = 1; !rc && r->fate == WEIR_DROP && i <= r[0].user[N_ANSWERS]; i++)
        weir_rec_drop(b, &r[i], r->reason, NULL);
    return rc;
}

const struct ingest_source ingest_stackexchange = {
    .name = "stackexchange",
    .help = "Stack Exchange: questions of Posts.xml with their answers",
    .open = stackexchange_open,
    .next = stackexchange_next,
    .close = stackexchange_close,
    .tail = stackexchange_tail,
    .thread_new = thread_new,
    .thread_free = thread_free,
    .convert = convert,
    .memory_share = 4};
