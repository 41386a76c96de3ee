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
#include "ingest/source.h"
#include "ingest/stackexchange_rows.h"
#include "weir/extsort.h"

/* Rows of one question that travel together; more are left out. */
enum { GROUP_ROWS = 4096 };
/* A group is written, parsed and cleaned at once: what it may take of the memory. */
enum { GROUP_SHARE = 32 };

/* user[] of a question's record, and of the answers that follow it in the batch. */
enum { N_ANSWERS, ROLE, POST_ID };
enum { ROLE_NONE, ROLE_ANSWER };

enum { KEY_BYTES = 4 + 8 + 1 + 8 + 8 };

/* In front of a row in the sort. */
struct stored {
    uint64_t offset, line, id;
};

struct item {
    uint32_t input;
    uint64_t question;
    int is_answer;
    struct stored at;
    struct weir_span raw;
};

struct reader {
    struct ingest *in;
    struct window w;
    struct rows rows;
    post_parser *parser;
    weir_extsort *sort;
    const char **name; // of the inputs
    size_t n_name, cap_name;
    int reading, sorted;
    uint64_t total, records; // bytes of the inputs, and of their rows
    struct weir_buf value;
    struct item item; // next one of the sort
    int has_item;
    uint32_t full_input; // the question whose group is full
    uint64_t full_question;
};

static void reader_close(void *reader)
{
    struct reader *s = reader;
    if (!s)
        return;
    window_free(&s->w);
    post_parser_free(s->parser);
    weir_extsort_free(s->sort);
    weir_buf_free(&s->value);
    free(s->name);
    free(s);
}

static int reader_open(struct ingest *in, void **reader, struct weir_err *err)
{
    struct reader *s = weir_calloc(1, sizeof(*s));
    if (!s)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->in = in;
    s->sort = weir_extsort_new(in->job->memory / in->source->memory_share, in->job->temp_dir, err);
    s->parser = s->sort ? post_parser_new(err) : NULL;
    if (!s->parser) {
        reader_close(s);
        return err->code;
    }
    *reader = s;
    return 0;
}

static uint64_t reader_tail(void *reader)
{
    const struct reader *s = reader;
    return s->total - s->records;
}

static struct weir_span source_name(const struct ingest *in)
{
    const char *name = in->opt->source ? in->opt->source : in->source->name;
    return weir_span(name, strlen(name));
}

/* ---- first pass: rows into the sort ---- */

static void put_u64(char *p, uint64_t x)
{
    for (int i = 7; i >= 0; i--, x >>= 8)
        p[i] = (char)x;
}

static uint64_t get_u64(const char *p)
{
    uint64_t x = 0;
    for (int i = 0; i < 8; i++)
        x = x << 8 | (unsigned char)p[i];
    return x;
}

/* Sorts by input, question, question before answers, answers by falling score, then by id. */
static int sort_post(struct reader *s, const struct row *row, const struct post *post,
                     struct weir_err *err)
{
    const int is_answer = post->type == POST_ANSWER;
    const uint32_t input = (uint32_t)(s->n_name - 1);
    const struct stored at = {row->offset, row->line, (uint64_t)post->id};
    char key[KEY_BYTES];
    for (int i = 0; i < 4; i++)
        key[i] = (char)(input >> (24 - 8 * i));
    put_u64(key + 4, (uint64_t)(is_answer ? post->parent : post->id));
    key[12] = (char)is_answer;
    put_u64(key + 13, is_answer ? (uint64_t)INT64_MAX - (uint64_t)post->score : 0);
    put_u64(key + 21, (uint64_t)(is_answer ? post->id : 0));
    s->value.n = 0;
    weir_buf_add(&s->value, &at, sizeof(at));
    weir_buf_add(&s->value, row->raw.p, row->raw.n);
    if (weir_buf_check(&s->value, err))
        return WEIR_EMEM;
    return weir_extsort_add(s->sort, weir_span(key, sizeof(key)), weir_buf_span(&s->value), err);
}

static struct weir_rec *add_record(struct reader *s, struct weir_batch *b, const char *file,
                                   struct weir_span raw, uint64_t offset, uint64_t length,
                                   uint64_t line, struct weir_err *err)
{
    struct weir_rec *r = weir_batch_add(b, raw.p, raw.n);
    if (!r) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    r->file = file;
    r->offset = offset;
    r->length = length;
    r->line = line;
    weir_rec_source(b, r, source_name(s->in));
    return r;
}

