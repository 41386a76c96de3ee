#include "weir/extsort.h"

#include <string.h>

#include "lib/extsort_run.h"

/* Records wait in an arena, in the very form they have in a run:
 *
 *      key length (varint) | value length (varint) | key | value
 *
 * with an index entry each.  When arena, index and the index's merge space reach the budget, the
 * entries are sorted and the records written behind the runs before them in one temporary file.
 * Two such files are enough for any number of merge passes: one is read, the other written. */

struct entry {
    uint64_t head; // the key's first 8 bytes as a big-endian number: decides most comparisons
    uint64_t at;   // of the record in the arena; rises with arrival
};

struct weir_extsort {
    uint64_t memory;
    struct weir_buf arena;
    struct entry *index, *space; // space: the other side of the merge sort
    size_t n, cap, cap_space;
    size_t at; // next entry to hand out when all fits in memory
    struct run_file file[2];
    int current; // file that holds the runs
    struct run *runs;
    size_t n_runs, cap_runs;
    struct run_merge *merge;
    int sorted;
    uint64_t most; // bytes of both files, at most so far
};

weir_extsort *weir_extsort_new(uint64_t memory, const char *temp_dir, struct weir_err *err)
{
    weir_extsort *s = weir_calloc(1, sizeof(*s));
    if (!s) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    s->memory = memory;
    if (run_file_init(&s->file[0], temp_dir, err) || run_file_init(&s->file[1], temp_dir, err)) {
        weir_extsort_free(s);
        return NULL;
    }
    return s;
}

void weir_extsort_free(weir_extsort *s)
{
    if (!s)
        return;
    run_merge_free(s->merge);
    run_file_free(&s->file[0]);
    run_file_free(&s->file[1]);
    weir_buf_free(&s->arena);
    free(s->index);
    free(s->space);
    free(s->runs);
    free(s);
}

static int compare(const weir_extsort *s, const struct entry *a, const struct entry *b)
{
    struct run_record x, y;
    if (a->head != b->head)
        return a->head < b->head ? -1 : 1;
    run_record_view(s->arena.p + a->at, &x);
    run_record_view(s->arena.p + b->at, &y);
    return run_key_compare(x.key, y.key);
}

static void insertion_sort(const weir_extsort *s, struct entry *e, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const struct entry x = e[i];
        size_t k = i;
        for (; k && compare(s, &x, &e[k - 1]) < 0; k--)
            e[k] = e[k - 1];
        e[k] = x;
    }
}

static void merge_pair(const weir_extsort *s, const struct entry *from, size_t n_left, size_t n,
                       struct entry *to)
{
    size_t i = 0, k = n_left;
    while (i < n_left && k < n)
        *to++ = compare(s, &from[k], &from[i]) < 0 ? from[k++] : from[i++];
    memcpy(to, from + i, (n_left - i) * sizeof(*to));
    memcpy(to + (n_left - i), from + k, (n - k) * sizeof(*to));
}

