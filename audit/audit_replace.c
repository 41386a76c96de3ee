/* A ledger grows with every run of make, so a run that was done again stands there twice. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"

static int by_command(const void *x, const void *y)
{
    const struct audit_run *a = *(struct audit_run *const *)x, *b = *(struct audit_run *const *)y;
    const int c = memcmp(a->command, b->command, sizeof a->command);
    return c ? c : (a > b) - (a < b);
}

/* All but the last of equal runs. */
static int replace_equal(struct audit *a, struct weir_err *err)
{
    struct audit_run **order = weir_calloc(a->n_runs, sizeof *order);
    if (!order)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < a->n_runs; i++)
        order[i] = &a->run[i];
    qsort(order, a->n_runs, sizeof *order, by_command);
    for (size_t i = 0; i + 1 < a->n_runs; i++)
        order[i]->replaced =
            !memcmp(order[i]->command, order[i + 1]->command, sizeof order[i]->command);
    free(order);
    return 0;
}

struct content { // some bytes, and how many runs read them
    uint64_t hash[2], bytes;
    uint32_t n_live, n_replaced;
};

static int by_content(const void *x, const void *y)
{
    const struct content *a = x, *b = y;
    const int c = memcmp(a->hash, b->hash, sizeof a->hash);
    return c ? c : (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

static struct content *find(struct content *list, size_t n, const struct audit_piece *p)
{
    const struct content key = {.hash = {p->hash[0], p->hash[1]}, .bytes = p->bytes};
    return bsearch(&key, list, n, sizeof *list, by_content);
}

static size_t list_contents(const struct audit *a, struct content *list)
{
    for (size_t i = 0; i < a->inputs.n; i++) {
        const struct audit_piece *p = &a->inputs.at[i];
        const int replaced = a->run[p->run].replaced;
        list[i] = (struct content){{p->hash[0], p->hash[1]}, p->bytes, !replaced, replaced != 0};
    }
    qsort(list, a->inputs.n, sizeof *list, by_content);
    size_t n = 0;
    for (size_t i = 0; i < a->inputs.n; i++) {
        if (!n || by_content(&list[n - 1], &list[i])) {
            list[n++] = list[i];
            continue;
        }
        list[n - 1].n_live += list[i].n_live;
        list[n - 1].n_replaced += list[i].n_replaced;
    }
    return n;
}

static int fed_replaced_only(const struct audit *a, const struct audit_run *r, struct content *list,
                             size_t n)
{
    for (size_t i = 0; i < r->n_out; i++) {
        const struct audit_piece *p = &a->outputs.at[r->out_at + i];
        const struct content *c = find(list, n, p);
        if (!p->is_stream || !p->bytes || !c || c->n_live || !c->n_replaced)
            return 0;
    }
    return r->n_out > 0;
}

/* What only fed replaced runs through a pipe was done again too, if with other options.  Readers
 * stand behind what they read from, so one pass from the end finds whole pipes. */
static int replace_upstream(struct audit *a, struct weir_err *err)
{
    struct content *list = weir_calloc(a->inputs.n + 1, sizeof *list);
    if (!list)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const size_t n = list_contents(a, list);
    for (size_t i = a->n_runs; i-- > 0;) {
        struct audit_run *r = &a->run[i];
        if (r->replaced || !fed_replaced_only(a, r, list, n))
            continue;
        r->replaced = 1;
        for (size_t k = 0; k < r->n_in; k++) {
            struct content *c = find(list, n, &a->inputs.at[r->in_at + k]);
            c->n_live--;
            c->n_replaced++;
        }
    }
    free(list);
    return 0;
}

int audit_replace(struct audit *a, struct weir_err *err)
{
    if (replace_equal(a, err) || replace_upstream(a, err))
        return err->code;
    for (size_t i = 0; i < a->n_runs; i++)
        a->n_replaced += a->run[i].replaced != 0;
    return 0;
}
