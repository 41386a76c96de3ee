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
    size_t n_answers;
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

static void begin_document(struct ingest *in, struct scratch *t, const struct post *q)
{
    const struct weir_span source = stackexchange_name(in);
    struct weir_buf *const all[] = {&t->title, &t->text, &t->id, &t->extra, &t->license};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        weir_buf_reset(all[i], 1u << 20);
    t->n_answers = 0;
    weir_buf_add(&t->title, q->title.p, q->title.n);
    weir_buf_add(&t->text, q->title.p, q->title.n);
    weir_buf_add(&t->id, source.p, source.n);
    weir_buf_addf(&t->id, ":%" PRId64, q->id);
    weir_buf_addf(&t->extra, "\"score\":%" PRId64, q->score);
    if (q->tags.n)
        add_tags(&t->extra, q->tags);
    add_license(t, q->license);
    add_body(t, q->body);
}

/* Parses a record's row: 1, 0 after making the record bad, negative on error. */
static int parse(struct scratch *t, struct weir_batch *b, struct weir_rec *r, struct post *post,
                 struct weir_err *err)
{
    struct weir_err why = {0};
    const int rc = post_parse(t->parser, weir_rec_raw(b, r), post, &why);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "xml", "%s", why.msg);
        return 0;
    }
    return rc ? weir_err_set(err, rc, "%s", why.msg) : 1;
}

static int add_answer(struct scratch *t, struct weir_batch *b, struct weir_rec *r,
                      struct weir_err *err)
{
    struct post post;
    const int got = parse(t, b, r, &post, err);
    if (got <= 0)
        return got;
    add_license(t, post.license);
    add_body(t, post.body);
    t->n_answers++;
    return 0;
}

/* The accepted answer comes first, the others as they were sorted. */
static int add_answers(struct scratch *t, struct weir_batch *b, struct weir_rec *q,
                       uint64_t accepted, struct weir_err *err)
{
    struct weir_rec *end = q + 1 + q->user[N_FOLLOWING];
    int rc = 0;
    for (struct weir_rec *r = q + 1; !rc && r < end; r++) {
        if (r->user[ROLE] == ROLE_ANSWER && r->user[POST_ID] == accepted)
            rc = add_answer(t, b, r, err);
    }
    for (struct weir_rec *r = q + 1; !rc && r < end; r++) {
        if (r->user[ROLE] == ROLE_ANSWER && r->user[POST_ID] != accepted)
            rc = add_answer(t, b, r, err);
    }
    return rc;
}

/* No document came of the question: its answers go the same way. */
static void drop_answers(struct weir_batch *b, struct weir_rec *q, const char *reason)
{
    for (size_t i = 1; i <= q->user[N_FOLLOWING]; i++) {
        if (q[i].user[ROLE] == ROLE_ANSWER && q[i].fate != WEIR_BAD)
            weir_rec_drop(b, &q[i], reason, NULL);
    }
}

static struct weir_span span_of(const struct weir_buf *b)
{
    return b->n ? weir_buf_span(b) : weir_span(NULL, 0);
}

static int write_document(struct ingest *in, struct scratch *t, struct ingest_out *out,
                          struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    const struct weir_buf *const all[] = {&t->title, &t->text, &t->id, &t->extra, &t->license};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        if (weir_buf_check(all[i], err))
            return WEIR_EMEM;
    }
    const struct ingest_doc d = {.id = span_of(&t->id),
                                 .text = t->text.n ? span_of(&t->text) : WEIR_LIT(""),
                                 .title = span_of(&t->title),
                                 .license = span_of(&t->license),
                                 .extra = span_of(&t->extra)};
    return ingest_emit(in, out, b, r, &d, err);
}

static int convert(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                   struct weir_rec *r, struct weir_err *err)
{
    struct scratch *t = thread;
    struct post q;
    if (r->fate != WEIR_PASS) // dropped by the reader, or an answer
        return 0;
    const int got = parse(t, b, r, &q, err);
    if (got < 0)
        return got;
    if (!got) {
        drop_answers(b, r, "no-question");
        return 0;
    }
    const uint64_t accepted = (uint64_t)q.accepted;
    begin_document(in, t, &q);
    int rc = add_answers(t, b, r, accepted, err);
    weir_buf_addf(&t->extra, ",\"answers\":%zu", t->n_answers);
    if (!rc)
        rc = write_document(in, t, out, b, r, err);
    if (!rc && r->fate == WEIR_DROP)
        drop_answers(b, r, r->reason);
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
    .refuses = INGEST_NO_NAMES | INGEST_NO_LINKS | INGEST_NO_ENCODING,
    .has_scores = 1,
    .memory_share = 4};
