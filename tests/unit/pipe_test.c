/* The ordered pipeline: order, first failure in batch order, for any threads and ring. */
#undef NDEBUG
#include <assert.h>
#include <time.h>

#include "lib/pipe.h"

enum { TOTAL = 60 };

struct job {
    int next, out, fail_stage, fail_at;
    int in_flight, most_in_flight; // items read and not yet written
};

struct item {
    int seq, square;
};

static int read_item(void *ctx, void *batch, struct weir_err *err)
{
    struct job *j = ctx;
    struct item *it = batch;
    if (j->fail_stage == 1 && j->next == j->fail_at)
        return weir_err_set(err, -5, "read %d", j->next);
    if (j->next == TOTAL)
        return 1;
    it->seq = j->next++;
    const int n = __atomic_add_fetch(&j->in_flight, 1, __ATOMIC_RELAXED);
    if (n > j->most_in_flight)
        j->most_in_flight = n;
    return 0;
}

static int work_item(void *ctx, int thread, void *batch, struct weir_err *err)
{
    const struct job *j = ctx;
    struct item *it = batch;
    (void)thread;
    if (it->seq % 7 == 3) {
        const struct timespec ts = {0, 20000};
        nanosleep(&ts, 0);
    }
    it->square = it->seq * it->seq;
    if (j->fail_stage == 2 && it->seq >= j->fail_at)
        return weir_err_set(err, -6, "work %d", it->seq);
    return 0;
}

static int write_item(void *ctx, void *batch, struct weir_err *err)
{
    struct job *j = ctx;
    struct item *it = batch;
    assert(it->seq == j->out && it->square == j->out * j->out);
    __atomic_sub_fetch(&j->in_flight, 1, __ATOMIC_RELAXED);
    if (j->fail_stage == 3 && j->out == j->fail_at)
        return weir_err_set(err, -7, "write %d", j->out);
    j->out++;
    return 0;
}

static size_t cost(void *ctx, void *batch)
{
    (void)ctx, (void)batch;
    return 10;
}

static void one(int threads, int ring, int stage, int at, size_t budget)
{
    static const int want[] = {0, -5, -6, -7};
    struct item items[16];
    void *batches[16];
    for (int i = 0; i < 16; i++)
        batches[i] = &items[i];
    struct job j = {.fail_stage = stage, .fail_at = at};
    struct weir_err err = {0};
    const struct weir_pipe p = {.read = read_item,
                                .work = work_item,
                                .write = write_item,
                                .cost = cost,
                                .ctx = &j,
                                .batches = batches,
                                .n_batches = (size_t)ring,
                                .budget = budget,
                                .threads = threads};
    assert(weir_pipe_run(&p, &err) == want[stage] && err.code == want[stage]);
    /* All that came before the failure was written, nothing behind it. */
    assert(j.out == (stage ? at : TOTAL));
    if (budget)
        assert(j.most_in_flight <= (int)(budget / 10) + (budget % 10 != 0));
}

/* Every fifth batch costs more than the budget: it is worked on when all before it are written. */
static size_t some_cost(void *ctx, void *batch)
{
    const struct item *it = batch;
    (void)ctx;
    return it->seq % 5 == 4 ? 1000 : 10;
}

static int work_alone(void *ctx, int thread, void *batch, struct weir_err *err)
{
    const struct job *j = ctx;
    const struct item *it = batch;
    assert(it->seq % 5 != 4 || j->out == it->seq);
    return work_item(ctx, thread, batch, err);
}

static void giants(int threads)
{
    struct item items[16];
    void *batches[16];
    for (int i = 0; i < 16; i++)
        batches[i] = &items[i];
    struct job j = {0};
    struct weir_err err = {0};
    const struct weir_pipe p = {.read = read_item,
                                .work = work_alone,
                                .write = write_item,
                                .cost = some_cost,
                                .ctx = &j,
                                .batches = batches,
                                .n_batches = 16,
                                .budget = 100,
                                .threads = threads};
    assert(!weir_pipe_run(&p, &err) && j.out == TOTAL);
}

int main(void)
{
    int runs = 0;
    for (int threads = 1; threads <= 12; threads++)
        for (int rep = 0; rep < 5; rep++)
            giants(threads);
    for (int rep = 0; rep < 10; rep++)
        for (int threads = 1; threads <= 12; threads++)
            for (int ring = 1; ring <= 16; ring += 5)
                for (int stage = 0; stage <= 3; stage++, runs++)
                    one(threads, ring, stage, (rep * 13 + threads) % TOTAL, rep % 2 ? 25 : 0);
    assert(runs == 10 * 12 * 4 * 4);
    return 0;
}
