/* Stretches of the result, the moves of each read in the order of the files, several at once. */
#include <stdlib.h>
#include <string.h>

#include "indexer/mix_move.h"
#include "lib/pipe.h"

enum { MOVES_AT_ONCE = 1 << 17 }; // of a window, at most

struct place {
    struct mix_move move;
    size_t to;
};

struct window {
    struct mix_view view;
    struct place *places;
    size_t n, bytes;
    char *block;
};

struct windows {
    struct mix_moves *moves;
    struct weir_job *job;
    weir_io *out;
    struct mix_move ahead; // read, not yet placed; bytes 0: none
    uint64_t left, written;
    size_t cap_bytes, cap_moves;
    uint32_t pad;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->move.part != y->move.part)
        return x->move.part < y->move.part ? -1 : 1;
    return (x->move.at > y->move.at) - (x->move.at < y->move.at);
}

static int read_places(void *ctx, void *batch, struct weir_err *err)
{
    struct windows *all = ctx;
    struct window *w = batch;
    w->n = w->bytes = 0;
    while (w->n < all->cap_moves && (all->ahead.bytes || all->left)) {
        if (!all->ahead.bytes) {
            const int rc = mix_moves_read(all->moves, &all->ahead, 1, err);
            if (rc)
                return rc;
            all->left--;
        }
        if (all->ahead.bytes > all->cap_bytes - w->bytes)
            break;
        w->places[w->n++] = (struct place){all->ahead, w->bytes};
        w->bytes += all->ahead.bytes;
        all->ahead.bytes = 0;
    }
    return !w->n;
}

static int fill(void *ctx, int thread, void *batch, struct weir_err *err)
{
    const struct windows *all = ctx;
    struct window *w = batch;
    int rc = 0;
    (void)thread;
    if (all->moves->descends)
        qsort(w->places, w->n, sizeof *w->places, by_place);
    for (size_t i = 0; !rc && i < w->n; i++) {
        const struct place *p = &w->places[i];
        const char *from;
        if (p->move.part == MIX_PAD) {
            mix_fill(w->block + p->to, p->move.bytes, all->pad, w->view.parts->width);
            continue;
        }
        rc = mix_view_get(&w->view, &p->move, &from, err);
        if (!rc)
            memcpy(w->block + p->to, from, p->move.bytes);
    }
    return rc;
}

static int write_window(void *ctx, void *batch, struct weir_err *err)
{
    struct windows *all = ctx;
    const struct window *w = batch;
    all->written += w->bytes;
    weir_job_progress(all->job, (double)all->written / (double)all->moves->bytes);
    return weir_io_write(all->out, w->block, w->bytes, err);
}

static size_t cost(void *ctx, void *batch)
{
    (void)ctx;
    return ((const struct window *)batch)->bytes;
}

static int open_window(const struct windows *all, struct window *w, const struct index_parts *parts,
                       int exact, struct weir_err *err)
{
    w->places = weir_calloc(all->cap_moves, sizeof *w->places);
    w->block = malloc(all->cap_bytes);
    const int rc = w->places && w->block ? mix_view_open(&w->view, parts, err)
                                         : weir_err_set(err, WEIR_EMEM, "out of memory");
    w->view.exact = exact;
    return rc;
}

/* A window and its view each: half of the memory for all of them, or what one move needs.  Where
 * their order does not matter to the disk small windows serve better: they stay in the processor's
 * caches on their way. */
static size_t divide(struct windows *all, enum mix_reading reading, uint64_t memory)
{
    const struct mix_moves *m = all->moves;
    uint64_t n = all->job->threads > 1 ? (uint64_t)all->job->threads + 1 : 1;
    if (n > memory / (2 * MIX_MOVE_BYTES))
        n = memory / (2 * MIX_MOVE_BYTES);
    n = n < 3 ? 1 : n;
    uint64_t bytes = n > 1 ? memory / n - MIX_MOVE_BYTES : memory;
    if (reading == MIX_CACHED || !m->descends)
        bytes = MIX_MOVE_BYTES;
    if (bytes > m->bytes)
        bytes = m->bytes;
    all->cap_bytes = bytes < MIX_MOVE_BYTES ? MIX_MOVE_BYTES : bytes;
    all->cap_moves = m->n < MOVES_AT_ONCE ? m->n : MOVES_AT_ONCE;
    return n;
}

int mix_windows_run(struct mix_moves *m, const struct index_parts *parts, uint32_t pad,
                    enum mix_reading reading, struct weir_job *job, weir_io *out,
                    struct weir_err *err)
{
    struct windows all = {.moves = m, .job = job, .out = out, .left = m->n, .pad = pad};
    const size_t n = divide(&all, reading, job->memory / 2);
    struct window *w = weir_calloc(n, sizeof *w);
    void **ring = weir_calloc(n, sizeof *ring);
    int rc = w && ring ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++) {
        ring[i] = &w[i];
        rc = open_window(&all, &w[i], parts, reading != MIX_IN_ORDER, err);
    }
    const struct weir_pipe p = {
        .read = read_places,
        .work = fill,
        .write = write_window,
        .cost = cost,
        .ctx = &all,
        .batches = ring,
        .n_batches = n,
        .threads = n > 1 ? (int)n - 1 : 1,
    };
    if (!rc)
        rc = weir_pipe_run(&p, err);
    for (size_t i = 0; w && i < n; i++) {
        mix_view_close(&w[i].view);
        free(w[i].places);
        free(w[i].block);
    }
    free(ring);
    free(w);
    return rc;
}
