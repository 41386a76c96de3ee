/* One long text by several threads.  Each takes the next part, up to a place where parts encoded
 * one by one have the ids of the whole, and appends what it became when those before it have. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tok_impl.h"

enum { LEAST_PART = 1 << 16, MOST_PART = 1 << 20, COST = 128 }; // bytes for a byte, rarely more

struct team {
    const weir_tok *t;
    struct weir_span text;
    size_t want; // bytes of a part, about
    size_t n_threads;
    pthread_mutex_t lock;
    pthread_cond_t turn_came;
    size_t at, n_parts; // of the text, handed out
    size_t turn;        // the part to append next
    struct weir_piece *p;
    size_t n, cap;
    int exact;
    struct weir_err err;
};

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

struct part {
    struct weir_span text;
    size_t at, number;
};

size_t weir_tok_cut(const weir_tok *t, struct weir_span text, size_t at, size_t want)
{
    return t->hf ? hftok_cut(t->hf, text, at, want) : spm_cuts_end(&t->model, text, at, want);
}

static int take(struct team *m, struct part *part)
{
    pthread_mutex_lock(&m->lock);
    const int any = m->at < m->text.n && !m->err.code;
    if (any) {
        const size_t end = weir_tok_cut(m->t, m->text, m->at, m->want);
        part->text = weir_span(m->text.p + m->at, end - m->at);
        part->at = m->at;
        part->number = m->n_parts++;
        m->at = end;
    }
    pthread_mutex_unlock(&m->lock);
    return any;
}

static int copy(struct team *m, const struct weir_piece *p, size_t n, size_t at)
{
    if (m->n + n > m->t->limit / (2 * sizeof *p) || weir_grow(&m->p, &m->cap, m->n + n, sizeof *p))
        return tok_no_memory(m->t, m->text.n, &m->err);
    for (size_t i = 0; i < n; i++)
        m->p[m->n + i] =
            (struct weir_piece){p[i].id, (uint32_t)at + p[i].begin, (uint32_t)at + p[i].end};
    m->n += n;
    return 0;
}

/* err: what encoding the part gave; that of the first part counts. */
static void append(struct team *m, const struct part *part, const struct weir_piece *p, size_t n,
                   int exact, const struct weir_err *err)
{
    pthread_mutex_lock(&m->lock);
    while (m->turn != part->number && !m->err.code)
        pthread_cond_wait(&m->turn_came, &m->lock);
    if (!m->err.code && err->code)
        m->err = *err;
    if (!m->err.code)
        copy(m, p, n, part->at);
    m->exact &= exact;
    m->turn++;
    pthread_cond_broadcast(&m->turn_came);
    pthread_mutex_unlock(&m->lock);
}

static void encode_parts(struct team *m, weir_tok_scratch *s)
{
    struct weir_piece *p = NULL;
    struct part part;
    size_t n, cap = 0;
    while (take(m, &part)) {
        struct weir_err err = {0};
        tok_encode_part(m->t, s, part.text, part.at > 0, &p, &cap, &n, &err);
        append(m, &part, p, n, weir_tok_is_exact(s), &err);
    }
    free(p);
}

static void *work(void *arg)
{
    struct team *m = arg;
    weir_tok_scratch *s = weir_tok_scratch_new(m->t, NULL);
    if (s) // else the others do its part
        encode_parts(m, s);
    weir_tok_scratch_free(s);
    return NULL;
}

static void run(struct team *m, weir_tok_scratch *s)
{
    pthread_t *threads = weir_calloc(m->n_threads, sizeof *threads);
    size_t n = 0;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->turn_came, NULL);
    while (threads && n + 1 < m->n_threads && !pthread_create(&threads[n], NULL, work, m))
        n++;
    encode_parts(m, s);
    for (size_t i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&m->turn_came);
    pthread_mutex_destroy(&m->lock);
    free(threads);
}

int weir_tok_encode_parallel(const weir_tok *t, weir_tok_scratch *s, size_t n_threads,
                             struct weir_span text, struct weir_piece **p, size_t *cap, size_t *n,
                             struct weir_err *err)
{
    struct team m = {.t = t, .text = text, .n_threads = n_threads, .exact = 1};
    if (n_threads < 2)
        return weir_tok_encode(t, s, text, p, cap, n, err);
    m.want = least(text.n / (4 * n_threads), t->limit / (COST * n_threads));
    m.want = m.want > MOST_PART ? MOST_PART : m.want < LEAST_PART ? LEAST_PART : m.want;
    if (text.n > INT32_MAX / 2 || weir_tok_cut(t, text, 0, m.want) == text.n)
        return weir_tok_encode(t, s, text, p, cap, n, err);
    *n = 0;
    m.p = *p;
    m.cap = *cap;
    run(&m, s);
    *p = m.p;
    *cap = m.cap;
    if (m.err.code)
        return weir_err_set(err, m.err.code, "%s", m.err.msg);
    *n = m.n;
    tok_set_exact(s, m.exact);
    return 0;
}
