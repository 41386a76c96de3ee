#include "filters/filter_lines.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/buf.h"
#include "weir/utf8.h"
#include "filters/filter_classes.h"

/* ---- the set ---- */

static int set_room(struct filter_set *s, size_t cap)
{
    free(s->slot);
    s->slot = weir_calloc(cap, sizeof *s->slot);
    s->room = s->cap = s->slot ? cap : 0;
    return s->slot ? 0 : WEIR_EMEM;
}

int filter_set_clear(struct filter_set *s, size_t n)
{
    size_t cap = 64;
    while (cap < SIZE_MAX / 64 && cap < 2 * n)
        cap *= 2;
    s->n = 0;
    if (cap > s->room)
        return set_room(s, cap);
    s->cap = cap;
    memset(s->slot, 0, cap * sizeof *s->slot);
    return 0;
}

void filter_set_free(struct filter_set *s)
{
    free(s->slot);
    memset(s, 0, sizeof *s);
}

int filter_set_grow(struct filter_set *s)
{
    struct filter_set t = {0};
    if (set_room(&t, s->cap * 2) < 0)
        return WEIR_EMEM;
    for (size_t i = 0; i < s->cap; i++)
        if (s->slot[i])
            (void)filter_set_add(&t, s->slot[i]);
    free(s->slot);
    *s = t;
    return 0;
}

/* ---- one line ---- */

static unsigned last_class(struct weir_span t)
{
    if (!t.n)
        return 0;
    const size_t at = weir_utf8_prev(t.p, t.n);
    unsigned len;
    return filter_class_of(weir_utf8_decode(t.p + at, t.n - at, &len));
}

static int is_blank(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
    return c <= 0x3000 && filter_class_of(c) & CLASS_SPACE; // no white space lies above
}

struct weir_span filter_strip(struct weir_span t)
{
    unsigned len;
    while (t.n && is_blank(weir_utf8_decode(t.p, t.n, &len))) {
        t.p += len;
        t.n -= len;
    }
    while (t.n) {
        const size_t at = weir_utf8_prev(t.p, t.n);
        if (!is_blank(weir_utf8_decode(t.p + at, t.n - at, &len)))
            break;
        t.n = at;
    }
    return t;
}

struct weir_span filter_line_at(struct weir_span text, size_t at, int any_break, size_t *next)
{
    size_t i = at;
    unsigned len = 1;
    if (!any_break) {
        const char *nl = memchr(text.p + at, '\n', text.n - at);
        i = nl ? (size_t)(nl - text.p) : text.n;
    } else {
        for (; i < text.n; i += len)
            if (filter_is_break(weir_utf8_decode(text.p + i, text.n - i, &len)))
                break;
        if (i + 1 < text.n && text.p[i] == '\r' && text.p[i + 1] == '\n')
            len = 2;
    }
    *next = i + len;
    return weir_span(text.p + at, i - at);
}

static int ends_with(struct weir_span t, const char *s)
{
    const size_t n = strlen(s);
    return t.n >= n && memcmp(t.p + t.n - n, s, n) == 0;
}

static int starts_with(struct weir_span t, const char *s)
{
    const size_t n = strlen(s);
    return t.n >= n && memcmp(t.p, s, n) == 0;
}

/* ” ’ 」 』 ） 】 》 " ' ) ] */
static int is_closer(uint32_t c)
{
    if (c < 0x80)
        return c == '"' || c == '\'' || c == ')' || c == ']';
    return c == 0x201D || c == 0x2019 || c == 0x300D || c == 0x300F || c == 0xFF09 || c == 0x3011 ||
           c == 0x300B;
}

int filter_line_ends_zh(struct weir_span t)
{
    while (t.n) {
        const size_t at = weir_utf8_prev(t.p, t.n);
        unsigned len;
        const uint32_t c = weir_utf8_decode(t.p + at, t.n - at, &len);
        if (!is_closer(c))
            return c == 0x2026 || c == 0xFF1B || c == ';' || c == 0xFF1A || c == ':' ||
                   (filter_class_of(c) & CLASS_END);
        t.n = at; // 。”）
    }
    return 0;
}