/* Why a well-formed post is left out on its own account, or NULL. */
static const char *reason_of(const struct reader *s, const struct post *post)
{
    if (post->deleted)
        return "deleted";
    if (post->type != POST_QUESTION && post->type != POST_ANSWER)
        return "post-type";
    if (post->type == POST_ANSWER && post->parent <= 0)
        return "no-question";
    return post->score < s->in->opt->min_score ? "low-score" : NULL;
}

/* A row of the input: 1 when it made a record at once, 0 when it went into the sort. */
static int take_row(struct reader *s, struct weir_batch *b, const struct row *row,
                    struct weir_err *err)
{
    struct post post = {0};
    struct weir_err why = {0};
    const char *reason = NULL;
    int rc = row->bad ? 0 : post_parse(s->parser, row->raw, &post, &why);
    if (rc == WEIR_EMEM)
        return weir_err_set(err, rc, "%s", why.msg);
    if (!row->bad && !rc && !(reason = reason_of(s, &post)))
        return sort_post(s, row, &post, err);
    const int is_bad = row->bad || rc;
    struct weir_rec *r =
        add_record(s, b, s->name[s->n_name - 1], is_bad ? row->raw : weir_span(NULL, 0),
                   row->offset, row->length, row->line, err);
    if (!r)
        return WEIR_EMEM;
    if (is_bad)
        weir_rec_bad(b, r, "xml", "%s", row->bad ? row->bad : why.msg);
    else
        weir_rec_drop(b, r, reason, "\"id\":%" PRId64 ",\"type\":%" PRId64 ",\"score\":%" PRId64,
                      post.id, post.type, post.score);
    return 1;
}

