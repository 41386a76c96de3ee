/* What weir infer score left in the ledgers, added up by source. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"

struct reading {
    weir_json *json[2]; // one a depth
    struct audit_scores *list;
    size_t n, cap;
    struct weir_err *err;
};

static int bad(struct reading *r)
{
    return weir_err_set(r->err, WEIR_EBAD, "\"score\": not what weir infer score writes");
}

static uint64_t number(struct reading *r, const struct weir_field *f, size_t n, const char *name)
{
    uint64_t v = 0;
    const struct weir_field *x = weir_json_find(f, n, name);
    if (!x || x->type != WEIR_JSON_NUMBER || weir_json_u64(x, &v) || v > AUDIT_MAX_COUNT)
        bad(r);
    return v;
}

static double real(struct reading *r, const struct weir_field *f, size_t n, const char *name)
{
    const struct weir_field *x = weir_json_find(f, n, name);
    const double v = x && x->type == WEIR_JSON_NUMBER ? strtod(x->raw.p, NULL) : NAN;
    if (!isfinite(v))
        bad(r);
    return v;
}

static struct audit_scores *find_protocol(struct reading *r, uint64_t window, uint64_t stride,
                                          int bos)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->list[i].window == window && r->list[i].stride == stride && r->list[i].bos == bos)
            return &r->list[i];
    if (weir_grow(&r->list, &r->cap, r->n + 1, sizeof *r->list)) {
        weir_err_set(r->err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    r->list[r->n] = (struct audit_scores){.window = window, .stride = stride, .bos = bos};
    return &r->list[r->n++];
}

static int add(struct reading *r, struct audit_scores *s, struct weir_span name,
               const struct audit_score *x)
{
    char text[WEIR_NAME_BYTES + 1];
    const size_t len = name.n < WEIR_NAME_BYTES ? name.n : WEIR_NAME_BYTES;
    size_t i = 0;
    memcpy(text, name.p, len);
    text[len] = '\0';
    while (i < s->n && strcmp(s->at[i].name, text) != 0)
        i++;
    if (i == s->n) {
        char *copy = s->n < WEIR_NAMES_MAX ? strdup(text) : NULL;
        if (!copy || weir_grow(&s->at, &s->cap, s->n + 1, sizeof *s->at)) {
            free(copy);
            return s->n < WEIR_NAMES_MAX ? weir_err_set(r->err, WEIR_EMEM, "out of memory")
                                         : bad(r);
        }
        s->at[s->n++] = (struct audit_score){.name = copy};
    }
    s->at[i].nll += x->nll;
    s->at[i].documents += x->documents;
    s->at[i].tokens += x->tokens;
    s->at[i].bytes += x->bytes;
    return 0;
}

static int read_source(struct reading *r, struct audit_scores *s, struct weir_span object)
{
    struct weir_field *f;
    size_t n;
    if (weir_json_object(r->json[1], object.p, object.n, &f, &n, r->err))
        return bad(r);
    const struct weir_field *name = weir_json_find(f, n, "source");
    const struct audit_score x = {.documents = number(r, f, n, "documents"),
                                  .tokens = number(r, f, n, "tokens"),
                                  .bytes = number(r, f, n, "bytes"),
                                  .nll = real(r, f, n, "nll")};
    if (r->err->code || !name || name->type != WEIR_JSON_STRING)
        return bad(r);
    return add(r, s, name->str, &x);
}

static int read_run(struct reading *r, const struct audit_run *run)
{
    struct weir_field *f;
    size_t n;
    if (weir_json_object(r->json[0], run->score, run->n_score, &f, &n, r->err))
        return bad(r);
    const uint64_t window = number(r, f, n, "window"), stride = number(r, f, n, "stride");
    const struct weir_field *bos = weir_json_find(f, n, "bos");
    const struct weir_field *sources = weir_json_find(f, n, "sources");
    if (r->err->code || !bos || bos->type != WEIR_JSON_BOOL || !sources ||
        sources->type != WEIR_JSON_ARRAY)
        return bad(r);
    struct audit_scores *s = find_protocol(r, window, stride, bos->raw.p[0] == 't');
    const char *p = sources->raw.p, *end = p + sources->raw.n;
    while (s && !r->err->code && (p = memchr(p, '{', (size_t)(end - p)))) {
        const char *close = audit_object_end(p, end);
        read_source(r, s, weir_span(p, (size_t)(close - p)));
        p = close;
    }
    return r->err->code;
}

int audit_scores_read(const struct audit *a, struct audit_scores **list, size_t *n,
                      struct weir_err *err)
{
    struct reading r = {.err = err};
    int rc = 0;
    for (int i = 0; i < 2; i++)
        if (!(r.json[i] = weir_json_new(err)))
            rc = err->code;
    for (size_t i = 0; !rc && i < a->n_runs; i++)
        if (a->run[i].score && !a->run[i].replaced)
            rc = read_run(&r, &a->run[i]);
    for (int i = 0; i < 2; i++)
        weir_json_free(r.json[i]);
    *list = r.list;
    *n = r.n;
    return rc;
}

void audit_scores_free(struct audit_scores *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < list[i].n; k++)
            free(list[i].at[k].name);
        free(list[i].at);
    }
    free(list);
}

static void put_row(struct weir_buf *b, const struct audit_score *x)
{
    const double token = x->tokens ? x->nll / (double)x->tokens : 0;
    const size_t begin = b->n;
    weir_buf_adds(b, "  ");
    audit_add_plain(b, *x->name ? x->name : "(none)");
    while (b->n < begin + 32)
        weir_buf_addc(b, ' ');
    weir_buf_addf(b, "%10" PRIu64 " %13" PRIu64 " %12.6g %10.5f %10.5f\n", x->documents, x->tokens,
                  exp(token), token, x->bytes ? x->nll / (double)x->bytes : 0);
}

int audit_put_scores(const struct audit *a, struct weir_buf *b, struct weir_err *err)
{
    struct audit_scores *list;
    size_t n;
    const int rc = audit_scores_read(a, &list, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        struct audit_score all = {.name = (char *)"all"};
        weir_buf_addf(b, "scores  windows of %" PRIu64 " tokens, %" PRIu64 " new, %s BOS\n",
                      list[i].window, list[i].stride, list[i].bos ? "behind" : "no");
        weir_buf_addf(b, "  %-30s%10s %13s %12s %10s %10s\n", "source", "samples", "tokens",
                      "perplexity", "nll/token", "nll/byte");
        for (size_t k = 0; k < list[i].n; k++) {
            const struct audit_score *x = &list[i].at[k];
            put_row(b, x);
            all.nll += x->nll;
            all.documents += x->documents;
            all.tokens += x->tokens;
            all.bytes += x->bytes;
        }
        put_row(b, &all);
        weir_buf_addc(b, '\n');
    }
    audit_scores_free(list, n);
    return rc;
}
