#include <stdlib.h>
#include <string.h>

#include "filters/filter_run.h"
#include "lib/xxh.h"

struct filter_sampled {
    const char *reason;
    uint64_t hash;
    char *line;
    size_t n;
};

struct filter_reason {
    const char *reason;
    size_t n;     // lines of it
    uint64_t cut; // the highest hash among them, once they are all it may have
};

void filter_sample_free(struct filter_sample *s)
{
    for (size_t i = 0; i < s->n_at; i++)
        free(s->at[i].line);
    free(s->at);
    free(s->reason);
    memset(s, 0, sizeof *s);
}

static struct filter_reason *reason_of(struct filter_sample *s, const char *reason)
{
    for (size_t i = 0; i < s->n_reason; i++)
        if (!strcmp(s->reason[i].reason, reason))
            return s->reason + i;
    if (weir_grow(&s->reason, &s->cap_reason, s->n_reason + 1, sizeof *s->reason) < 0)
        return NULL;
    s->reason[s->n_reason] = (struct filter_reason){.reason = reason};
    return s->reason + s->n_reason++;
}

/* Takes the line of the highest hash out, of that reason or of all. */
static void leave_out(struct filter_sample *s, const struct filter_reason *of)
{
    struct filter_sampled *top = NULL;
    for (size_t i = 0; i < s->n_at; i++)
        if ((!of || s->at[i].reason == of->reason) && (!top || s->at[i].hash > top->hash))
            top = s->at + i;
    if (!top)
        return;
    reason_of(s, top->reason)->n--;
    s->bytes -= top->n;
    free(top->line);
    *top = s->at[--s->n_at];
}

/* The highest hash of a reason that has all its lines: what is above it need not be looked at. */
static void set_cut(struct filter_sample *s, struct filter_reason *r)
{
    r->cut = 0;
    for (size_t i = 0; i < s->n_at; i++)
        if (s->at[i].reason == r->reason && s->at[i].hash > r->cut)
            r->cut = s->at[i].hash;
}

int filter_sample_add(struct filter_sample *s, const char *reason, struct weir_span record,
                      struct weir_span line, uint64_t seed)
{
    struct filter_reason *r = reason_of(s, reason);
    struct filter_sampled x = {.hash = XXH3_64bits_withSeed(record.p, record.n, seed), .n = line.n};
    if (!r)
        return WEIR_EMEM;
    if (r->n >= s->n && x.hash >= r->cut)
        return 0;
    if (r->n >= s->n)
        leave_out(s, r);
    x.reason = r->reason;
    if (weir_grow(&s->at, &s->cap_at, s->n_at + 1, sizeof *s->at) < 0 ||
        !(x.line = weir_realloc_array(NULL, line.n, 1)))
        return WEIR_EMEM;
    memcpy(x.line, line.p, line.n);
    s->at[s->n_at++] = x;
    s->bytes += line.n;
    if (++r->n >= s->n)
        set_cut(s, r);
    while (s->bytes > FILTER_SAMPLE_BYTES)
        leave_out(s, NULL);
    return 0;
}

static int in_order(const void *a, const void *b)
{
    const struct filter_sampled *x = a, *y = b;
    const int by_reason = strcmp(x->reason, y->reason);
    return by_reason ? by_reason : (x->hash > y->hash) - (x->hash < y->hash);
}

int filter_sample_write(struct filter_sample *s, weir_io *out, struct weir_err *err)
{
    int rc = 0;
    if (s->n_at)
        qsort(s->at, s->n_at, sizeof *s->at, in_order);
    for (size_t i = 0; i < s->n_at && !rc; i++)
        rc = weir_io_write(out, s->at[i].line, s->at[i].n, err);
    return rc;
}
