/* Samples of dropped records by reason, and the documents that duplicates were dropped for. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit_browse.h"

static char *copy(struct weir_span s)
{
    char *p = malloc(s.n + 1 + WEIR_PADDING);
    if (!p)
        return NULL;
    memcpy(p, s.p, s.n);
    memset(p + s.n, 0, 1 + WEIR_PADDING);
    return p;
}

static int out_of_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

static struct browse_group *find_group(struct browse *b, struct weir_span stage,
                                       struct weir_span reason, struct weir_err *err)
{
    struct browse_group *g;
    for (size_t i = 0; i < b->n_groups; i++)
        if (weir_span_is(stage, b->group[i]->stage) && weir_span_is(reason, b->group[i]->reason))
            return b->group[i];
    if (b->n_groups == BROWSE_MAX_GROUPS) {
        weir_err_set(err, WEIR_EBAD, "more than %d reasons: these are no rejects",
                     BROWSE_MAX_GROUPS);
        return NULL;
    }
    if (weir_grow(&b->group, &b->cap_groups, b->n_groups + 1, sizeof *b->group) ||
        !(g = calloc(1, sizeof *g))) {
        out_of_memory(err);
        return NULL;
    }
    b->group[b->n_groups++] = g;
    g->stage = copy(stage);
    g->reason = copy(reason);
    g->random = b->job->seed;
    if (g->stage && g->reason)
        return g;
    out_of_memory(err);
    return NULL;
}

static void forget(struct browse *b, struct browse_sample *s)
{
    b->bytes -= s->n + s->n_kept;
    free(s->line);
    free(s->twin);
    free(s->kept);
    *s = (struct browse_sample){0};
}

/* The place of a record in the sample, or BROWSE_SAMPLES: each has the same chance (Vitter 1985,
 * algorithm R). */
static size_t draw(struct browse_group *g)
{
    uint64_t z = g->random += 0x9E3779B97F4A7C15u; // SplitMix64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    if (g->n_samples < BROWSE_SAMPLES)
        return g->n_samples++;
    const uint64_t at = z % g->n;
    return at < BROWSE_SAMPLES ? (size_t)at : BROWSE_SAMPLES;
}

static int keep(struct browse *b, struct browse_group *g, struct weir_span line,
                const struct weir_field *twin, struct weir_err *err)
{
    if (line.n > BROWSE_LINE || b->bytes + line.n > b->job->memory / 8)
        return 0;
    const size_t at = draw(g);
    if (at == BROWSE_SAMPLES)
        return 0;
    struct browse_sample *s = &g->sample[at];
    forget(b, s);
    b->bytes += s->n = line.n;
    s->line = copy(line);
    if (twin && twin->type == WEIR_JSON_STRING && !(s->twin = copy(twin->str)))
        return out_of_memory(err);
    return s->line ? 0 : out_of_memory(err);
}

static int read_drop(void *ctx, struct weir_span line, const char *file, uint64_t number,
                     struct weir_err *err)
{
    struct browse *b = ctx;
    struct weir_field *f;
    struct weir_err why = {0};
    size_t n = 0;
    if (weir_json_object(b->json[0], line.p, line.n, &f, &n, &why))
        return weir_err_set(err, why.code, "%s:%llu: %s", file, (unsigned long long)number,
                            why.msg);
    const struct weir_field *stage = weir_json_find(f, n, "stage");
    const struct weir_field *reason = weir_json_find(f, n, "reason");
    if (!stage || !reason || stage->type != WEIR_JSON_STRING || reason->type != WEIR_JSON_STRING)
        return weir_err_set(err, WEIR_EBAD, "%s:%llu: not what --rejects writes", file,
                            (unsigned long long)number);
    struct browse_group *g = find_group(b, stage->str, reason->str, err);
    if (!g)
        return err->code;
    g->n++;
    return keep(b, g, line, weir_json_find(f, n, "twin"), err);
}

/* ---- twins ---- */

struct twins {
    struct browse *b;
    struct browse_sample **at; // sorted by the id they look for
    size_t n, cap;
};

static int by_twin(const void *a, const void *b)
{
    return strcmp((*(struct browse_sample *const *)a)->twin,
                  (*(struct browse_sample *const *)b)->twin);
}

static int collect(struct twins *t, struct weir_err *err)
{
    for (size_t i = 0; i < t->b->n_groups; i++)
        for (size_t k = 0; k < t->b->group[i]->n_samples; k++) {
            struct browse_sample *s = &t->b->group[i]->sample[k];
            if (!s->twin)
                continue;
            if (weir_grow(&t->at, &t->cap, t->n + 1, sizeof *t->at))
                return out_of_memory(err);
            t->at[t->n++] = s;
        }
    if (t->n)
        qsort(t->at, t->n, sizeof *t->at, by_twin);
    return 0;
}

