/* From single runs to the build.
 *
 * A run reads what another wrote when hash and size of the bytes are equal.  A stage that changes
 * nothing passes equal bytes on, so that several runs may have written them: then the nearest one
 * before the reader counts, first among those that wrote a file of that name, then among those that
 * nobody read yet.  A stage always adds its ledger line after those that it read from. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"

enum { MAX_LEVEL = 16 }; // a longer chain of one stage is one step from there on

struct end { // one end of a possible link
    const uint64_t *hash;
    uint64_t bytes;
    uint32_t run;
    int writes;
    uint32_t piece;
};

static int by_content(const void *x, const void *y)
{
    const struct end *a = x, *b = y;
    const int c = memcmp(a->hash, b->hash, 2 * sizeof *a->hash);
    if (c)
        return c;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? -1 : 1;
    if (a->run != b->run)
        return a->run < b->run ? -1 : 1;
    if (a->writes != b->writes) // a run reads before it writes: it never reads itself
        return a->writes - b->writes;
    return (a->piece > b->piece) - (a->piece < b->piece);
}

static int same_content(const struct end *a, const struct end *b)
{
    return a->bytes == b->bytes && !memcmp(a->hash, b->hash, 2 * sizeof *a->hash);
}

enum { LOOK_BACK = 64 }; // ends of one content whose names are compared: few are ever equal

/* The nearest run before the reader at i that wrote a file of the name it read; or that read the
 * very file itself, which was there before that run, so that nobody wrote it; else the first such
 * writer behind it, as when lines were turned round. */
static int find_named(const struct audit *a, const struct end *e, size_t n, size_t i,
                      uint32_t *writer)
{
    const struct audit_piece *p = &a->inputs.at[e[i].piece];
    if (p->is_stream)
        return 0;
    for (size_t k = i; k-- > 0 && k + LOOK_BACK >= i;) {
        const struct audit_pieces *list = e[k].writes ? &a->outputs : &a->inputs;
        if (strcmp(list->at[e[k].piece].name, p->name))
            continue;
        *writer = e[k].writes ? e[k].run : list->at[e[k].piece].writer;
        return 1;
    }
    for (size_t k = i + 1; k < n && k <= i + LOOK_BACK; k++)
        if (e[k].writes && e[k].run != e[i].run &&
            !strcmp(a->outputs.at[e[k].piece].name, p->name)) {
            *writer = e[k].run;
            return 1;
        }
    return 0;
}

/* Takes a run off the stack where it stands near its top. */
static size_t take(uint32_t *stack, size_t n_stack, uint32_t run)
{
    for (size_t k = n_stack; k-- > 0 && k + LOOK_BACK >= n_stack;)
        if (stack[k] == run) {
            memmove(stack + k, stack + k + 1, (n_stack - k - 1) * sizeof *stack);
            return n_stack - 1;
        }
    return n_stack;
}

/* In one ledger a reader stands behind the writer. */
static int may_write(const struct audit *a, uint32_t writer, const struct audit_piece *p)
{
    return strcmp(a->run[writer].ledger, a->run[p->run].ledger) != 0;
}

/* Links the ends of one content: readers take writers from a stack, the last first. */
static void link_content(struct audit *a, const struct end *e, size_t n, uint32_t *stack)
{
    size_t n_stack = 0;
    uint32_t last = AUDIT_NONE, named;
    for (size_t i = 0; i < n; i++) {
        if (e[i].writes) {
            stack[n_stack++] = last = e[i].run;
            continue;
        }
        if (find_named(a, e, n, i, &named)) {
            n_stack = take(stack, n_stack, named);
            a->inputs.at[e[i].piece].writer = named;
            continue;
        }
        if (n_stack)
            last = stack[--n_stack];
        a->inputs.at[e[i].piece].writer = last;
    }
    // Ledgers in any order: a reader before all writers takes one that nobody read, else the first
    // behind it.
    uint32_t behind = AUDIT_NONE;
    for (size_t i = n; i-- > 0;) {
        if (e[i].writes) {
            behind = e[i].run;
            continue;
        }
        struct audit_piece *p = &a->inputs.at[e[i].piece];
        if (p->writer != AUDIT_NONE)
            continue;
        if (n_stack && may_write(a, stack[n_stack - 1], p))
            p->writer = stack[--n_stack];
        else if (behind != AUDIT_NONE && may_write(a, behind, p))
            p->writer = behind;
    }
}

