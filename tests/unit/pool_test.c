/* Loops are done once in all their parts, and threads stay where they are said to. */
#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "infer/pool.h"

enum { MOST = 64 };

static atomic_int arrived;
static int n_threads;
static cpu_set_t set[MOST];

/* Waits for the others, so that each thread takes one part. */
static void look(void *ctx, int thread, size_t from, size_t to)
{
    (void)ctx;
    assert(to == from + 1);
    assert(!sched_getaffinity(0, sizeof set[thread], &set[thread]));
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < n_threads)
        sched_yield();
}

static void add(void *ctx, int thread, size_t from, size_t to)
{
    (void)thread;
    for (; from < to; from++)
        atomic_fetch_add(&((atomic_int *)ctx)[from], 1);
}

/* The sets of n threads of a pool go to set[]. */
static void run(int n)
{
    static atomic_int did[1000];
    struct weir_err err = {0};
    pool *p = pool_new(n, &err);
    assert(p && pool_threads(p) == n);
    n_threads = n;
    atomic_store(&arrived, 0);
    pool_each(p, (size_t)n, 1, look, NULL);
    for (size_t i = 0; i < 1000; i++)
        atomic_store(&did[i], 0);
    pool_each(p, 1000, 7, add, did);
    for (size_t i = 0; i < 1000; i++)
        assert(did[i] == 1);
    pool_free(p);
}

static void check_pinned(int n, const cpu_set_t *all)
{
    cpu_set_t used, both;
    CPU_ZERO(&used);
    assert(CPU_EQUAL(&set[0], all)); // the caller's
    for (int i = 1; i < n; i++) {
        CPU_AND(&both, &set[i], all);
        assert(CPU_COUNT(&set[i]) == 1 && CPU_EQUAL(&both, &set[i]));
        CPU_AND(&both, &set[i], &used);
        assert(!CPU_COUNT(&both));
        CPU_OR(&used, &used, &set[i]);
    }
}

static void check_free(int n, const cpu_set_t *all)
{
    for (int i = 0; i < n; i++)
        assert(CPU_EQUAL(&set[i], all));
}

/* The last n processors of a set, not the first ones: a mask is kept to. */
static cpu_set_t last_of(const cpu_set_t *all, int n)
{
    cpu_set_t some;
    CPU_ZERO(&some);
    for (int cpu = CPU_SETSIZE - 1; n && cpu >= 0; cpu--)
        if (CPU_ISSET(cpu, all)) {
            CPU_SET(cpu, &some);
            n--;
        }
    return some;
}

static void test_mask(const cpu_set_t *all)
{
    const int n = CPU_COUNT(all);
    assert(!sched_setaffinity(0, sizeof *all, all));
    unsetenv("WEIR_PIN");
    run(n);
    check_pinned(n, all);
    run(n + 1); // more than processors
    check_free(n + 1, all);
    if (n > 1)
        run(n - 1), check_free(n - 1, all);
    setenv("WEIR_PIN", "0", 1);
    run(n);
    check_free(n, all);
    setenv("WEIR_PIN", "1", 1);
    run(n + 1);
    check_free(n + 1, all);
    if (n > 2)
        run(n - 1), check_pinned(n - 1, all);
}

int main(void)
{
    cpu_set_t all;
    assert(!sched_getaffinity(0, sizeof all, &all));
    for (int n = CPU_COUNT(&all) < MOST - 1 ? CPU_COUNT(&all) : MOST - 1; n >= 1; n /= 2) {
        const cpu_set_t some = last_of(&all, n);
        test_mask(&some);
    }
    return 0;
}
