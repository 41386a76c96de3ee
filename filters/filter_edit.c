/* Rules that change the text.  Line rules: each line is looked at by each rule in order, and
 * dropped by the first it fails; what is left is joined with "\n".  A text of which no line is
 * dropped or changed stays as it is. */
#include <string.h>
#include "weir/utf8.h"
#include "filters/filter.h"

void filter_edit_free(struct filter_edit *e)
{
    weir_buf_free(&e->line.copy);
    weir_buf_free(&e->line.low);
    filter_words_free(&e->words);
}

static void count_words(struct filter_line *l)
{
    const uint8_t *table = filter_class_table();
    unsigned len;
    uint32_t run = 0;
    l->n_words = l->longest_word = 0;
    l->has_words = 1;
    for (size_t i = 0; i < l->text.n; i += len) {
        const uint32_t c = weir_utf8_decode(l->text.p + i, l->text.n - i, &len);
        /* No white space lies above; U+001C to U+001F are white space to Python. */
        const int space = c <= 0x3000 && ((table[c] & CLASS_SPACE) || (c >= 0x1C && c <= 0x1F));
        l->n_words += !space && !run;
        run = space ? 0 : run + 1;
        if (run > l->longest_word)
            l->longest_word = run;
    }
}

uint32_t filter_line_words(struct filter_line *l)
{
    if (!l->has_words)
        count_words(l);
    return l->n_words;
}

uint32_t filter_line_longest_word(struct filter_line *l)
{
    if (!l->has_words)
        count_words(l);
    return l->longest_word;
}

struct weir_span filter_line_lower(struct filter_line *l)
{
    const size_t n = l->text.n;
    if (l->has_lower || weir_buf_reserve(&l->low, n + FILTER_LOWER_END))
        return weir_buf_span(&l->low);
    const char *restrict const p = l->text.p;
    char *restrict const low = l->low.p;
    for (size_t i = 0; i < n; i++)
        low[i] = p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];
    memset(low + n, 0, FILTER_LOWER_END);
    l->low.n = n;
    l->has_lower = 1;
    return weir_buf_span(&l->low);
}

/* The line rules [first, end) of the plan at work on one text. */
struct pass {
    struct filter_doc *d;
    size_t first, end;
    int strips;           // the text too
    int any_break;        // lines end as in Python's splitlines(), and "\n" takes the place
    int edits;            // a rule changed a line
    struct weir_buf *out; // lines kept, joined, once something differs from the text
    int differs;
    size_t n_kept;
};

/* The number of the rule that drops the line, p->end when none does. */
static size_t look_at(const struct pass *p, struct filter_line *l)
{
    for (size_t i = p->first; i < p->end; i++) {
        const struct filter_check *c = p->d->plan->at + i;
        if (c->rule->kind == FILTER_LINE_EDIT) {
            if (c->limit != 0 && c->rule->edit(l)) {
                p->d->changes[i] += !weir_span_eq(l->text, l->whole);
                l->is_edited = 1;
                l->has_lower = l->boiler.ready = 0;
            }
            continue;
        }
        const double v = c->rule->measure_line(l, c->rule->arg);
        if (c->rule->kind == FILTER_LINE_MIN ? v < c->limit : v > c->limit) {
            if (c->rule->kind == FILTER_LINE_STOP && !p->d->edit.stop) {
                p->d->edit.stop = c;
                p->d->edit.stop_value = v;
            }
            return i;
        }
    }
    return p->end;
}

static int is_zh_end(uint32_t c)
{
    return c == 0x3002 || c == 0xFF01 || c == 0xFF1F || c == 0x2026 || c == '!' || c == '?' ||
           c == 0xFF1B || c == ';';
}

/* Runs of 。！？；…… and of ! ? ; in a line that was kept; at least the line itself. */
static uint64_t zh_sentences(struct weir_span t)
{
    uint64_t n = 0;
    unsigned len;
    int in_run = 0;
    for (size_t i = 0; i < t.n; i += len) {
        const int end = is_zh_end(weir_utf8_decode(t.p + i, t.n - i, &len));
        n += end && !in_run;
        in_run = end;
    }
    return n ? n : 1;
}

static int count_sentences(struct filter_doc *d, struct weir_span line)
{
    struct filter_edit *e = &d->edit;
    if (d->plan->needs & FILTER_NEEDS_SENTENCES) {
        if (filter_words_measure(line, FILTER_WORDS_EN, &e->words) < 0)
            return WEIR_EMEM;
        e->n_sentences += filter_words_sentences(&e->words, line);
    }
    if (d->plan->needs & FILTER_NEEDS_ZH_SENTENCES)
        e->n_zh_sentences += zh_sentences(line);
    return 0;
}

int filter_edit_count(struct filter_doc *d)
{
    const int any_break = filter_classes(d)->breaks != 0;
    if (d->edit.counted)
        return 0;
    d->edit.counted = 1;
    d->edit.n_sentences = d->edit.n_zh_sentences = 0;
    for (size_t at = 0, next; at < d->text.n; at = next) {
        const struct weir_span line = filter_strip(filter_line_at(d->text, at, any_break, &next));
        if (line.n && count_sentences(d, line) < 0)
            return WEIR_EMEM;
    }
    return 0;
}