/* Appends the ends that count: empty files are all alike, and no record goes with them. */
static size_t add_ends(const struct audit *a, const struct audit_pieces *p, int writes,
                       struct end *e, size_t n)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct audit_piece *piece = &p->at[i];
        if (piece->bytes && !a->run[piece->run].replaced)
            e[n++] = (struct end){piece->hash, piece->bytes, piece->run, writes, (uint32_t)i};
    }
    return n;
}

static int link_pieces(struct audit *a, struct weir_err *err)
{
    for (size_t i = 0; i < a->inputs.n; i++)
        a->inputs.at[i].writer = AUDIT_NONE;
    struct end *e = weir_calloc(a->inputs.n + a->outputs.n + 1, sizeof *e);
    uint32_t *stack = weir_calloc(a->outputs.n + 1, sizeof *stack);
    if (!e || !stack) {
        free(e);
        free(stack);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    const size_t n = add_ends(a, &a->outputs, 1, e, add_ends(a, &a->inputs, 0, e, 0));
    qsort(e, n, sizeof *e, by_content);
    for (size_t i = 0, from = 0; i < n; i++) {
        if (i + 1 < n && same_content(&e[i], &e[i + 1]))
            continue;
        link_content(a, e + from, i + 1 - from, stack);
        from = i + 1;
    }
    free(e);
    free(stack);
    return 0;
}

/* Runs in an order in which writers come before readers (Kahn 1962); runs in a circle, which only
 * invented ledgers have, come last.  Also their depth, and the level of each stage in their chain.
 */
struct chains {
    uint32_t *order, *n_waiting;
    uint32_t *first, *next; // inputs by their writer, a list a run
    uint16_t *level;        // (n_runs, n_stages)
};

static void pass_on(struct audit *a, struct chains *c, uint32_t from, uint32_t to)
{
    const uint16_t *f = c->level + (size_t)from * a->n_stages;
    uint16_t *t = c->level + (size_t)to * a->n_stages;
    for (uint32_t s = 0; s < a->n_stages; s++)
        if (f[s] > t[s])
            t[s] = f[s];
    if (a->run[from].depth + 1 > a->run[to].depth)
        a->run[to].depth = a->run[from].depth + 1;
}

static void walk(struct audit *a, struct chains *c)
{
    size_t n = 0;
    for (size_t i = 0; i < a->inputs.n; i++) {
        const struct audit_piece *p = &a->inputs.at[i];
        if (p->writer == AUDIT_NONE)
            continue;
        c->next[i] = c->first[p->writer];
        c->first[p->writer] = (uint32_t)i + 1;
        c->n_waiting[p->run]++;
        a->run[p->writer].is_read = 1;
    }
    for (uint32_t i = 0; i < a->n_runs; i++)
        if (!c->n_waiting[i])
            c->order[n++] = i;
    for (size_t i = 0; i < n; i++) {
        const uint32_t run = c->order[i];
        uint16_t *own = &c->level[(size_t)run * a->n_stages + a->run[run].stage];
        *own += *own < MAX_LEVEL;
        for (uint32_t p = c->first[run]; p; p = c->next[p - 1]) {
            const uint32_t to = a->inputs.at[p - 1].run;
            pass_on(a, c, run, to);
            if (!--c->n_waiting[to])
                c->order[n++] = to;
        }
    }
}

static int add_names(struct weir_names *to, const struct weir_names *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct weir_named *x = &from->at[i];
        if (weir_names_add(to, weir_span(x->name, strlen(x->name)), x->in, x->out))
            return WEIR_EMEM;
    }
    return 0;
}

