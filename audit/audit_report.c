/* The report for people: 80 columns, whatever the names. */
#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>

#include "audit/audit_internal.h"
#include "weir/utf8.h"

enum { NAME_WIDTH = 25, MAX_LISTED = 20 };

/* Columns of a character on a terminal. */
static int width(uint32_t c)
{
    const int8_t type = u_charType((UChar32)c);
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
        return 0;
    const int32_t east = u_getIntPropertyValue((UChar32)c, UCHAR_EAST_ASIAN_WIDTH);
    return east == U_EA_WIDE || east == U_EA_FULLWIDTH ? 2 : 1;
}

/* The character at p, '?' for what could steer a terminal. */
static uint32_t plain_char(const char *p, size_t n, unsigned *len)
{
    const uint32_t c = weir_utf8_decode(p, n, len);
    return c == WEIR_UTF8_BAD || u_iscntrl((UChar32)c) || u_charType((UChar32)c) == U_FORMAT_CHAR
               ? '?'
               : c;
}

void audit_add_plain(struct weir_buf *b, const char *text)
{
    unsigned len;
    for (size_t n = strlen(text); n; text += len, n -= len)
        weir_buf_add_utf8(b, plain_char(text, n, &len));
}

/* A name in exactly n columns, cut where it is longer. */
static void add_name(struct weir_buf *b, const char *name, int n)
{
    const size_t bytes = strlen(name);
    int used = 0;
    for (size_t at = 0; at < bytes;) {
        unsigned len;
        const uint32_t c = plain_char(name + at, bytes - at, &len);
        at += len;
        const int w = width(c), room = n - used - (at < bytes);
        if (w > room) {
            weir_buf_add_utf8(b, 0x2026);
            used++;
            break;
        }
        weir_buf_add_utf8(b, c);
        used += w;
    }
    for (; used < n; used++)
        weir_buf_addc(b, ' ');
}

/* 1,234,567 */
static void add_number(struct weir_buf *b, uint64_t v, int n)
{
    char digits[32], text[48];
    const int n_digits = snprintf(digits, sizeof digits, "%llu", (unsigned long long)v);
    int at = 0;
    for (int i = 0; i < n_digits; i++) {
        if (i && (n_digits - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = 0;
    weir_buf_addf(b, "%*s", n, text);
}

static void add_line(struct weir_buf *b, const char *indent, const char *name, struct weir_count c,
                     uint64_t whole)
{
    weir_buf_adds(b, indent);
    add_name(b, name, NAME_WIDTH - (int)strlen(indent));
    add_number(b, c.records, 14);
    add_number(b, c.bytes, 18);
    if (c.tokens)
        add_number(b, c.tokens, 16);
    else
        weir_buf_adds(b, "               -");
    if (whole)
        weir_buf_addf(b, "%6.1f%%", 100.0 * (double)c.records / (double)whole);
    weir_buf_addc(b, '\n');
}

static void add_reasons(struct weir_buf *b, const struct audit_sums *s)
{
    struct weir_count others = {0};
    for (size_t i = 0; i < s->reasons.n; i++) {
        const struct weir_named *x = &s->reasons.at[i];
        if (i < MAX_LISTED) {
            add_line(b, "    ", x->name, x->in, s->in.records);
            continue;
        }
        others.records += x->in.records;
        others.bytes += x->in.bytes;
        others.tokens += x->in.tokens;
    }
    if (s->reasons.n > MAX_LISTED)
        add_line(b, "    ", "(others)", others, s->in.records);
}

static void add_sources(struct weir_buf *b, const struct audit_sums *s)
{
    for (size_t i = 0; i < s->sources.n && i < MAX_LISTED; i++) {
        const struct weir_named *x = &s->sources.at[i];
        add_line(b, "  of ", x->name, x->in, s->in.records);
        add_line(b, "     ", "→ out", x->out, x->in.records);
    }
    if (s->sources.n > MAX_LISTED)
        weir_buf_addf(b, "  of %zu other sources: see --json\n", s->sources.n - MAX_LISTED);
}

static void add_notes(struct weir_buf *b, const struct weir_names *notes)
{
    for (size_t i = 0; i < notes->n && i < MAX_LISTED; i++) {
        weir_buf_adds(b, "  note: ");
        add_name(b, notes->at[i].name, 58);
        add_number(b, notes->at[i].in.records, 14);
        weir_buf_addc(b, '\n');
    }
}

static void add_step(const struct audit *a, uint32_t i, struct weir_buf *b)
{
    const struct audit_sums *s = &a->step[i].sums;
    char name[200];
    audit_step_name(a, i, name, sizeof name);
    add_name(b, name, NAME_WIDTH);
    weir_buf_addf(b, "%14s%18s%16s%7s\n", "records", "bytes", "tokens", "share");
    add_line(b, "  ", "in", s->in, s->in.records);
    add_line(b, "  ", "kept", s->kept, s->in.records);
    add_line(b, "  ", "dropped", s->dropped, s->in.records);
    add_line(b, "  ", "bad", s->bad, s->in.records);
    add_reasons(b, s);
    add_line(b, "  ", "out", s->out, s->in.records);
    add_sources(b, s);
    add_notes(b, &s->notes);
    weir_buf_addf(b, "  %u run%s, %.1f s, peak memory %.0f MB", a->step[i].n_runs,
                  a->step[i].n_runs == 1 ? "" : "s", s->seconds, (double)s->peak_memory / 1e6);
    const char *word = "; reads";
    for (size_t k = 0; k < a->n_links; k++) {
        if (a->link[k].to != i)
            continue;
        audit_step_name(a, a->link[k].from, name, sizeof name);
        weir_buf_addf(b, "%s ", word);
        add_name(b, name, (int)strlen(name) < 12 ? (int)strlen(name) : 12);
        weir_buf_adds(b, a->link[k].by_totals ? " (by totals)" : "");
        word = ",";
    }
    weir_buf_adds(b, "\n\n");
}

void audit_step_name(const struct audit *a, uint32_t step, char *name, size_t n)
{
    const struct audit_step *s = &a->step[step];
    if (s->level > 1)
        snprintf(name, n, "%.100s %u", a->stage[s->stage], s->level);
    else
        snprintf(name, n, "%.100s", a->stage[s->stage]);
}

void audit_report(const struct audit *a, struct weir_buf *b)
{
    for (uint32_t i = 0; i < a->n_steps; i++)
        add_step(a, i, b);
    if (a->n_replaced)
        weir_buf_addf(b, "%zu ledger line%s not counted: done again later\n", a->n_replaced,
                      a->n_replaced == 1 ? "" : "s");
    for (size_t i = 0; i < a->n_problems; i++)
        weir_buf_addf(b, "PROBLEM %s\n", a->problem[i]);
    if (a->n_problems)
        return;
    const size_t n = a->n_runs - a->n_replaced;
    weir_buf_addf(b, "%zu run%s in %zu step%s: all balance\n", n, n == 1 ? "" : "s", a->n_steps,
                  a->n_steps == 1 ? "" : "s");
}