/* What splitlines() has to do with. */
static void measure_any(struct filter_lines *l, struct weir_span t, uint64_t n_chars)
{
    l->lines++;
    l->chars += n_chars;
    if (n_chars > l->longest)
        l->longest = n_chars;
    l->bullets += starts_with(t, "•") || starts_with(t, "-");
    l->ellipses += ends_with(t, "...") || ends_with(t, "…");
}

static void measure_line(struct filter_lines *l, struct weir_span line, uint64_t n_chars)
{
    const struct weir_span t = filter_strip(line);
    measure_any(l, t, n_chars);
    if (!t.n)
        return;
    l->full++;
    l->ends += (last_class(line) & CLASS_END) != 0;
    l->zh_ends += filter_line_ends_zh(t) != 0;
    l->shorts += n_chars <= FILTER_SHORT_LINE;
}

void filter_lines_split(struct weir_span text, struct filter_lines *l)
{
    l->lines = l->chars = l->longest = l->bullets = l->ellipses = 0;
    for (size_t at = 0, next; at < text.n; at = next) {
        const struct weir_span line = filter_line_at(text, at, 1, &next);
        measure_any(l, filter_strip(line), weir_utf8_count(line.p, line.n));
    }
}

/* re.split leaves an empty piece before a "\n" at the start and behind one at the end. */
static unsigned edges(struct weir_span text)
{
    return text.n ? (unsigned)(text.p[0] == '\n') + (text.p[text.n - 1] == '\n') : 0;
}

static int measure_lines(struct weir_span text, struct filter_set *seen, uint64_t seed,
                         struct filter_lines *l)
{
    const char *p = text.p, *const end = text.p + text.n;
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        const struct weir_span line = weir_span(p, (size_t)((nl ? nl : end) - p));
        const uint64_t n_chars = weir_utf8_count(line.p, line.n);
        measure_line(l, line, n_chars);
        if (line.n) {
            const int new = filter_set_add(seen, XXH3_64bits_withSeed(line.p, line.n, seed));
            if (new < 0)
                return new;
            l->split++;
            if (!new) {
                l->dup++;
                l->dup_chars += n_chars;
                if (filter_strip(line).n)
                    l->dup_full_chars += n_chars;
            }
        }
        p = nl ? nl + 1 : end;
    }
    l->split += edges(text);
    l->dup += edges(text) == 2;
    return 0;
}

/* The next "\n\n", or end: memchr() is far faster than memmem() where newlines are rare. */
static const char *find_gap(const char *p, const char *end)
{
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        if (p + 1 < end && p[1] == '\n')
            return p;
        p++;
    }
    return end;
}

static int measure_paragraphs(struct weir_span text, struct filter_set *seen, uint64_t seed,
                              struct filter_lines *l)
{
    const int has_empty = l->lines + edges(text) != l->split; // none: all is one paragraph
    text = filter_strip(text);
    const char *p = text.p, *const end = text.p + text.n;
    while (p < end) {
        const char *stop = has_empty ? find_gap(p, end) : end;
        const int new = filter_set_add(seen, XXH3_64bits_withSeed(p, (size_t)(stop - p), seed));
        if (new < 0)
            return new;
        l->paragraphs++;
        if (!new) {
            l->dup_paragraphs++;
            l->dup_paragraph_chars += weir_utf8_count(p, (size_t)(stop - p));
        }
        for (p = stop; p < end && *p == '\n';)
            p++;
    }
    return 0;
}

int filter_lines_measure(struct weir_span text, struct filter_set *seen, uint64_t seed,
                         struct filter_lines *l)
{
    memset(l, 0, sizeof *l);
    const size_t expected = 32 + text.n / 128;
    if (filter_set_clear(seen, expected) < 0 || measure_lines(text, seen, seed, l) < 0 ||
        filter_set_clear(seen, 32) < 0 || measure_paragraphs(text, seen, seed, l) < 0)
        return WEIR_EMEM;
    return 0;
}