/* 1 when an input was begun, 0 behind the last. */
static int begin_input(struct reader *s, struct weir_err *err)
{
    weir_io *io = weir_inputs_stream(s->in->inputs, err);
    if (!io)
        return err->code;
    if (weir_grow(&s->name, &s->cap_name, s->n_name + 1, sizeof(*s->name)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->name[s->n_name++] = weir_inputs_name(s->in->inputs);
    window_start(&s->w, io);
    rows_start(&s->rows, &s->w, s->in->job->max_record);
    s->reading = 1;
    return 1;
}

/* Reads on: 1 with a record, 0 when all inputs are in the sort. */
static int read_rows(struct reader *s, struct weir_batch *b, struct weir_err *err)
{
    for (;;) {
        struct row row;
        int got = s->reading ? 1 : begin_input(s, err);
        if (got <= 0)
            return got;
        got = rows_next(&s->rows, &row, err);
        if (got < 0) {
            weir_err_prefix(err, "%s", s->name[s->n_name - 1]);
            return got;
        }
        if (got) {
            s->records += row.length;
            got = take_row(s, b, &row, err);
        } else {
            s->total += s->w.offset;
            s->reading = 0;
            got = weir_inputs_next(s->in->inputs, err);
        }
        if (got)
            return got;
    }
}

/* ---- second pass: groups out of the sort ---- */

static int fetch(struct reader *s, struct weir_err *err)
{
    struct weir_span key, value;
    struct item *it = &s->item;
    s->has_item = weir_extsort_next(s->sort, &key, &value, err);
    if (s->has_item <= 0)
        return s->has_item;
    it->input = 0;
    for (int i = 0; i < 4; i++)
        it->input = it->input << 8 | (unsigned char)key.p[i];
    it->question = get_u64(key.p + 4);
    it->is_answer = key.p[12];
    memcpy(&it->at, value.p, sizeof(it->at));
    it->raw = weir_span(value.p + sizeof(it->at), value.n - sizeof(it->at));
    return 0;
}

/* A record of the item at hand; its bytes only when they are needed. */
static struct weir_rec *add_item(struct reader *s, struct weir_batch *b, int with_raw,
                                 struct weir_err *err)
{
    const struct item *it = &s->item;
    return add_record(s, b, s->name[it->input], with_raw ? it->raw : weir_span(NULL, 0),
                      it->at.offset, it->raw.n, it->at.line, err);
}

static int drop_item(struct reader *s, struct weir_batch *b, const char *reason,
                     struct weir_err *err)
{
    struct weir_rec *r = add_item(s, b, 0, err);
    if (!r)
        return WEIR_EMEM;
    weir_rec_drop(b, r, reason, "\"id\":%" PRIu64 ",\"question\":%" PRIu64, s->item.at.id,
                  s->item.question);
    return fetch(s, err);
}

static int same_question(const struct item *it, uint32_t input, uint64_t question)
{
    return it->input == input && it->question == question;
}

/* The question at hand and its answers, as records one behind another. */
static int take_group(struct reader *s, struct weir_batch *b, struct weir_err *err)
{
    const uint32_t input = s->item.input;
    const uint64_t question = s->item.question;
    const uint64_t most = s->in->job->memory / GROUP_SHARE;
    const size_t first = b->n_rec;
    uint64_t bytes = s->item.raw.n, n = 0;
    int rc = add_item(s, b, 1, err) ? fetch(s, err) : WEIR_EMEM;
    while (!rc && s->has_item > 0 && same_question(&s->item, input, question)) {
        bytes += s->item.raw.n;
        if (!s->item.is_answer || bytes > s->in->job->max_record || n == GROUP_ROWS) {
            s->full_input = input;
            s->full_question = question;
            break;
        }
        if (bytes > most)
            return weir_err_set(err, WEIR_EMEM,
                                "%s: question %" PRIu64 " with its answers is longer than 1/%d of "
                                "the memory: a larger -m helps",
                                s->name[input], question, GROUP_SHARE);
        struct weir_rec *r = add_item(s, b, 1, err);
        if (!r)
            return WEIR_EMEM;
        r->fate = WEIR_MADE; // of nothing: its text is the question's
        r->out_at = b->out.n;
        r->user[ROLE] = ROLE_ANSWER;
        r->user[POST_ID] = s->item.at.id;
        n++;
        rc = fetch(s, err);
    }
    b->rec[first].user[N_ANSWERS] = n;
    return rc;
}

static int next_group(struct reader *s, struct weir_batch *b, struct weir_err *err)
{
    if (s->has_item <= 0)
        return s->has_item;
    const struct item *it = &s->item;
    const int is_full =
        s->full_question && same_question(it, s->full_input, s->full_question);
    int rc;
    if (is_full)
        rc = drop_item(s, b, it->is_answer ? "thread-too-long" : "duplicate-id", err);
    else if (it->is_answer)
        rc = drop_item(s, b, "no-question", err);
    else
        rc = take_group(s, b, err);
    return rc ? rc : 1;
}

static int reader_next(void *reader, struct weir_batch *b, struct weir_err *err)
{
    struct reader *s = reader;
    if (!s->sorted) {
        int rc = read_rows(s, b, err);
        if (rc)
            return rc;
        rc = weir_extsort_sort(s->sort, err);
        if (!rc)
            rc = fetch(s, err);
        if (rc)
            return rc;
        s->sorted = 1;
    }
    return next_group(s, b, err);
}

/* ---- documents ---- */

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
    const struct weir_span source = source_name(in);
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
    const struct ingest_doc d = {.id = weir_buf_span(&t->id),
                                 .text = t->text.n ? weir_buf_span(&t->text) : WEIR_LIT(""),
                                 .title = t->title.n ? weir_buf_span(&t->title) : weir_span(NULL, 0),
                                 .license = t->license.n ? weir_buf_span(&t->license)
                                                         : weir_span(NULL, 0),
                                 .extra = weir_buf_span(&t->extra)};
    rc = ingest_emit(in, out, b, r, &d, err);
    for (size_t i = 1; !rc && r->fate == WEIR_DROP && i <= r[0].user[N_ANSWERS]; i++)
        weir_rec_drop(b, &r[i], r->reason, NULL);
    return rc;
}

const struct ingest_source ingest_stackexchange = {
    .name = "stackexchange",
    .help = "Stack Exchange: questions of Posts.xml with their answers",
    .open = reader_open,
    .next = reader_next,
    .close = reader_close,
    .tail = reader_tail,
    .thread_new = thread_new,
    .thread_free = thread_free,
    .convert = convert,
    .memory_share = 4};
