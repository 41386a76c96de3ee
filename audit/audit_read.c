#include <stdlib.h>
#include <string.h>

#include "audit/audit_internal.h"
#include "lib/xxh.h"

int audit_init(struct audit *a, struct weir_err *err)
{
    memset(a, 0, sizeof *a);
    for (int i = 0; i < 4; i++)
        if (!(a->json[i] = weir_json_new(err)))
            return err->code;
    return 0;
}

static void names_free(struct weir_names *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->at[i].name);
    free(t->at);
}

static void sums_free(struct audit_sums *s)
{
    names_free(&s->reasons);
    names_free(&s->sources);
    names_free(&s->notes);
}

static void pieces_free(struct audit_pieces *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->at[i].name);
    free(p->at);
}

void audit_free(struct audit *a)
{
    for (size_t i = 0; i < a->n_runs; i++) {
        sums_free(&a->run[i].sums);
        free(a->run[i].ledger);
        free(a->run[i].datasets);
        free(a->run[i].score);
    }
    for (size_t i = 0; i < a->n_steps; i++)
        sums_free(&a->step[i].sums);
    for (size_t i = 0; i < a->n_stages; i++)
        free(a->stage[i]);
    for (size_t i = 0; i < a->n_problems; i++)
        free(a->problem[i]);
    for (int i = 0; i < 4; i++)
        weir_json_free(a->json[i]);
    pieces_free(&a->inputs);
    pieces_free(&a->outputs);
    free(a->run);
    free(a->step);
    free(a->link);
    free(a->problem);
}

struct object {
    struct weir_field *f;
    size_t n;
};

static int open_object(struct audit *a, int depth, struct weir_span raw, struct object *o,
                       struct weir_err *err)
{
    return weir_json_object(a->json[depth], raw.p, raw.n, &o->f, &o->n, err);
}

static const struct weir_field *member(const struct object *o, const char *name,
                                       enum weir_json_type type, struct weir_err *err)
{
    const struct weir_field *f = weir_json_find(o->f, o->n, name);
    if (f && f->type == type)
        return f;
    weir_err_set(err, WEIR_EBAD, "not a ledger line: \"%s\" is %s", name,
                 f ? "not what it should be" : "missing");
    return NULL;
}

static int read_number(const struct object *o, const char *name, uint64_t *value,
                       struct weir_err *err)
{
    const struct weir_field *f = member(o, name, WEIR_JSON_NUMBER, err);
    if (!f)
        return err->code;
    if (weir_json_u64(f, value) || *value > AUDIT_MAX_COUNT)
        return weir_err_set(err, WEIR_EBAD, "\"%s\" is not a possible count", name);
    return 0;
}

/* {"records":…,"bytes":…,"tokens":…} under a name. */
static int read_count(struct audit *a, int depth, const struct object *o, const char *name,
                      struct weir_count *c, struct weir_err *err)
{
    struct object count;
    const struct weir_field *f = member(o, name, WEIR_JSON_OBJECT, err);
    if (!f || open_object(a, depth, f->raw, &count, err) ||
        read_number(&count, "records", &c->records, err) ||
        read_number(&count, "bytes", &c->bytes, err) ||
        read_number(&count, "tokens", &c->tokens, err))
        return err->code;
    return 0;
}

