/* What weir indexer stats left in the ledgers. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"

enum { MAX_BARS = WEIR_NAMES_MAX + 1 };

struct reading {
    weir_json *json[3];
    struct weir_err *err;
};

static uint64_t number(struct reading *r, const struct weir_field *f, size_t n, const char *name)
{
    uint64_t v = 0;
    const struct weir_field *x = weir_json_find(f, n, name);
    if (!x || x->type != WEIR_JSON_NUMBER || weir_json_u64(x, &v) || v > AUDIT_MAX_COUNT)
        weir_err_set(r->err, WEIR_EBAD, "\"datasets\": \"%s\" is not a possible count", name);
    return v;
}

static int grow(struct reading *r, struct audit_bar **bars, size_t n)
{
    *bars = weir_calloc(n + 1, sizeof **bars);
    return *bars ? 0 : weir_err_set(r->err, WEIR_EMEM, "out of memory");
}

static int read_sources(struct reading *r, struct weir_span raw, struct audit_dataset *d)
{
    struct weir_field *f, *s;
    size_t n, n_s;
    if (weir_json_object(r->json[1], raw.p, raw.n, &f, &n, r->err) || n > MAX_BARS ||
        grow(r, &d->sources, n))
        return r->err->code ? r->err->code : WEIR_EBAD;
    for (size_t i = 0; i < n && !r->err->code; i++) {
        struct audit_bar *b = &d->sources[d->n_sources];
        if (f[i].type != WEIR_JSON_OBJECT ||
            weir_json_object(r->json[2], f[i].raw.p, f[i].raw.n, &s, &n_s, r->err))
            return weir_err_set(r->err, WEIR_EBAD, "\"datasets\": a source is no object");
        const struct weir_field *text = weir_json_find(s, n_s, "text_bytes");
        b->sequences = number(r, s, n_s, "samples");
        b->tokens = number(r, s, n_s, "tokens");
        b->has_text =
            text && text->type == WEIR_JSON_NUMBER && !weir_json_u64(text, &b->text_bytes);
        b->name = f[i].key;
        d->n_sources++;
    }
    return r->err->code;
}

/* [{"from":…,"sequences":…,"tokens":…},…] */
static int read_lengths(struct reading *r, struct weir_span raw, struct audit_dataset *d)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++)
        n += raw.p[i] == '{';
    if (n > 64 || grow(r, &d->lengths, n))
        return r->err->code ? r->err->code : WEIR_EBAD;
    const char *p = raw.p, *end = raw.p + raw.n;
    while (!r->err->code && (p = memchr(p, '{', (size_t)(end - p)))) {
        struct weir_field *f;
        size_t n_f;
        const char *close = memchr(p, '}', (size_t)(end - p));
        if (!close || weir_json_object(r->json[1], p, (size_t)(close - p) + 1, &f, &n_f, r->err))
            return weir_err_set(r->err, WEIR_EBAD, "\"datasets\": lengths");
        d->lengths[d->n_lengths++] = (struct audit_bar){
            .from = number(r, f, n_f, "from"),
            .sequences = number(r, f, n_f, "sequences"),
            .tokens = number(r, f, n_f, "tokens"),
        };
        p = close + 1;
    }
    return r->err->code;
}

static int read_dataset(struct reading *r, struct weir_span raw, struct audit_dataset *d)
{
    struct weir_field *f;
    size_t n;
    if (weir_json_object(r->json[0], raw.p, raw.n, &f, &n, r->err))
        return r->err->code;
    const struct weir_field *name = weir_json_find(f, n, "dataset");
    const struct weir_field *sources = weir_json_find(f, n, "sources");
    const struct weir_field *lengths = weir_json_find(f, n, "lengths");
    if (!name || name->type != WEIR_JSON_STRING || !sources || sources->type != WEIR_JSON_OBJECT ||
        !lengths || lengths->type != WEIR_JSON_ARRAY)
        return weir_err_set(r->err, WEIR_EBAD, "\"datasets\": not what weir indexer stats writes");
    d->name = name->str;
    d->sequences = number(r, f, n, "sequences");
    d->tokens = number(r, f, n, "tokens");
    d->padding = number(r, f, n, "padding");
    d->samples = number(r, f, n, "samples");
    d->repeated = number(r, f, n, "repeated");
    d->vocabulary = number(r, f, n, "vocabulary");
    d->ids_used = number(r, f, n, "ids_used");
    return read_lengths(r, lengths->raw, d) || read_sources(r, sources->raw, d) ? r->err->code : 0;
}

