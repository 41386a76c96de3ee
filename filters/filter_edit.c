/* Line rules: lines are stripped, looked at by each rule in order, and dropped by the first they
 * fail; what is left is joined with "\n" (C4's way). */
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"
#include "filters/filter.h"

void filter_edit_free(struct filter_edit *e)
{
    weir_buf_free(&e->text);
    weir_buf_free(&e->line.copy);
    weir_buf_free(&e->line.low);
    filter_words_free(&e->words);
    free(e->dropped);
    memset(e, 0, sizeof *e);
}

/* Bytes of a citation mark at p, or 0: "[" digits "]", "[edit]", "[citation needed]". */
static size_t citation(const char *p, const char *end)
{
    static const char edit[] = "[edit]", needed[] = "[citation needed]";
    const size_t n = (size_t)(end - p);
    if (n >= sizeof edit - 1 && memcmp(p, edit, sizeof edit - 1) == 0)
        return sizeof edit - 1;
    if (n >= sizeof needed - 1 && memcmp(p, needed, sizeof needed - 1) == 0)
        return sizeof needed - 1;
    size_t i = 1;
    while (i < n && weir_is_ascii_digit((unsigned char)p[i]))
        i++;
    return i < n && p[i] == ']' ? i + 1 : 0;
}

void filter_line_cut_citations(struct filter_line *l)
{
    const char *p = l->text.p, *const end = p + l->text.n;
    if (!memchr(p, '[', l->text.n))
        return;
    l->copy.n = 0;
    while (p < end) {
        const size_t n = *p == '[' ? citation(p, end) : 0;
        if (n) {
            p += n;
            continue;
        }
        const char *next = memchr(p + 1, '[', (size_t)(end - p - 1));
        weir_buf_add(&l->copy, p, (size_t)((next ? next : end) - p));
        p = next ? next : end;
    }
    if (!l->copy.failed)
        l->text = weir_buf_span(&l->copy);
}

static void count_words(struct filter_line *l)
{
    const uint8_t *table = filter_class_table();
    unsigned len;
    uint32_t run = 0;
    l->n_words = l->longest_word = 0;
    for (size_t i = 0; i < l->text.n; i += len) {
        const uint32_t c = weir_utf8_decode(l->text.p + i, l->text.n - i, &len);
        const int space = c <= 0x3000 && (table[c] & CLASS_SPACE); // no white space lies above
        l->n_words += !space && !run;
        run = space ? 0 : run + 1;
        if (run > l->longest_word)
            l->longest_word = run;
    }
}

struct weir_span filter_line_lower(struct filter_line *l)
{
    if (l->has_lower || weir_buf_reserve(&l->low, l->text.n))
        return weir_buf_span(&l->low);
    char *const low = l->low.p;
    for (size_t i = 0; i < l->text.n; i++) {
        const char c = l->text.p[i];
        low[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    l->low.n = l->text.n;
    l->has_lower = 1;
    return weir_buf_span(&l->low);
}

/* The number of the rule that drops the line, n_line when none does. */
static size_t look_at(struct filter_doc *d, struct filter_line *l)
{
    const struct filter_plan *plan = d->plan;
    for (size_t i = 0; i < plan->n_line; i++) {
        const struct filter_check *c = plan->line + i;
        if (c->rule->kind == FILTER_LINE_EDIT) {
            if (c->limit != 0)
                c->rule->edit(l);
            l->has_lower = 0;
            continue;
        }
        const double v = c->rule->measure_line(l);
        if (c->rule->kind == FILTER_LINE_MIN ? v < c->limit : v > c->limit) {
            if (c->rule->kind == FILTER_LINE_STOP) {
                d->edit.stop = c;
                d->edit.stop_value = v;
            }
            return i;
        }
    }
    return plan->n_line;
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

static int keep_line(struct filter_doc *d, const struct filter_line *l, int first)
{
    struct filter_edit *e = &d->edit;
    if (!first)
        weir_buf_addc(&e->text, '\n');
    weir_buf_add(&e->text, l->text.p, l->text.n);
    if (d->plan->count_sentences) {
        if (filter_words_measure(l->text, FILTER_WORDS_EN, &e->words) < 0)
            return WEIR_EMEM;
        e->n_sentences += filter_words_sentences(&e->words, l->text);
    }
    if (d->plan->count_zh_sentences)
        e->n_zh_sentences += zh_sentences(l->text);
    return 0;
}

static int start(struct filter_doc *d)
{
    struct filter_edit *e = &d->edit;
    weir_buf_reset(&e->text, 1 << 20);
    weir_buf_reset(&e->line.copy, 1 << 20);
    weir_buf_reset(&e->line.low, 1 << 20);
    if (!e->dropped && !(e->dropped = weir_calloc(d->plan->n_line, sizeof *e->dropped)))
        return WEIR_EMEM;
    memset(e->dropped, 0, d->plan->n_line * sizeof *e->dropped);
    e->n_sentences = e->n_zh_sentences = 0;
    e->stop = NULL;
    return 0;
}

int filter_edit_run(struct filter_doc *d)
{
    struct filter_edit *e = &d->edit;
    struct filter_line *l = &e->line;
    const char *p = d->text.p, *const end = p + d->text.n;
    if (start(d) < 0)
        return WEIR_EMEM;
    for (int first = 1; p < end && !e->stop;) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        l->text = filter_strip(weir_span(p, (size_t)((nl ? nl : end) - p)));
        p = nl ? nl + 1 : end;
        count_words(l);
        l->has_lower = 0;
        const size_t by = look_at(d, l);
        if (by < d->plan->n_line) {
            e->dropped[by]++;
            continue;
        }
        if (keep_line(d, l, first) < 0)
            return WEIR_EMEM;
        first = 0;
    }
    e->result = filter_strip(weir_buf_span(&e->text));
    return e->text.failed || l->copy.failed || l->low.failed ? WEIR_EMEM : 0;
}
