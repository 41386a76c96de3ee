#include "lib/pipe.h"

#include <pthread.h>
#include <stdlib.h>

enum slot_state { FREE, FULL, BUSY, DONE };

struct slot {
    enum slot_state state;
    size_t cost;
    struct weir_err err; // failure of work(): counts when this batch's turn to be written comes
};

struct run {
    const struct weir_pipe *p;
    pthread_mutex_t mu;
    pthread_cond_t cv;
    struct slot *slot;   // of batch seq: slot[seq % n_batches]
    uint64_t head, tail; // next to read, next to write
    size_t in_flight;    // cost of the batches between
    int reading, writing, eof, next_thread;
    struct weir_err err; // latched: first failure in batch order
};

static void latch(struct run *r, const char *stage, int rc, struct weir_err *e)
{
    weir_err_set(e, rc, "%s failed", stage);
    if (!r->err.code)
        r->err = *e;
}

static int step_write(struct run *r)
{
    const struct weir_pipe *p = r->p;
    const size_t i = r->tail % p->n_batches;
    struct slot *s = &r->slot[i];
    if (r->writing || r->tail == r->head || s->state != DONE)
        return 0;
    if (s->err.code) {
        latch(r, "work", s->err.code, &s->err);
        return 1;
    }
    struct weir_err e = {0};
    r->writing = 1;
    pthread_mutex_unlock(&r->mu);
    const int rc = p->write(p->ctx, p->batches[i], &e);
    pthread_mutex_lock(&r->mu);
    r->writing = 0;
    r->in_flight -= s->cost;
    s->state = FREE;
    r->tail++;
    if (rc < 0)
        latch(r, "write", rc, &e);
    return 1;
}

static int step_work(struct run *r, int thread)
{
    const struct weir_pipe *p = r->p;
    for (uint64_t seq = r->tail; seq < r->head; seq++) {
        const size_t i = seq % p->n_batches;
        struct slot *s = &r->slot[i];
        if (s->state != FULL || (p->budget && s->cost > p->budget && seq != r->tail))
            continue;
        s->state = BUSY;
        pthread_mutex_unlock(&r->mu);
        struct weir_err e = {0};
        const int rc = p->work(p->ctx, thread, p->batches[i], &e);
        pthread_mutex_lock(&r->mu);
        if (rc < 0) {
            weir_err_set(&e, rc, "work failed");
            s->err = e;
        }
        s->state = DONE;
        return 1;
    }
    return 0;
}

static int step_read(struct run *r)
{
    const struct weir_pipe *p = r->p;
    const int full = r->head - r->tail >= p->n_batches ||
                     (p->budget && r->head != r->tail && r->in_flight >= p->budget);
    if (r->reading || r->eof || full)
        return 0;
    const size_t i = r->head % p->n_batches;
    struct weir_err e = {0};
    r->reading = 1;
    pthread_mutex_unlock(&r->mu);
    const int rc = p->read(p->ctx, p->batches[i], &e);
    const size_t cost = !rc && p->cost ? p->cost(p->ctx, p->batches[i]) : 0;
    pthread_mutex_lock(&r->mu);
    r->reading = 0;
    if (rc > 0) {
        r->eof = 1;
        return 1;
    }
    struct slot *s = &r->slot[i];
    s->cost = cost;
    s->err = (struct weir_err){0};
    s->state = FULL;
    r->in_flight += cost;
    r->head++;
    if (rc < 0) {
        /* Takes its turn like a batch, so that what came before is written first. */
        weir_err_set(&e, rc, "read failed");
        s->err = e;
        s->state = DONE;
        r->eof = 1;
    }
    return 1;
}

/* One step for this thread, lock held on entry and exit; 0 when there is none now.  Writing comes
 * first, so that finished batches leave before new ones enter. */
static int step(struct run *r, int thread)
{
    return step_write(r) || step_work(r, thread) || step_read(r);
}

static void *worker(void *arg)
{
    struct run *r = arg;
    pthread_mutex_lock(&r->mu);
    const int thread = r->next_thread++;
    while (!r->err.code && !(r->eof && r->head == r->tail)) {
        if (step(r, thread))
            pthread_cond_broadcast(&r->cv);
        else
            pthread_cond_wait(&r->cv, &r->mu);
    }
    pthread_mutex_unlock(&r->mu);
    return NULL;
}

int weir_pipe_run(const struct weir_pipe *p, struct weir_err *err)
{
    struct run r = {.p = p, .mu = PTHREAD_MUTEX_INITIALIZER, .cv = PTHREAD_COND_INITIALIZER};
    const size_t n = p->threads > 1 ? (size_t)p->threads : 1;
    pthread_t *tid = calloc(n, sizeof *tid);
    size_t started = 0;
    int rc = 0;

    r.slot = calloc(p->n_batches, sizeof *r.slot);
    if (!tid || !r.slot) {
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
        goto done;
    }
    for (size_t i = 1; i < n; i++) /* fewer threads than asked is slower, not wrong */
        if (!pthread_create(&tid[started], NULL, worker, &r))
            started++;
    worker(&r);
    for (size_t i = 0; i < started; i++)
        pthread_join(tid[i], NULL);
    if (r.err.code) {
        rc = r.err.code;
        if (err && !err->code)
            *err = r.err;
    }
done:
    free(r.slot);
    free(tid);
    return rc;
}
