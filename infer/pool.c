/* A step of a model is hundreds of short loops: workers spin for the next one a little while before
 * they sleep. */
#include "infer/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SPINS = 2000 }; // a few microseconds

struct pool {
    pthread_t *thread;
    int n; // threads started, without the caller's
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    atomic_uint round; // of the loop being done
    atomic_int busy;   // workers still in it
    int stop;
    atomic_size_t next;
    size_t items, grain;
    void (*f)(void *ctx, int thread, size_t from, size_t to);
    void *ctx;
};

struct start {
    pool *p;
    int number;
};

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void work(pool *p, int number)
{
    for (;;) {
        const size_t from = atomic_fetch_add(&p->next, p->grain);
        if (from >= p->items)
            return;
        const size_t left = p->items - from;
        p->f(p->ctx, number, from, from + (left < p->grain ? left : p->grain));
    }
}

/* Waits until a round other than seen begins. */
static unsigned next_round(pool *p, unsigned seen)
{
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load(&p->round) != seen)
            return atomic_load(&p->round);
        relax();
    }
    pthread_mutex_lock(&p->lock);
    while (atomic_load(&p->round) == seen)
        pthread_cond_wait(&p->begin, &p->lock);
    pthread_mutex_unlock(&p->lock);
    return atomic_load(&p->round);
}

static void *run(void *arg)
{
    struct start s = *(struct start *)arg;
    unsigned seen = 0;
    free(arg);
    for (;;) {
        seen = next_round(s.p, seen);
        if (s.p->stop)
            return NULL;
        work(s.p, s.number);
        if (atomic_fetch_sub(&s.p->busy, 1) == 1) {
            pthread_mutex_lock(&s.p->lock);
            pthread_cond_signal(&s.p->end);
            pthread_mutex_unlock(&s.p->lock);
        }
    }
}

static void begin_round(pool *p)
{
    pthread_mutex_lock(&p->lock);
    atomic_store(&p->busy, p->n);
    atomic_fetch_add(&p->round, 1);
    pthread_cond_broadcast(&p->begin);
    pthread_mutex_unlock(&p->lock);
}

static void end_round(pool *p)
{
    for (int i = 0; i < SPINS; i++) {
        if (!atomic_load(&p->busy))
            return;
        relax();
    }
    pthread_mutex_lock(&p->lock);
    while (atomic_load(&p->busy))
        pthread_cond_wait(&p->end, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

static int start(pool *p)
{
    struct start *s = malloc(sizeof *s);
    if (!s)
        return -1;
    *s = (struct start){p, p->n + 1};
    if (pthread_create(&p->thread[p->n], NULL, run, s)) {
        free(s);
        return -1;
    }
    p->n++;
    return 0;
}

/* Whether n threads stay on a processor each of those that the process may use.  By itself where
 * they are as many: threads of two processes that leave some free would else meet on the first. */
static int is_pinned(int n, const cpu_set_t *all)
{
    const char *wish = getenv("WEIR_PIN");
    if (wish && !strcmp(wish, "0"))
        return 0;
    return CPU_COUNT(all) == n || (wish && !strcmp(wish, "1") && CPU_COUNT(all) > n);
}

/* The first processor is the caller's, who is not pinned: threads that it starts later would be. */
static void pin(pool *p)
{
    cpu_set_t all, one;
    if (sched_getaffinity(0, sizeof all, &all) || !is_pinned(p->n + 1, &all))
        return;
    for (int cpu = 0, number = 0; number <= p->n && cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &all))
            continue;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (number) // one that has gone since: the thread stays where it may run
            (void)!pthread_setaffinity_np(p->thread[number - 1], sizeof one, &one);
        number++;
    }
}

pool *pool_new(int n, struct weir_err *err)
{
    pool *p = calloc(1, sizeof *p);
    if (!p || !(p->thread = calloc((size_t)n, sizeof *p->thread))) {
        free(p);
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->begin, NULL);
    pthread_cond_init(&p->end, NULL);
    while (p->n < n - 1)
        if (start(p)) {
            pool_free(p);
            weir_err_set(err, WEIR_EFAIL, "cannot start %d threads: choose a smaller -j", n);
            return NULL;
        }
    pin(p);
    return p;
}

void pool_free(pool *p)
{
    if (!p)
        return;
    p->stop = 1;
    begin_round(p);
    for (int i = 0; i < p->n; i++)
        pthread_join(p->thread[i], NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->begin);
    pthread_cond_destroy(&p->end);
    free(p->thread);
    free(p);
}

int pool_threads(const pool *p)
{
    return p->n + 1;
}

void pool_each(pool *p, size_t n, size_t grain,
               void (*f)(void *ctx, int thread, size_t from, size_t to), void *ctx)
{
    if (!p->n || n <= grain) {
        for (size_t from = 0; from < n; from += grain)
            f(ctx, 0, from, n - from < grain ? n : from + grain);
        return;
    }
    p->f = f;
    p->ctx = ctx;
    p->items = n;
    p->grain = grain;
    atomic_store(&p->next, 0);
    begin_round(p);
    work(p, 0);
    end_round(p);
}