static void add_count(struct weir_count *to, struct weir_count c)
{
    to->records += c.records;
    to->bytes += c.bytes;
    to->tokens += c.tokens;
}

static int add_sums(struct audit_sums *to, const struct audit_sums *s)
{
    add_count(&to->in, s->in);
    add_count(&to->kept, s->kept);
    add_count(&to->dropped, s->dropped);
    add_count(&to->bad, s->bad);
    add_count(&to->out, s->out);
    to->framing += s->framing;
    to->seconds += s->seconds;
    if (s->peak_memory > to->peak_memory)
        to->peak_memory = s->peak_memory;
    return add_names(&to->reasons, &s->reasons) || add_names(&to->sources, &s->sources) ||
                   add_names(&to->notes, &s->notes)
               ? WEIR_EMEM
               : 0;
}

static int add_to_step(struct audit *a, struct audit_run *r, uint16_t level)
{
    size_t i = 0;
    while (i < a->n_steps && (a->step[i].stage != r->stage || a->step[i].level != level))
        i++;
    if (i == a->n_steps) {
        if (weir_grow(&a->step, &a->cap_steps, i + 1, sizeof *a->step))
            return WEIR_EMEM;
        a->step[a->n_steps++] = (struct audit_step){.stage = r->stage, .level = level};
    }
    struct audit_step *s = &a->step[i];
    r->step = (uint32_t)i;
    s->n_runs++;
    if (r->depth > s->depth)
        s->depth = r->depth;
    return add_sums(&s->sums, &r->sums);
}

/* Steps in the order of the build: by depth, equal depths as they came. */
static int sort_steps(struct audit *a)
{
    uint32_t *now_at = weir_calloc(a->n_steps + 1, sizeof *now_at);
    struct audit_step *sorted = weir_calloc(a->n_steps + 1, sizeof *sorted);
    if (now_at && sorted) {
        for (size_t i = 0; i < a->n_steps; i++) {
            size_t at = 0;
            for (size_t k = 0; k < a->n_steps; k++)
                at += a->step[k].depth < a->step[i].depth ||
                      (k < i && a->step[k].depth == a->step[i].depth);
            now_at[i] = (uint32_t)at;
            sorted[at] = a->step[i];
        }
        memcpy(a->step, sorted, a->n_steps * sizeof *sorted);
        for (size_t i = 0; i < a->n_runs; i++)
            if (!a->run[i].replaced)
                a->run[i].step = now_at[a->run[i].step];
    }
    const int rc = now_at && sorted ? 0 : WEIR_EMEM;
    free(now_at);
    free(sorted);
    return rc;
}