const char *audit_object_end(const char *p, const char *end)
{
    int depth = 0, in_string = 0;
    for (; p < end; p++) {
        if (in_string) {
            p += *p == '\\';
            in_string = p >= end || *p != '"' || p[-1] == '\\';
        } else if (*p == '"') {
            in_string = 1;
        } else if (*p == '{') {
            depth++;
        } else if (*p == '}' && !--depth) {
            return p + 1;
        }
    }
    return end;
}

static int each_of_run(struct reading *r, const struct audit_run *run,
                       int (*each)(struct weir_buf *b, const struct audit_dataset *d),
                       struct weir_buf *b)
{
    const char *p = run->datasets, *end = p + run->n_datasets;
    int rc = 0;
    while (!rc && (p = memchr(p, '{', (size_t)(end - p)))) {
        struct audit_dataset d = {.name = {0}};
        const char *next = audit_object_end(p, end);
        rc = read_dataset(r, weir_span(p, (size_t)(next - p)), &d);
        if (!rc)
            rc = each(b, &d);
        free(d.sources);
        free(d.lengths);
        p = next;
    }
    return rc;
}

int audit_each_dataset(const struct audit *a,
                       int (*each)(struct weir_buf *b, const struct audit_dataset *d),
                       struct weir_buf *b, struct weir_err *err)
{
    struct reading r = {.err = err};
    int rc = 0;
    for (int i = 0; i < 3; i++)
        if (!(r.json[i] = weir_json_new(err)))
            rc = err->code;
    for (size_t i = 0; !rc && i < a->n_runs; i++)
        if (a->run[i].datasets && !a->run[i].replaced)
            rc = each_of_run(&r, &a->run[i], each, b);
    for (int i = 0; i < 3; i++)
        weir_json_free(r.json[i]);
    return rc;
}

static double share(uint64_t n, uint64_t of)
{
    return of ? 100.0 * (double)n / (double)of : 0.0;
}

static void add_bar(struct weir_buf *b, uint64_t n, uint64_t most)
{
    for (uint64_t k = 0; most && k < (n * 20 + most - 1) / most; k++)
        weir_buf_addc(b, '#');
    weir_buf_addc(b, '\n');
}

static void add_name(struct weir_buf *b, struct weir_span name)
{
    char text[WEIR_NAME_BYTES + 1];
    const size_t n = name.n < 30 ? name.n : 30;
    memcpy(text, name.p, n);
    text[n] = '\0';
    weir_buf_adds(b, "  ");
    audit_add_plain(b, text);
    for (size_t i = n; i < 30; i++)
        weir_buf_addc(b, ' ');
}

int audit_put_dataset(struct weir_buf *b, const struct audit_dataset *d)
{
    uint64_t most = 0;
    weir_buf_adds(b, "dataset");
    add_name(b, d->name);
    weir_buf_addf(b, "%" PRIu64 " sequences, %" PRIu64 " tokens\n", d->sequences, d->tokens);
    weir_buf_addf(b, "  padding %.2f%%, samples again %" PRIu64 " of %" PRIu64,
                  share(d->padding, d->tokens), d->repeated, d->samples);
    if (d->vocabulary)
        weir_buf_addf(b, ", ids used %" PRIu64 " of %" PRIu64, d->ids_used, d->vocabulary);
    weir_buf_addc(b, '\n');
    for (size_t i = 0; i < d->n_sources; i++)
        most = d->sources[i].tokens > most ? d->sources[i].tokens : most;
    for (size_t i = 0; i < d->n_sources; i++) {
        add_name(b, d->sources[i].name);
        weir_buf_addf(b, "%15" PRIu64 " %6.2f%% ", d->sources[i].tokens,
                      share(d->sources[i].tokens, d->tokens));
        add_bar(b, d->sources[i].tokens, most);
    }
    most = 0;
    for (size_t i = 0; i < d->n_lengths; i++)
        most = d->lengths[i].sequences > most ? d->lengths[i].sequences : most;
    for (size_t i = 0; i < d->n_lengths; i++) {
        weir_buf_addf(b, "  from %10" PRIu64 " tokens         %15" PRIu64 " %6.2f%% ",
                      d->lengths[i].from, d->lengths[i].sequences,
                      share(d->lengths[i].sequences, d->sequences));
        add_bar(b, d->lengths[i].sequences, most);
    }
    weir_buf_addc(b, '\n');
    return 0;
}