/* The first that looks for id, or n. */
static size_t find_twin(const struct twins *t, const char *id)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (strcmp(t->at[mid]->twin, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < t->n && !strcmp(t->at[low]->twin, id) ? low : t->n;
}

static int read_document(void *ctx, struct weir_span line, const char *file, uint64_t number,
                         struct weir_err *err)
{
    struct twins *t = ctx;
    struct weir_field *f;
    struct weir_err why = {0};
    char id[1024];
    size_t n;
    if (weir_json_object(t->b->json[0], line.p, line.n, &f, &n, &why))
        return weir_err_set(err, why.code, "%s:%llu: %s", file, (unsigned long long)number,
                            why.msg);
    const struct weir_field *x = weir_json_find(f, n, "id");
    if (!x || x->type != WEIR_JSON_STRING || x->str.n >= sizeof id || line.n > BROWSE_LINE)
        return 0;
    memcpy(id, x->str.p, x->str.n);
    id[x->str.n] = '\0';
    for (size_t i = find_twin(t, id); i < t->n && !strcmp(t->at[i]->twin, id); i++) {
        struct browse_sample *s = t->at[i];
        if (s->kept || t->b->bytes + line.n > t->b->job->memory / 4)
            continue;
        if (!(s->kept = copy(line)))
            return out_of_memory(err);
        t->b->bytes += s->n_kept = line.n;
    }
    return 0;
}

static int find_twins(struct browse *b, struct weir_err *err)
{
    struct twins t = {.b = b};
    int rc = collect(&t, err);
    if (!rc && t.n)
        rc = audit_each_line(b->job, b->opt->documents.at, b->opt->documents.n, read_document, &t,
                             err);
    free(t.at);
    return rc;
}

/* ---- all ---- */

static int open_sets(struct browse *b, struct weir_err *err)
{
    const struct weir_strings *names = &b->opt->datasets;
    b->set = weir_calloc(names->n + 1, sizeof *b->set);
    if (!b->set)
        return out_of_memory(err);
    for (size_t i = 0; i < names->n; i++) {
        struct browse_set *s = &b->set[b->n_sets++];
        s->name = names->at[i];
        s->r.idx.fd = s->r.bin.fd = s->prov.file.fd = -1;
        s->has_prov = index_file_exists(s->name, ".prov");
        if (index_reader_open(&s->r, s->name, err) ||
            (s->has_prov && index_prov_open(&s->prov, s->name, err)))
            return err->code;
        if (s->has_prov && s->prov.n_seqs != s->r.n_seqs)
            return weir_err_set(err, WEIR_EBAD, "%s.prov is of another dataset", s->name);
    }
    return 0;
}

int browse_open(struct browse *b, const struct weir_audit_opt *opt, struct weir_job *job,
                struct weir_err *err)
{
    *b = (struct browse){.opt = opt, .job = job};
    for (int i = 0; i < 2; i++)
        if (!(b->json[i] = weir_json_new(err)))
            return err->code;
    if (opt->model && !(b->tok = weir_tok_open(opt->model, err)))
        return err->code;
    if (opt->drops.n && audit_each_line(job, opt->drops.at, opt->drops.n, read_drop, b, err))
        return err->code;
    if (opt->documents.n && find_twins(b, err))
        return err->code;
    return open_sets(b, err);
}

void browse_close(struct browse *b)
{
    for (size_t i = 0; i < b->n_groups; i++) {
        for (size_t k = 0; k < b->group[i]->n_samples; k++)
            forget(b, &b->group[i]->sample[k]);
        free(b->group[i]->stage);
        free(b->group[i]->reason);
        free(b->group[i]);
    }
    for (size_t i = 0; i < b->n_sets; i++) {
        index_reader_close(&b->set[i].r);
        if (b->set[i].has_prov)
            index_prov_close(&b->set[i].prov);
    }
    for (int i = 0; i < 2; i++)
        weir_json_free(b->json[i]);
    weir_tok_free(b->tok);
    free(b->group);
    free(b->set);
}

void browse_put_groups(const struct browse *b, struct weir_buf *to)
{
    weir_buf_adds(to, "{\"groups\":[");
    for (size_t i = 0; i < b->n_groups; i++) {
        const struct browse_group *g = b->group[i];
        size_t twins = 0;
        for (size_t k = 0; k < g->n_samples; k++)
            twins += g->sample[k].twin != NULL;
        weir_buf_adds(to, i ? ",{\"stage\":" : "{\"stage\":");
        weir_buf_add_json_lossy(to, weir_span(g->stage, strlen(g->stage)));
        weir_buf_adds(to, ",\"reason\":");
        weir_buf_add_json_lossy(to, weir_span(g->reason, strlen(g->reason)));
        weir_buf_addf(to, ",\"records\":%llu,\"samples\":%zu,\"twins\":%zu}",
                      (unsigned long long)g->n, g->n_samples, twins);
    }
    weir_buf_adds(to, "],\"datasets\":[");
    for (size_t i = 0; i < b->n_sets; i++) {
        weir_buf_adds(to, i ? ",{\"name\":" : "{\"name\":");
        weir_buf_add_json_lossy(to, weir_span(b->set[i].name, strlen(b->set[i].name)));
        weir_buf_addf(to, ",\"sequences\":%llu,\"tokens\":%llu}",
                      (unsigned long long)b->set[i].r.n_seqs,
                      (unsigned long long)(b->set[i].r.bin.size / b->set[i].r.width));
    }
    weir_buf_adds(to, "]}\n");
}

void browse_put_samples(const struct browse_group *g, struct weir_buf *to)
{
    weir_buf_adds(to, "{\"samples\":[");
    for (size_t k = 0; k < g->n_samples; k++) {
        const struct browse_sample *s = &g->sample[k];
        weir_buf_adds(to, k ? ",{\"drop\":" : "{\"drop\":");
        weir_buf_add(to, s->line, s->n);
        weir_buf_adds(to, ",\"kept\":");
        if (s->kept)
            weir_buf_add(to, s->kept, s->n_kept);
        else
            weir_buf_adds(to, "null");
        weir_buf_addc(to, '}');
    }
    weir_buf_adds(to, "]}\n");
}
