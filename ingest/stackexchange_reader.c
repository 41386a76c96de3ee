#include "ingest/stackexchange_reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/stackexchange_rows.h"
#include "weir/extsort.h"

/* Rows of one question that travel together; more are left out. */
enum { GROUP_ROWS = 4096 };
/* A group is written, parsed and cleaned at once: what it may take of the memory. */
enum { GROUP_SHARE = 32 };

/* Input and question fill the 8 bytes that the sort compares first. */
enum {
    KEY_INPUT = 2,
    KEY_QUESTION = 6,
    KEY_ROLE_AT = KEY_INPUT + KEY_QUESTION,
    KEY_BYTES = KEY_ROLE_AT + 1 + 8 + 8,
    INPUTS_MAX = 1 << (8 * KEY_INPUT)
};

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

void stackexchange_close(void *reader)
{
    struct reader *s = reader;
    if (!s)
        return;
    window_free(&s->w);
    weir_extsort_free(s->sort);
    weir_buf_free(&s->value);
    free(s->name);
    free(s);
}

int stackexchange_open(struct ingest *in, void **reader, struct weir_err *err)
{
    struct reader *s = weir_calloc(1, sizeof(*s));
    if (!s)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->in = in;
    s->sort = weir_extsort_new(in->job->memory / in->source->memory_share, in->job->temp_dir, err);
    if (!s->sort) {
        stackexchange_close(s);
        return err->code;
    }
    *reader = s;
    return 0;
}

uint64_t stackexchange_tail(void *reader)
{
    const struct reader *s = reader;
    return s->total - s->records;
}

struct weir_span stackexchange_name(const struct ingest *in)
{
    const char *name = in->opt->source ? in->opt->source : in->source->name;
    return weir_span(name, strlen(name));
}

/* ---- first pass: rows into the sort ---- */

static void put_number(char *p, int bytes, uint64_t x)
{
    for (int i = bytes - 1; i >= 0; i--, x >>= 8)
        p[i] = (char)x;
}

static uint64_t get_number(const char *p, int bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < bytes; i++)
        x = x << 8 | (unsigned char)p[i];
    return x;
}

/* Sorts by input, question, question before answers, answers by falling score, then by id. */
static int sort_post(struct reader *s, const struct row *row, const struct post *post,
                     struct weir_err *err)
{
    const int is_answer = post->type == POST_ANSWER;
    const struct stored at = {row->offset, row->line, (uint64_t)post->id};
    char key[KEY_BYTES];
    put_number(key, KEY_INPUT, s->n_name - 1);
    put_number(key + KEY_INPUT, KEY_QUESTION, (uint64_t)(is_answer ? post->parent : post->id));
    key[KEY_ROLE_AT] = (char)is_answer;
    put_number(key + KEY_ROLE_AT + 1, 8,
               is_answer ? (uint64_t)INT64_MAX - (uint64_t)post->score : 0);
    put_number(key + KEY_ROLE_AT + 9, 8, (uint64_t)(is_answer ? post->id : 0));
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
    weir_rec_source(b, r, stackexchange_name(s->in));
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

static struct weir_rec *add_row(struct reader *s, struct weir_batch *b, const struct row *row,
                                struct weir_span raw, struct weir_err *err)
{
    return add_record(s, b, s->name[s->n_name - 1], raw, row->offset, row->length, row->line, err);
}

static int bad_row(struct reader *s, struct weir_batch *b, const struct row *row, const char *why,
                   struct weir_err *err)
{
    struct weir_rec *r = add_row(s, b, row, row->raw, err);
    if (!r)
        return WEIR_EMEM;
    if (row->too_long)
        ingest_too_long(s->in, b, r);
    else
        weir_rec_bad(b, r, "xml", "%s", why);
    return 1;
}

/* A row of the input: 1 when it made a record at once, 0 when it went into the sort. */
static int take_row(struct reader *s, struct weir_batch *b, const struct row *row,
                    struct weir_err *err)
{
    struct post post;
    struct weir_err why = {0};
    const int rc = row->too_long ? WEIR_EBAD : post_scan(row->raw, &post, &why);
    if (rc)
        return bad_row(s, b, row, why.msg, err);
    const char *reason = reason_of(s, &post);
    if (!reason)
        return sort_post(s, row, &post, err);
    struct weir_rec *r = add_row(s, b, row, weir_span(NULL, 0), err);
    if (!r)
        return WEIR_EMEM;
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
    if (s->n_name == INPUTS_MAX)
        return weir_err_set(err, WEIR_EUSAGE, "more than %d inputs", INPUTS_MAX);
    if (weir_grow(&s->name, &s->cap_name, s->n_name + 1, sizeof(*s->name)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->name[s->n_name++] = weir_inputs_name(s->in->inputs);
    window_start(&s->w, io, s->name[s->n_name - 1]);
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
        if (got < 0)
            return got;
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
    it->input = (uint32_t)get_number(key.p, KEY_INPUT);
    it->question = get_number(key.p + KEY_INPUT, KEY_QUESTION);
    it->is_answer = key.p[KEY_ROLE_AT];
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

/* An answer of the group at hand, or another question of the same number. */
static int take_member(struct reader *s, struct weir_batch *b, struct weir_err *err)
{
    if (!s->item.is_answer)
        return drop_item(s, b, "duplicate-id", err);
    struct weir_rec *r = add_item(s, b, 1, err);
    if (!r)
        return WEIR_EMEM;
    r->fate = WEIR_MADE; // of nothing: its text is the question's
    r->out_at = b->out.n;
    r->user[ROLE] = ROLE_ANSWER;
    r->user[POST_ID] = s->item.at.id;
    return fetch(s, err);
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
        bytes += s->item.is_answer ? s->item.raw.n : 0;
        if (bytes > s->in->job->max_record || n == GROUP_ROWS) {
            s->full_input = input;
            s->full_question = question;
            break;
        }
        if (bytes > most)
            return weir_err_set(err, WEIR_EMEM,
                                "%s: question %" PRIu64 " with its answers is longer than 1/%d of "
                                "the memory: a larger -m helps",
                                s->name[input], question, GROUP_SHARE);
        rc = take_member(s, b, err);
        n++;
    }
    b->rec[first].user[N_FOLLOWING] = n;
    return rc;
}

static int next_group(struct reader *s, struct weir_batch *b, struct weir_err *err)
{
    if (s->has_item <= 0)
        return s->has_item;
    const struct item *it = &s->item;
    const int is_full = s->full_question && same_question(it, s->full_input, s->full_question);
    int rc;
    if (is_full)
        rc = drop_item(s, b, it->is_answer ? "thread-too-long" : "duplicate-id", err);
    else if (it->is_answer)
        rc = drop_item(s, b, "no-question", err);
    else
        rc = take_group(s, b, err);
    return rc ? rc : 1;
}

int stackexchange_next(void *reader, struct weir_batch *b, struct weir_err *err)
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
