#include "dedup/dedup_greedy.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_file.h"
#include "weir/extsort.h"
#include "weir/io.h"

struct dedup_greedy {
    struct dedup_plan plan;
    uint64_t memory; // of an index, or of what looks for matches
    const char *temp_dir;
    dedup_index *index;
    int full;      // the index takes no more in this pass
    weir_io *left; // for the next pass
    uint64_t n_left;
    int matched;           // what is left can have copies
    uint8_t *crowd;        // bands: of the document at hand
    struct weir_buf bytes; // of what is written to left or read from it, or of a noted drop
    weir_extsort *drops;
    struct dedup_greedy_stats stats;
    struct weir_job *job; // for progress; NULL: nobody watches
    uint64_t other_temp;  // bytes of the job's own temporary files
};

/* Noted drops share the budget: an eighth is sorted at once. */
enum { DROPS_SHARE = 8 };

dedup_greedy *dedup_greedy_new(const struct dedup_plan *plan, uint64_t memory, const char *temp_dir,
                               struct weir_err *err)
{
    dedup_greedy *g = calloc(1, sizeof *g);
    if (!g) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    g->plan = *plan;
    g->memory = memory - memory / DROPS_SHARE;
    g->temp_dir = temp_dir;
    g->stats.passes = 1;
    g->crowd = calloc(plan->bands ? plan->bands : 1, 1);
    g->drops = g->crowd ? weir_extsort_new(memory / DROPS_SHARE, temp_dir, err) : NULL;
    g->index = g->drops ? dedup_index_new(plan, g->memory, temp_dir, err) : NULL;
    if (g->index)
        return g;
    weir_err_set(err, WEIR_EMEM, "out of memory");
    dedup_greedy_free(g);
    return NULL;
}

void dedup_greedy_free(dedup_greedy *g)
{
    if (!g)
        return;
    dedup_index_free(g->index);
    weir_io_abort(g->left);
    free(g->crowd);
    weir_buf_free(&g->bytes);
    weir_extsort_free(g->drops);
    free(g);
}

void dedup_greedy_matched(dedup_greedy *g)
{
    g->matched = 1;
}

void dedup_greedy_watch(dedup_greedy *g, struct weir_job *job)
{
    g->job = job;
    g->other_temp = job->temp_bytes;
}

static void show(dedup_greedy *g, const char *phase, uint64_t done, uint64_t n)
{
    if (!g->job || done % 256)
        return;
    g->job->phase = phase;
    weir_job_progress(g->job, (double)done / (double)n);
}

static void note_temp(dedup_greedy *g, uint64_t more)
{
    const uint64_t now = more + weir_extsort_temp(g->drops) +
                         (g->left ? weir_io_offset(g->left) : 0) +
                         (g->index ? dedup_index_temp(g->index) : 0);
    if (now > g->stats.temp_bytes)
        g->stats.temp_bytes = now;
    if (g->job)
        g->job->temp_bytes = g->other_temp + now;
}

static void close_index(dedup_greedy *g)
{
    if (!g->index)
        return;
    if (dedup_index_count(g->index) > g->stats.indexed) {
        g->stats.indexed = dedup_index_count(g->index);
        g->stats.index_bytes = dedup_index_bytes(g->index);
    }
    dedup_index_free(g->index);
    g->index = NULL;
    malloc_trim(0); // what comes next needs the same memory
}

/* ---- what is left ---- */

struct left_head { // of a document in the file, before crowd and record
    uint64_t order;
    uint32_t n, zero;
};

static int leave(dedup_greedy *g, uint64_t order, const struct dedup_key *k, struct weir_err *err)
{
    struct left_head head = {.order = order};
    if (!g->left && !(g->left = weir_io_open_temp(g->temp_dir, err)))
        return err ? err->code : WEIR_EIO;
    g->bytes.n = 0;
    weir_buf_add(&g->bytes, &head, sizeof head);
    weir_buf_add(&g->bytes, g->crowd, g->plan.bands);
    dedup_record_put(&g->bytes, &g->plan, k);
    int rc = weir_buf_check(&g->bytes, err);
    if (rc)
        return rc;
    head.n = (uint32_t)(g->bytes.n - sizeof head);
    memcpy(g->bytes.p, &head, sizeof head);
    g->n_left++;
    return weir_io_write(g->left, g->bytes.p, g->bytes.n, err);
}

/* The next document of a file; its bytes stay in b. */
static int take(dedup_greedy *g, weir_io *from, struct weir_buf *b, uint64_t *order,
                struct dedup_key *k, struct weir_err *err)
{
    struct left_head head;
    b->n = 0;
    int got = weir_io_read_all(from, &head, sizeof head, err);
    if (got > 0 && weir_buf_reserve(b, head.n))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (got > 0)
        got = weir_io_read_all(from, b->p, head.n, err);
    if (got <= 0)
        return got ? got : weir_err_set(err, WEIR_EIO, "a temporary file is cut short");
    *order = head.order;
    memcpy(g->crowd, b->p, g->plan.bands);
    return dedup_record_get(weir_span(b->p + g->plan.bands, head.n - g->plan.bands), &g->plan, k,
                            err);
}

/* ---- verdicts ---- */

static int decide(dedup_greedy *g, uint64_t order, const struct dedup_key *k,
                  struct dedup_drop *drop, struct weir_err *err)
{
    const int found = dedup_index_find(g->index, k, &drop->twin, g->crowd, err);
    if (found) {
        drop->order = order;
        drop->verdict = found > 0 ? (enum dedup_verdict)found : DEDUP_NEW;
        return found;
    }
    int rc = g->full ? DEDUP_FULL : dedup_index_add(g->index, k, g->crowd, err);
    if (rc <= 0)
        return rc ? rc : DEDUP_NEW;
    g->full = 1;
    rc = leave(g, order, k, err);
    return rc ? rc : DEDUP_LEFT;
}