/* Bottom-up merge sort: stable, n log n always, and its space is known before (qsort's is not). */
static int sort_index(weir_extsort *s, struct weir_err *err)
{
    enum { SMALL = 12 };
    if (weir_grow(&s->space, &s->cap_space, s->n, sizeof(*s->space)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < s->n; i += SMALL)
        insertion_sort(s, s->index + i, s->n - i < SMALL ? s->n - i : SMALL);
    for (size_t width = SMALL; width < s->n; width *= 2) {
        for (size_t i = 0; i < s->n; i += 2 * width) {
            const size_t n = s->n - i < 2 * width ? s->n - i : 2 * width;
            merge_pair(s, s->index + i, n < width ? n : width, n, s->space + i);
        }
        struct entry *swap = s->index;
        const size_t cap = s->cap;
        s->index = s->space;
        s->cap = s->cap_space;
        s->space = swap;
        s->cap_space = cap;
    }
    return 0;
}

static void note_files(weir_extsort *s)
{
    const uint64_t now = s->file[0].end + s->file[1].end;
    if (now > s->most)
        s->most = now;
}

static int add_run(weir_extsort *s, const struct run *r, struct weir_err *err)
{
    if (weir_grow(&s->runs, &s->cap_runs, s->n_runs + 1, sizeof(*s->runs)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->runs[s->n_runs++] = *r;
    return 0;
}

static int spill(weir_extsort *s, struct weir_err *err)
{
    struct run r;
    struct run_file *f = &s->file[s->current];
    int rc = sort_index(s, err);
    if (!rc)
        rc = run_begin(f, &r, err);
    for (size_t i = 0; !rc && i < s->n; i++) {
        struct run_record rec;
        run_record_view(s->arena.p + s->index[i].at, &rec);
        rc = run_write(f, &r, rec.all, err);
    }
    if (!rc)
        rc = run_end(f, &r, err);
    if (!rc)
        rc = add_run(s, &r, err);
    s->n = 0;
    s->arena.n = 0;
    note_files(s);
    return rc;
}

int weir_extsort_add(weir_extsort *s, struct weir_span key, struct weir_span value,
                     struct weir_err *err)
{
    const uint64_t bytes = key.n + value.n + 2 * RUN_VARINT_MAX;
    if (s->sorted)
        return weir_err_set(err, WEIR_EFAIL, "extsort: add after sort");
    if (s->n && s->arena.n + bytes + (s->n + 1) * 2 * sizeof(struct entry) > s->memory) {
        int rc = spill(s, err);
        if (rc)
            return rc;
        weir_buf_reset(&s->arena, s->memory); // a single giant goes back
    }
    if (weir_grow(&s->index, &s->cap, s->n + 1, sizeof(*s->index)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->index[s->n].head = run_key_head(key);
    s->index[s->n].at = s->arena.n;
    run_record_put(&s->arena, key, value);
    s->n++;
    return weir_buf_check(&s->arena, err);
}

static void free_arena(weir_extsort *s)
{
    weir_buf_free(&s->arena);
    free(s->index);
    free(s->space);
    s->index = s->space = NULL;
    s->n = s->cap = s->cap_space = 0;
}

/* One pass: neighbouring groups of runs become one run each, so that arrival order stays. */
static int merge_pass(weir_extsort *s, size_t fan_in, struct weir_err *err)
{
    struct run_file *from = &s->file[s->current], *to = &s->file[!s->current];
    size_t n_made = 0;
    int rc = 0;
    for (size_t i = 0; !rc && i < s->n_runs; i += fan_in) {
        const size_t n = s->n_runs - i < fan_in ? s->n_runs - i : fan_in;
        struct run made;
        rc = run_merge_all(from, s->runs + i, n, s->memory, to, &made, err);
        if (!rc)
            s->runs[n_made++] = made;
    }
    if (rc)
        return rc;
    note_files(s);
    s->n_runs = n_made;
    s->current = !s->current;
    return run_file_clear(from, err);
}

int weir_extsort_sort(weir_extsort *s, struct weir_err *err)
{
    int rc = 0;
    s->sorted = 1;
    if (!s->n_runs)
        return sort_index(s, err);
    if (s->n)
        rc = spill(s, err);
    free_arena(s);
    const size_t fan_in = run_fan_in(s->memory);
    while (!rc && s->n_runs > fan_in)
        rc = merge_pass(s, fan_in, err);
    if (rc)
        return rc;
    s->merge = run_merge_new(&s->file[s->current], s->runs, s->n_runs, s->memory, err);
    return s->merge ? 0 : err ? err->code : WEIR_EFAIL;
}

int weir_extsort_next(weir_extsort *s, struct weir_span *key, struct weir_span *value,
                      struct weir_err *err)
{
    struct run_record r;
    if (!s->sorted)
        return weir_err_set(err, WEIR_EFAIL, "extsort: next before sort");
    if (s->merge) {
        const int got = run_merge_next(s->merge, &r, err);
        if (got <= 0)
            return got;
    } else {
        if (s->at == s->n)
            return 0;
        run_record_view(s->arena.p + s->index[s->at++].at, &r);
    }
    *key = r.key;
    *value = r.value;
    return 1;
}

uint64_t weir_extsort_temp(const weir_extsort *s)
{
    return s->most;
}