static int keep_line(struct pass *p, const struct filter_line *l, size_t at)
{
    const struct weir_span kept = l->is_edited ? l->text : l->whole;
    p->edits |= l->is_edited;
    if (!p->differs && (!l->is_edited || weir_span_eq(kept, l->whole))) {
        p->n_kept++;
    } else {
        if (!p->differs && at)
            weir_buf_add(p->out, p->d->text.p, at - 1);
        p->differs = 1;
        if (p->n_kept++)
            weir_buf_addc(p->out, '\n');
        weir_buf_add(p->out, kept.p, kept.n);
    }
    return count_sentences(p->d, l->text);
}

static void drop_line(struct pass *p, size_t at)
{
    if (!p->differs && at)
        weir_buf_add(p->out, p->d->text.p, at - 1);
    p->differs = 1;
}

static int run_lines(struct pass *p)
{
    struct filter_doc *d = p->d;
    struct filter_line *l = &d->edit.line;
    const struct weir_span text = d->text;
    for (size_t at = 0, next; at < text.n && (!d->edit.stop || d->measures_all); at = next) {
        l->doc = d;
        l->whole = filter_line_at(text, at, p->any_break, &next);
        l->text = filter_strip(l->whole);
        l->is_edited = l->has_lower = l->has_words = l->boiler.ready = 0;
        const size_t by = look_at(p, l);
        if (by < p->end) {
            d->changes[by]++;
            drop_line(p, at);
        } else if (keep_line(p, l, at) < 0) {
            return WEIR_EMEM;
        }
    }
    return p->out->failed || l->copy.failed || l->low.failed ? WEIR_EMEM : 0;
}

/* Without newlines at its ends, or without any white space. */
static struct weir_span trim(struct weir_span t, int strip)
{
    if (strip)
        return filter_strip(t);
    for (; t.n && t.p[0] == '\n'; t.p++)
        t.n--;
    while (t.n && t.p[t.n - 1] == '\n')
        t.n--;
    return t;
}

/* The buffer that the text does not stand in. */
static struct weir_buf *free_buffer(struct filter_doc *d)
{
    struct weir_buf *b = &d->made[!d->turn];
    b->n = 0;
    return b;
}

static void use_buffer(struct filter_doc *d, struct weir_span text)
{
    d->turn = !d->turn;
    filter_doc_set(d, text);
}

static ptrdiff_t edit_lines(struct filter_doc *d, size_t first)
{
    const struct filter_plan *plan = d->plan;
    struct filter_edit *e = &d->edit;
    struct pass p = {.d = d, .first = first, .end = first, .out = free_buffer(d)};
    for (; p.end < plan->n && filter_is_line_rule(plan->at[p.end].rule); p.end++)
        p.strips |= plan->at[p.end].rule->needs & FILTER_NEEDS_BREAKS && plan->at[p.end].limit != 0;
    p.any_break = p.differs = p.strips && filter_classes(d)->breaks;
    weir_buf_reset(&e->line.copy, 1 << 20);
    weir_buf_reset(&e->line.low, 1 << 20);
    e->n_sentences = e->n_zh_sentences = 0;
    e->counted = 1;
    if (run_lines(&p) < 0)
        return WEIR_EMEM;
    if (p.differs)
        use_buffer(d, trim(weir_buf_span(p.out), p.strips));
    else if (p.edits && trim(d->text, p.strips).n != d->text.n)
        filter_doc_set(d, trim(d->text, p.strips));
    return (ptrdiff_t)p.end;
}

static ptrdiff_t take_field(struct filter_doc *d, size_t i)
{
    const struct filter_rule *r = d->plan->at[i].rule;
    const size_t at = d->fields.n;
    const int64_t n = r->rewrite(d, r->arg, &d->fields);
    if (n < 0 || d->fields.failed || d->n_field == FILTER_MAX_FIELDS)
        return WEIR_EMEM;
    d->changes[i] = (uint64_t)n;
    if (n)
        d->field[d->n_field++] = (struct filter_field){r->field, at, d->fields.n - at};
    return (ptrdiff_t)i + 1;
}

ptrdiff_t filter_edit_run(struct filter_doc *d, size_t i)
{
    const struct filter_check *c = d->plan->at + i;
    if (filter_is_line_rule(c->rule))
        return edit_lines(d, i);
    if (c->rule->kind == FILTER_FIELD && c->limit != 0)
        return take_field(d, i);
    if (c->limit != 0) {
        struct weir_buf *out = free_buffer(d);
        const int64_t n = c->rule->rewrite(d, c->rule->arg, out);
        if (n < 0 || out->failed)
            return WEIR_EMEM;
        d->changes[i] = (uint64_t)n;
        if (n)
            use_buffer(d, weir_buf_span(out));
    }
    return (ptrdiff_t)i + 1;
}