int dedup_greedy_offer(dedup_greedy *g, uint64_t order, const struct dedup_key *k,
                       struct dedup_drop *drop, struct weir_err *err)
{
    memset(g->crowd, 0, g->plan.bands);
    return decide(g, order, k, drop, err);
}

struct noted { // a drop as it is sorted, before the twin's id
    double similarity;
    uint32_t verdict, zero;
};

int dedup_greedy_note(dedup_greedy *g, const struct dedup_drop *drop, struct weir_err *err)
{
    const uint64_t key = __builtin_bswap64(drop->order);
    const struct noted n = {.similarity = drop->twin.similarity, .verdict = drop->verdict};
    g->bytes.n = 0;
    weir_buf_add(&g->bytes, &n, sizeof n);
    weir_buf_add(&g->bytes, drop->twin.id.p, drop->twin.id.n);
    const int rc = weir_buf_check(&g->bytes, err);
    return rc ? rc
              : weir_extsort_add(g->drops, weir_span((const char *)&key, sizeof key),
                                 weir_buf_span(&g->bytes), err);
}

int dedup_greedy_next(dedup_greedy *g, struct dedup_drop *drop, struct weir_err *err)
{
    struct weir_span key, value;
    struct noted n;
    const int got = weir_extsort_next(g->drops, &key, &value, err);
    if (got <= 0)
        return got;
    memcpy(&drop->order, key.p, sizeof drop->order);
    memcpy(&n, value.p, sizeof n);
    drop->order = __builtin_bswap64(drop->order);
    drop->verdict = (enum dedup_verdict)n.verdict;
    drop->twin =
        (struct dedup_twin){weir_span(value.p + sizeof n, value.n - sizeof n), n.similarity};
    return 1;
}

/* ---- passes ---- */

/* The documents of a file that share a bucket, a bit each. */
static int find_matches(dedup_greedy *g, weir_io *from, uint64_t n, uint8_t *bits,
                        struct weir_err *err)
{
    struct weir_buf b = {0};
    uint64_t order;
    struct dedup_key k;
    int rc = 0;
    const uint64_t room = n / 8 < g->memory / 2 ? g->memory - n / 8 : g->memory / 2;
    dedup_match *m =
        dedup_match_new(&g->plan, 0, dedup_plan_tables(&g->plan) - 1, room, g->temp_dir, err);
    if (!m)
        return err ? err->code : WEIR_EMEM;
    for (uint64_t i = 0; !rc && i < n; i++) {
        show(g, "sorting bands", i, n);
        rc = take(g, from, &b, &order, &k, err);
        if (!rc)
            rc = dedup_match_add(m, i, &k, err);
    }
    if (!rc)
        rc = dedup_match_finish(m, bits, err);
    note_temp(g, dedup_match_temp(m) + weir_io_raw_size(from));
    dedup_match_free(m);
    weir_buf_free(&b);
    return rc;
}

static int offer_again(dedup_greedy *g, weir_io *from, uint64_t n, const uint8_t *bits,
                       struct weir_err *err)
{
    struct weir_buf b = {0};
    struct dedup_drop drop;
    struct dedup_key k;
    uint64_t order;
    int rc = 0;
    for (uint64_t i = 0; rc >= 0 && i < n; i++) {
        show(g, "deciding what did not fit", i, n);
        rc = take(g, from, &b, &order, &k, err);
        if (rc || (bits && !dedup_bit(bits, i)))
            continue;
        rc = decide(g, order, &k, &drop, err);
        if (rc == DEDUP_EXACT || rc == DEDUP_NEAR)
            rc = dedup_greedy_note(g, &drop, err);
    }
    weir_buf_free(&b);
    return rc < 0 ? rc : 0;
}

static int pass(dedup_greedy *g, struct weir_err *err)
{
    weir_io *from = g->left;
    const uint64_t n = g->n_left;
    uint8_t *bits = NULL;
    int rc = weir_io_rewind(from, err);
    g->left = NULL;
    g->n_left = 0;
    // Sorting pays when it saves passes.
    const int match = !g->matched && n > dedup_index_count(g->index);
    close_index(g);
    if (!rc && match && !(bits = weir_calloc(n / 8 + 1, 1)))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && match)
        rc = find_matches(g, from, n, bits, err);
    if (!rc && match)
        rc = weir_io_rewind(from, err);
    g->matched = 1;
    g->full = 0;
    g->stats.passes++;
    malloc_trim(0);
    if (!rc && !(g->index = dedup_index_new(&g->plan, g->memory, g->temp_dir, err)))
        rc = err ? err->code : WEIR_EMEM;
    if (!rc)
        rc = offer_again(g, from, n, bits, err);
    if (!rc && g->n_left == n)
        rc = weir_err_set(err, WEIR_EMEM, "the index does not hold one document: raise -m");
    note_temp(g, weir_io_raw_size(from));
    weir_io_abort(from);
    free(bits);
    return rc;
}

int dedup_greedy_finish(dedup_greedy *g, struct weir_err *err)
{
    int rc = 0;
    g->stats.left = g->n_left;
    note_temp(g, 0);
    while (!rc && g->n_left)
        rc = pass(g, err);
    close_index(g);
    return rc ? rc : weir_extsort_sort(g->drops, err);
}

void dedup_greedy_look(const dedup_greedy *g, struct dedup_greedy_stats *stats)
{
    *stats = g->stats;
}
