#include "indexer/mix_spec.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_SOURCES = 1 << 14,
    MAX_TAKES = 1 << 17,
    MAX_PHASES = 64,
    MAX_NAMES = 1 << 20,
    MAX_WORD = 4096
};

struct parser {
    struct mix_spec *s;
    const char *file;
    uint64_t line;
    struct weir_span rest; // of the line
    struct weir_err *err;
};

static int wrong(struct parser *p, const char *what, struct weir_span word)
{
    const int n = word.n < 80 ? (int)word.n : 80;
    return weir_err_set(p->err, WEIR_EBAD, "%s:%llu: %s%s%.*s", p->file,
                        (unsigned long long)p->line, what, n ? ": " : "", n, word.n ? word.p : "");
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line; 0 at its end. */
static int next_word(struct parser *p, struct weir_span *w)
{
    size_t at = 0, end;
    while (at < p->rest.n && is_space(p->rest.p[at]))
        at++;
    for (end = at; end < p->rest.n && !is_space(p->rest.p[end]); end++)
        ;
    *w = weir_span(p->rest.p + at, end - at);
    p->rest = weir_span(p->rest.p + end, p->rest.n - end);
    return w->n && *w->p != '#';
}

static int out_of_memory(struct parser *p)
{
    return weir_err_set(p->err, WEIR_EMEM, "out of memory");
}

static int keep(struct parser *p, struct weir_span w, size_t *at)
{
    if (w.n > MAX_WORD)
        return wrong(p, "a word of more than 4096 bytes", weir_span("", 0));
    *at = p->s->text.n;
    weir_buf_add(&p->s->text, w.p, w.n);
    weir_buf_addc(&p->s->text, '\0');
    return p->s->text.failed ? out_of_memory(p) : 0;
}

/* ---- numbers ---- */

/* A decimal number with at most 6 places, in millionths. */
static int read_decimal(struct parser *p, struct weir_span w, uint64_t *v)
{
    uint64_t whole = 0, part = 0, unit = MIX_UNIT;
    size_t i = 0;
    for (; i < w.n && w.p[i] >= '0' && w.p[i] <= '9' && whole < 1000000000; i++)
        whole = 10 * whole + (uint64_t)(w.p[i] - '0');
    const int any = i > 0;
    if (i < w.n && w.p[i] == '.')
        for (i++; i < w.n && w.p[i] >= '0' && w.p[i] <= '9' && unit > 1; i++)
            part += (unit /= 10) * (uint64_t)(w.p[i] - '0');
    *v = whole * MIX_UNIT + part;
    if (!any || i < w.n || whole >= 1000000000 || !*v)
        return wrong(p, "not a number above 0, with at most 6 decimal places", w);
    return 0;
}

/* A whole number above 0; k, m, g are thousands, millions, billions. */
static int read_count(struct parser *p, struct weir_span w, uint64_t *v)
{
    static const char letters[] = "kmg";
    size_t i = 0;
    *v = 0;
    for (; i < w.n && w.p[i] >= '0' && w.p[i] <= '9' && *v < UINT64_C(1) << 54; i++)
        *v = 10 * *v + (uint64_t)(w.p[i] - '0');
    const char *letter = i && i + 1 == w.n ? strchr(letters, w.p[i] | 32) : NULL;
    for (ptrdiff_t k = letter ? letter - letters : -1; k >= 0 && *v < UINT64_C(1) << 54; k--)
        *v *= 1000;
    if (!i || (i < w.n && !letter) || !*v || *v >= UINT64_C(1) << 54)
        return wrong(p, "not a whole number above 0", w);
    return 0;
}

/* ---- the three kinds of lines ---- */

static int find_source(const struct mix_spec *s, struct weir_span name, size_t *i)
{
    for (*i = 0; *i < s->n_sources; ++*i)
        if (weir_span_is(name, mix_word(s, s->sources[*i].name)))
            return 1;
    return 0;
}

static int add_source(struct parser *p, struct weir_span name)
{
    struct mix_spec *s = p->s;
    if (s->n_sources >= MAX_SOURCES)
        return wrong(p, "more than 16384 sources", weir_span("", 0));
    if (weir_grow(&s->sources, &s->cap_sources, s->n_sources + 1, sizeof *s->sources))
        return out_of_memory(p);
    struct mix_source *x = &s->sources[s->n_sources];
    *x = (struct mix_source){.first_name = s->n_names};
    const int rc = keep(p, name, &x->name);
    s->n_sources += !rc;
    return rc;
}

static int add_dataset(struct parser *p, struct weir_span name)
{
    struct mix_spec *s = p->s;
    if (s->n_names >= MAX_NAMES)
        return wrong(p, "more than 1048576 datasets", weir_span("", 0));
    if (weir_grow(&s->names, &s->cap_names, s->n_names + 1, sizeof *s->names))
        return out_of_memory(p);
    const int rc = keep(p, name, &s->names[s->n_names]);
    s->n_names += !rc;
    s->sources[s->n_sources - 1].n_names += !rc;
    return rc;
}

/* source NAME DATASET… */
static int parse_source(struct parser *p)
{
    struct weir_span name, w;
    size_t i;
    if (!next_word(p, &name))
        return wrong(p, "a source needs a name and datasets", weir_span("", 0));
    if (find_source(p->s, name, &i))
        return wrong(p, "this source was named before", name);
    int rc = add_source(p, name), n = 0;
    for (; !rc && next_word(p, &w); n++)
        rc = add_dataset(p, w);
    return !rc && !n ? wrong(p, "a source needs datasets", name) : rc;
}

static int add_phase(struct parser *p, struct weir_span name)
{
    struct mix_spec *s = p->s;
    if (s->n_phases >= MAX_PHASES)
        return wrong(p, "more than 64 phases", weir_span("", 0));
    if (weir_grow(&s->phases, &s->cap_phases, s->n_phases + 1, sizeof *s->phases))
        return out_of_memory(p);
    s->phases[s->n_phases] = (struct mix_phase){0};
    const int rc = keep(p, name, &s->phases[s->n_phases].name);
    s->n_phases += !rc;
    return rc;
}

/* phase NAME [tokens N] */
static int parse_phase(struct parser *p)
{
    struct weir_span name, key, w;
    if (!next_word(p, &name))
        return wrong(p, "a phase needs a name", weir_span("", 0));
    int rc = add_phase(p, name);
    if (rc || !next_word(p, &key))
        return rc;
    if (!weir_span_is(key, "tokens"))
        return wrong(p, "a phase has a name and may have tokens N, not this", key);
    if (!next_word(p, &w))
        return wrong(p, "a number is missing behind", key);
    return read_count(p, w, &p->s->phases[p->s->n_phases - 1].tokens);
}

static int parse_amount(struct parser *p, struct mix_take *t, int *n_amounts)
{
    static const struct {
        const char *word;
        enum mix_kind kind;
    } kinds[] = {{"weight", MIX_WEIGHT},
                 {"tokens", MIX_TOKENS},
                 {"samples", MIX_SAMPLES},
                 {"epochs", MIX_EPOCHS}};
    struct weir_span key, w;
    while (next_word(p, &key)) {
        int rc = next_word(p, &w) ? 0 : wrong(p, "a number is missing behind", key);
        size_t k = 0;
        while (k < 4 && !weir_span_is(key, kinds[k].word))
            k++;
        if (!rc && k < 4) {
            t->kind = kinds[k].kind;
            ++*n_amounts;
            rc = t->kind == MIX_WEIGHT || t->kind == MIX_EPOCHS ? read_decimal(p, w, &t->amount)
                                                                : read_count(p, w, &t->amount);
        } else if (!rc && weir_span_is(key, "at-most")) {
            rc = read_decimal(p, w, &t->at_most);
        } else if (!rc && weir_span_is(key, "batch")) {
            rc = read_count(p, w, &t->batch);
        } else if (!rc) {
            rc = wrong(p, "none of weight, tokens, samples, epochs, at-most, batch", key);
        }
        if (rc)
            return rc;
    }
    return 0;
}

/* take NAME …: a source, or else a dataset of that name */
static int parse_take(struct parser *p)
{
    struct mix_spec *s = p->s;
    struct mix_take t = {.kind = MIX_EPOCHS, .amount = MIX_UNIT};
    struct weir_span name;
    size_t source;
    int rc = 0, n_amounts = 0;
    if (!next_word(p, &name))
        return wrong(p, "take needs a source or a dataset", weir_span("", 0));
    if (!find_source(s, name, &source)) {
        rc = add_source(p, name);
        rc = rc ? rc : add_dataset(p, name);
    }
    if (!rc && !s->n_phases)
        rc = add_phase(p, WEIR_LIT("mix"));
    if (!rc)
        rc = parse_amount(p, &t, &n_amounts);
    if (!rc && n_amounts > 1)
        rc = wrong(p, "more than one of weight, tokens, samples, epochs for", name);
    t.source = (uint32_t)source;
    t.phase = (uint32_t)(s->n_phases - 1);
    if (!rc && s->sources[source].n_phases == s->n_phases)
        rc = wrong(p, "taken twice in one phase", name);
    if (!rc && s->n_takes >= MAX_TAKES)
        rc = wrong(p, "more than 131072 times take", weir_span("", 0));
    if (!rc && weir_grow(&s->takes, &s->cap_takes, s->n_takes + 1, sizeof *s->takes))
        rc = out_of_memory(p);
    if (rc)
        return rc;
    s->sources[source].n_phases = s->n_phases;
    s->takes[s->n_takes++] = t;
    return 0;
}

static int parse_line(struct parser *p)
{
    struct weir_span w;
    if (memchr(p->rest.p, '\0', p->rest.n))
        return wrong(p, "a NUL byte: not a text file", weir_span("", 0));
    if (!next_word(p, &w))
        return 0;
    if (weir_span_is(w, "source"))
        return parse_source(p);
    if (weir_span_is(w, "phase"))
        return parse_phase(p);
    if (weir_span_is(w, "take"))
        return parse_take(p);
    return wrong(p, "a line begins with source, phase or take, not with", w);
}

int mix_spec_parse(struct mix_spec *s, struct weir_span text, const char *file,
                   struct weir_err *err)
{
    struct parser p = {.s = s, .file = file, .err = err};
    int rc = 0;
    for (size_t at = 0; !rc && at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        const size_t n = end ? (size_t)(end - (text.p + at)) : text.n - at;
        p.line++;
        p.rest = weir_span(text.p + at, n);
        rc = parse_line(&p);
        at += n + 1;
    }
    return rc;
}

int mix_spec_check(struct mix_spec *s, struct weir_err *err)
{
    for (size_t phase = 0; phase < s->n_phases; phase++) {
        size_t n = 0;
        for (size_t i = 0; i < s->n_takes; i++)
            n += s->takes[i].phase == phase;
        if (!n)
            return weir_err_set(err, WEIR_EBAD, "phase %s takes nothing",
                                mix_word(s, s->phases[phase].name));
    }
    return s->n_takes ? 0 : weir_err_set(err, WEIR_EBAD, "the spec takes nothing");
}

void mix_spec_free(struct mix_spec *s)
{
    weir_buf_free(&s->text);
    free(s->sources);
    free(s->phases);
    free(s->takes);
    free(s->names);
    memset(s, 0, sizeof *s);
}