static int add_name(struct weir_names *t, struct weir_span name, struct weir_count in,
                    struct weir_count out, struct weir_err *err)
{
    return weir_names_add(t, name, in, out) ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

/* {NAME:{"in":{…},"out":{…}},…} */
static int read_names(struct audit *a, const struct object *o, const char *name,
                      struct weir_names *t, struct weir_err *err)
{
    struct object list, entry;
    const struct weir_field *f = member(o, name, WEIR_JSON_OBJECT, err);
    if (!f || open_object(a, 1, f->raw, &list, err))
        return err->code;
    if (list.n > WEIR_NAMES_MAX + 1)
        return weir_err_set(err, WEIR_EBAD, "\"%s\" has too many names", name);
    for (size_t i = 0; i < list.n; i++) {
        struct weir_count in, out;
        if (list.f[i].type != WEIR_JSON_OBJECT)
            return weir_err_set(err, WEIR_EBAD, "\"%s\" holds something else than counts", name);
        if (open_object(a, 2, list.f[i].raw, &entry, err) ||
            read_count(a, 3, &entry, "in", &in, err) ||
            read_count(a, 3, &entry, "out", &out, err) || add_name(t, list.f[i].key, in, out, err))
            return err->code;
    }
    return 0;
}

/* {NAME:count,…} */
static int read_notes(struct audit *a, const struct object *o, struct weir_names *t,
                      struct weir_err *err)
{
    struct object list;
    const struct weir_field *f = member(o, "notes", WEIR_JSON_OBJECT, err);
    if (!f || open_object(a, 1, f->raw, &list, err))
        return err->code;
    for (size_t i = 0; i < list.n; i++) {
        struct weir_count n = {0}, none = {0};
        if (weir_json_u64(&list.f[i], &n.records) || n.records > AUDIT_MAX_COUNT)
            return weir_err_set(err, WEIR_EBAD, "\"notes\" holds something else than counts");
        if (add_name(t, list.f[i].key, n, none, err))
            return err->code;
    }
    return 0;
}

static int read_hash(struct weir_span hex, uint64_t hash[2])
{
    hash[0] = hash[1] = 0;
    if (hex.n != 32)
        return WEIR_EBAD;
    for (size_t i = 0; i < 32; i++) {
        const char *digits = "0123456789abcdef", *d = strchr(digits, hex.p[i]);
        if (!d || !*d)
            return WEIR_EBAD;
        hash[i / 16] = hash[i / 16] << 4 | (uint64_t)(d - digits);
    }
    return 0;
}

static int read_piece(struct audit *a, struct audit_pieces *p, struct weir_span raw,
                      struct weir_err *err)
{
    struct object o;
    struct audit_piece piece = {.run = (uint32_t)a->n_runs, .writer = AUDIT_NONE};
    if (open_object(a, 1, raw, &o, err) || read_number(&o, "bytes", &piece.bytes, err))
        return err->code;
    const struct weir_field *name = member(&o, "name", WEIR_JSON_STRING, err);
    const struct weir_field *hash = member(&o, "xxh128", WEIR_JSON_STRING, err);
    if (!name || !hash)
        return err->code;
    if (read_hash(hash->str, piece.hash))
        return weir_err_set(err, WEIR_EBAD, "\"xxh128\" is not 32 hexadecimal digits");
    piece.name = strndup(name->str.n ? name->str.p : "", name->str.n);
    if (!piece.name || weir_grow(&p->at, &p->cap, p->n + 1, sizeof *p->at)) {
        free(piece.name);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    piece.is_stream = !strncmp(piece.name, "standard ", 9) || !strncmp(piece.name, "/dev/", 5);
    p->at[p->n++] = piece;
    return 0;
}

/* The end of the object that begins at p; the JSON is known to be valid. */
static const char *object_end(const char *p, const char *end)
{
    int depth = 0, in_string = 0;
    for (; p < end; p++) {
        if (in_string) {
            if (*p == '\\')
                p++;
            else if (*p == '"')
                in_string = 0;
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

static int read_pieces(struct audit *a, const struct object *o, const char *name,
                       struct audit_pieces *p, struct weir_err *err)
{
    const struct weir_field *f = member(o, name, WEIR_JSON_ARRAY, err);
    if (!f)
        return err->code;
    const char *at = f->raw.p + 1, *end = f->raw.p + f->raw.n - 1;
    while (at < end) {
        if (*at != '{' && !strchr(", \t\r\n", *at))
            return weir_err_set(err, WEIR_EBAD, "\"%s\" holds something else than files", name);
        if (*at != '{') {
            at++;
            continue;
        }
        const char *next = object_end(at, end);
        if (read_piece(a, p, weir_span(at, (size_t)(next - at)), err))
            return err->code;
        at = next;
    }
    return 0;
}

static int read_stage(struct audit *a, const struct object *o, uint32_t *stage,
                      struct weir_err *err)
{
    const struct weir_field *f = member(o, "stage", WEIR_JSON_STRING, err);
    if (!f)
        return err->code;
    for (*stage = 0; *stage < a->n_stages; ++*stage)
        if (weir_span_is(f->str, a->stage[*stage]))
            return 0;
    if (a->n_stages == AUDIT_MAX_STAGES)
        return weir_err_set(err, WEIR_EBAD, "more than %d stages", AUDIT_MAX_STAGES);
    a->stage[*stage] = strndup(f->str.n ? f->str.p : "", f->str.n);
    if (!a->stage[*stage])
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    a->n_stages++;
    return 0;
}

/* Two lines of one ledger are the same run done twice when the command is the same and it wrote the
 * same files; where it wrote to a stream, when all that was read and written is the same. */
static int identify(const struct audit *a, struct audit_run *r, const struct object *o,
                    struct weir_err *err)
{
    static const char *const parts[] = {"stage", "command", "inputs", "outputs"};
    struct weir_buf key = {0};
    int named = r->n_out > 0;
    for (size_t i = 0; i < r->n_out; i++)
        named &= !a->outputs.at[r->out_at + i].is_stream;
    weir_buf_add(&key, r->ledger, strlen(r->ledger) + 1);
    for (int i = 0; i < (named ? 2 : 4); i++) {
        const struct weir_field *f = weir_json_find(o->f, o->n, parts[i]);
        weir_buf_add(&key, f->raw.p, f->raw.n);
    }
    for (size_t i = 0; named && i < r->n_out; i++) {
        const char *name = a->outputs.at[r->out_at + i].name;
        weir_buf_add(&key, name, strlen(name) + 1);
    }
    const XXH128_hash_t h = XXH3_128bits(key.p, key.n);
    r->command[0] = h.low64;
    r->command[1] = h.high64;
    const int rc = weir_buf_check(&key, err);
    weir_buf_free(&key);
    return rc;
}

/* A member kept as it stands: it is read when it is printed. */
static int keep(const struct object *o, const char *name, enum weir_json_type type, char **to,
                size_t *n, struct weir_err *err)
{
    const struct weir_field *f = weir_json_find(o->f, o->n, name);
    if (!f || f->type != type)
        return 0;
    *to = weir_calloc(f->raw.n + WEIR_PADDING, 1);
    if (!*to)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(*to, f->raw.p, f->raw.n);
    *n = f->raw.n;
    return 0;
}

static int read_run(struct audit *a, struct audit_run *r, struct weir_span line,
                    struct weir_err *err)
{
    struct object o;
    struct audit_sums *s = &r->sums;
    if (open_object(a, 0, line, &o, err) || read_stage(a, &o, &r->stage, err) ||
        !member(&o, "command", WEIR_JSON_ARRAY, err) ||
        read_pieces(a, &o, "inputs", &a->inputs, err) ||
        read_pieces(a, &o, "outputs", &a->outputs, err) ||
        read_count(a, 1, &o, "in", &s->in, err) || read_count(a, 1, &o, "kept", &s->kept, err) ||
        read_count(a, 1, &o, "dropped", &s->dropped, err) ||
        read_count(a, 1, &o, "bad", &s->bad, err) || read_count(a, 1, &o, "out", &s->out, err) ||
        read_number(&o, "framing", &s->framing, err) ||
        read_number(&o, "peak_memory", &s->peak_memory, err) ||
        read_names(a, &o, "reasons", &s->reasons, err) ||
        read_names(a, &o, "sources", &s->sources, err) || read_notes(a, &o, &s->notes, err) ||
        keep(&o, "datasets", WEIR_JSON_ARRAY, &r->datasets, &r->n_datasets, err) ||
        keep(&o, "score", WEIR_JSON_OBJECT, &r->score, &r->n_score, err))
        return err->code;
    const struct weir_field *seconds = member(&o, "seconds", WEIR_JSON_NUMBER, err);
    if (!seconds)
        return err->code;
    s->seconds = strtod(seconds->raw.p, NULL); // ends at what follows the number in the line
    if (!(s->seconds >= 0 && s->seconds <= (double)AUDIT_MAX_COUNT))
        return weir_err_set(err, WEIR_EBAD, "\"seconds\" is not a possible time");
    r->n_in = a->inputs.n - r->in_at;
    r->n_out = a->outputs.n - r->out_at;
    return identify(a, r, &o, err);
}

int audit_read(struct audit *a, struct weir_span line, const char *ledger, uint64_t line_number,
               struct weir_err *err)
{
    if (a->n_runs == AUDIT_MAX_RUNS)
        return weir_err_set(err, WEIR_EBAD, "more than %u ledger lines", AUDIT_MAX_RUNS);
    struct audit_run r = {.ledger = strdup(ledger),
                          .line = line_number,
                          .in_at = a->inputs.n,
                          .out_at = a->outputs.n};
    if (!r.ledger || weir_grow(&a->run, &a->cap_runs, a->n_runs + 1, sizeof *a->run)) {
        free(r.ledger);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    const int rc = read_run(a, &r, line, err);
    a->run[a->n_runs++] = r; // in any case: audit_free() knows what it holds
    return rc;
}