static int form_steps(struct audit *a, struct weir_err *err)
{
    struct chains c = {.order = weir_calloc(a->n_runs, sizeof *c.order),
                       .n_waiting = weir_calloc(a->n_runs, sizeof *c.n_waiting),
                       .first = weir_calloc(a->n_runs, sizeof *c.first),
                       .next = weir_calloc(a->inputs.n + 1, sizeof *c.next),
                       .level = weir_calloc(a->n_runs * a->n_stages, sizeof *c.level)};
    int rc = c.order && c.n_waiting && c.first && c.next && c.level ? 0 : WEIR_EMEM;
    if (!rc)
        walk(a, &c);
    for (size_t i = 0; i < a->n_runs && !rc; i++) {
        const uint16_t level = c.level[i * a->n_stages + a->run[i].stage];
        if (!a->run[i].replaced)
            rc = add_to_step(a, &a->run[i], level ? level : 1);
    }
    if (!rc)
        rc = sort_steps(a);
    free(c.order);
    free(c.n_waiting);
    free(c.first);
    free(c.next);
    free(c.level);
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

static int same_links(const void *x, const void *y)
{
    const struct audit_link *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

static int add_link(struct audit *a, uint32_t from, uint32_t to, int by_totals)
{
    if (weir_grow(&a->link, &a->cap_links, a->n_links + 1, sizeof *a->link))
        return WEIR_EMEM;
    a->link[a->n_links++] = (struct audit_link){from, to, by_totals};
    return 0;
}

/* The links of steps, each once. */
static int link_steps(struct audit *a, struct weir_err *err)
{
    for (size_t i = 0; i < a->inputs.n; i++) {
        const struct audit_piece *p = &a->inputs.at[i];
        if (p->writer == AUDIT_NONE)
            continue;
        const uint32_t from = a->run[p->writer].step, to = a->run[p->run].step;
        const struct audit_link *last = a->n_links ? &a->link[a->n_links - 1] : NULL;
        if ((!last || last->from != from || last->to != to) && add_link(a, from, to, 0))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    if (!a->n_links)
        return 0;
    qsort(a->link, a->n_links, sizeof *a->link, same_links);
    size_t n = 1;
    for (size_t i = 1; i < a->n_links; i++)
        if (same_links(&a->link[i], &a->link[n - 1]))
            a->link[n++] = a->link[i];
    a->n_links = n;
    return 0;
}

/* Whether no input of a run is linked. */
static int reads_from_outside(const struct audit *a, const struct audit_run *r)
{
    for (size_t i = 0; i < r->n_in; i++)
        if (a->inputs.at[r->in_at + i].writer != AUDIT_NONE)
            return 0;
    return 1;
}

struct loose { // of a step: what hangs loose on either side
    struct weir_count in, out;
};

static int same_totals(struct weir_count a, struct weir_count b)
{
    return a.records == b.records && a.bytes == b.bytes;
}

/* Marks the steps that read, over any links, what a step wrote, and the step itself. */
static void mark_downstream(const struct audit *a, uint32_t step, unsigned char *mark)
{
    memset(mark, 0, a->n_steps);
    mark[step] = 1;
    for (int more = 1; more;) {
        more = 0;
        for (size_t i = 0; i < a->n_links; i++)
            if (mark[a->link[i].from] && !mark[a->link[i].to])
                more = mark[a->link[i].to] = 1;
    }
}

/* Pieces that were joined, cut or recompressed on the way have no hash in common.  Two steps are
 * linked all the same when what one's unread runs wrote and what the other's unlinked runs read is
 * equal in records and bytes. */
static int link_by_totals(struct audit *a, struct weir_err *err)
{
    struct loose *loose = weir_calloc(a->n_steps + 1, sizeof *loose);
    unsigned char *downstream = weir_calloc(a->n_steps + 1, 1);
    int rc = loose && downstream ? 0 : WEIR_EMEM;
    for (size_t i = 0; i < a->n_runs && !rc; i++) {
        const struct audit_run *r = &a->run[i];
        if (!r->replaced && !r->is_read)
            add_count(&loose[r->step].out, r->sums.out);
        if (!r->replaced && reads_from_outside(a, r))
            add_count(&loose[r->step].in, r->sums.in);
    }
    for (uint32_t to = 0; to < a->n_steps && !rc; to++) {
        uint32_t from = 0;
        mark_downstream(a, to, downstream);
        while (from < a->n_steps && (downstream[from] || a->step[from].stage == a->step[to].stage ||
                                     !same_totals(loose[from].out, loose[to].in)))
            from++;
        if (from == a->n_steps || !loose[to].in.records)
            continue;
        rc = add_link(a, from, to, 1);
        loose[from].out.records = UINT64_MAX; // taken
        for (size_t i = 0; i < a->n_runs; i++) {
            struct audit_run *r = &a->run[i];
            r->by_totals |= !r->replaced && r->step == to && reads_from_outside(a, r);
            r->is_read |= !r->replaced && r->step == from;
        }
    }
    free(loose);
    free(downstream);
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

int audit_link(struct audit *a, struct weir_err *err)
{
    if (audit_replace(a, err) || link_pieces(a, err) || form_steps(a, err) || link_steps(a, err))
        return err->code;
    return link_by_totals(a, err);
}
