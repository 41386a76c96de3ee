/* Broken UTF-8 to U+FFFD, and NFC (UAX 15).  Only runs of characters that may compose or move are
 * looked at: one that stands alone, followed by others that do not. */
#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* ---- UTF-8 ---- */

int hf_repair(hftok_scratch *s, struct weir_span text)
{
    struct weir_buf *b = &s->repaired;
    unsigned len;
    b->n = 0;
    if (text.n > UINT32_MAX / 4 || weir_buf_reserve(b, text.n * 3) ||
        weir_grow(&s->repaired_at, &s->cap_repaired_at, text.n * 3 + 1, sizeof *s->repaired_at))
        return WEIR_EMEM;
    for (size_t at = 0; at < text.n; at += len) {
        const int bad = weir_utf8_decode(text.p + at, text.n - at, &len) == WEIR_UTF8_BAD;
        const char *from = bad ? "\xEF\xBF\xBD" : text.p + at;
        for (unsigned i = 0; i < (bad ? 3 : len); i++) {
            s->repaired_at[b->n] = (uint32_t)(at + (bad ? 0 : i));
            b->p[b->n++] = from[i];
        }
    }
    s->repaired_at[b->n] = (uint32_t)text.n;
    return 0;
}

/* ---- NFC ---- */

static int composes_at(const char *p, size_t at, unsigned *len)
{
    return hf_classes[hf_char(p + at, len)] & HF_COMPOSES;
}

/* The first character from `at` on that may compose, or n.  Nothing below U+0300 does, and nothing
 * of U+4000 to U+9FFF. */
static size_t next_composing(const char *p, size_t at, size_t n)
{
    for (unsigned len; at < n; at += len) {
        const uint8_t c = (uint8_t)p[at];
        len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        if (c < 0xCC || (c >= 0xE4 && c <= 0xE9))
            continue;
        if (composes_at(p, at, &len))
            return at;
    }
    return n;
}

int hf_is_nfc(const char *p, size_t n)
{
    return next_composing(p, 0, n) == n;
}

static int push(hftok_scratch *s, size_t *n, uint32_t c)
{
    if (weir_grow(&s->chars, &s->cap_chars, *n + 1, sizeof *s->chars))
        return WEIR_EMEM;
    const uint64_t class = hf_nfc_knows(c) ? u_getCombiningClass((UChar32)c) : 0;
    s->chars[(*n)++] = class << 32 | c;
    return 0;
}

static int push_decomposed(const UNormalizer2 *nfc, hftok_scratch *s, size_t *n, uint32_t c)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar d[64];
    const int32_t n_d = hf_nfc_knows(c) ? unorm2_getDecomposition(nfc, (UChar32)c, d, 64, &e) : -1;
    if (U_FAILURE(e) || n_d < 0)
        return push(s, n, c);
    for (int32_t i = 0; i < n_d;) {
        UChar32 part;
        U16_NEXT(d, i, n_d, part);
        if (push(s, n, (uint32_t)part))
            return WEIR_EMEM;
    }
    return 0;
}

/* Marks by combining class, equal ones as they stood: counted, so that no run is slow. */
static int sort_marks(hftok_scratch *s, size_t n)
{
    if (weir_grow(&s->chars, &s->cap_chars, 2 * n, sizeof *s->chars))
        return WEIR_EMEM;
    uint64_t *c = s->chars, *to = c + n;
    for (size_t from = 0, end; from < n; from = end) {
        size_t count[257] = {0}, total = 0;
        end = from + 1;
        if (!(c[from] >> 32))
            continue;
        while (end < n && c[end] >> 32)
            end++;
        for (size_t i = from; i < end; i++)
            count[(c[i] >> 32) + 1]++;
        for (size_t k = 0; k < 257; k++)
            count[k] = total += count[k];
        for (size_t i = from; i < end; i++)
            to[count[c[i] >> 32]++] = c[i];
        memcpy(c + from, to, (end - from) * sizeof *c);
    }
    return 0;
}

/* The canonical composition algorithm; returns how many are left. */
static size_t compose(const UNormalizer2 *nfc, uint64_t *c, size_t n)
{
    size_t out = 0, starter = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        const uint64_t class = c[i] >> 32;
        /* Blocked: something of its class, or a starter, stands between. */
        const int adjacent = starter != SIZE_MAX && starter + 1 == out;
        const int open = starter != SIZE_MAX && (adjacent || (c[out - 1] >> 32) < class);
        const UChar32 whole =
            open ? unorm2_composePair(nfc, (UChar32)(uint32_t)c[starter], (UChar32)(uint32_t)c[i])
                 : -1;
        if (whole >= 0 && hf_nfc_knows((uint32_t)whole) && (adjacent || class)) {
            c[starter] = (uint32_t)whole;
            continue;
        }
        if (!class)
            starter = out;
        c[out++] = c[i];
    }
    return out;
}

static int normalize_run(hftok_scratch *s, const char *p, size_t n, size_t *n_out)
{
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
    size_t n_chars = 0;
    if (U_FAILURE(e))
        return WEIR_EMEM;
    unsigned len;
    for (size_t at = 0; at < n; at += len)
        if (push_decomposed(nfc, s, &n_chars, hf_char(p + at, &len)))
            return WEIR_EMEM;
    if (sort_marks(s, n_chars))
        return WEIR_EMEM;
    *n_out = compose(nfc, s->chars, n_chars);
    return 0;
}

/* ---- text ---- */

struct writer {
    hftok_scratch *s;
    const char *p;
    const uint32_t *at;
};

static int room(hftok_scratch *s, size_t more)
{
    return weir_buf_reserve(&s->text, more) ||
           weir_grow(&s->origin, &s->cap_origin, s->text.n + more + 1, sizeof *s->origin);
}

static int copy(struct writer *w, size_t from, size_t to)
{
    hftok_scratch *s = w->s;
    if (room(s, to - from))
        return WEIR_EMEM;
    memcpy(s->origin + s->text.n, w->at + from, (to - from) * sizeof *s->origin);
    weir_buf_add(&s->text, w->p + from, to - from);
    return 0;
}

/* What a run became belongs to the run: its first byte to its beginning, the others to a byte
 * inside its first long character, so that no place in it counts as one between characters. */
static int put_run(struct writer *w, size_t from, size_t to)
{
    hftok_scratch *s = w->s;
    size_t n, inside = from;
    if (normalize_run(s, w->p + from, to - from, &n) || room(s, n * 4))
        return WEIR_EMEM;
    while ((uint8_t)w->p[inside] < 128)
        inside++;
    const size_t begin = s->text.n;
    for (size_t i = 0; i < n; i++)
        weir_buf_add_utf8(&s->text, (uint32_t)s->chars[i]);
    if (s->text.n - begin == to - from && !memcmp(s->text.p + begin, w->p + from, to - from)) {
        memcpy(s->origin + begin, w->at + from, (to - from) * sizeof *s->origin);
        return 0;
    }
    for (size_t i = begin; i < s->text.n; i++)
        s->origin[i] = i == begin ? w->at[from] : w->at[inside + 1];
    return 0;
}

int hf_normalize(const hftok *t, hftok_scratch *s, const char *p, size_t n, const uint32_t *at)
{
    struct writer w = {s, p, at};
    if (t->marks == HF_MARKS_NORMALIZER)
        return hf_piece_normalize(s, p, n, at);
    if (!t->nfc)
        return copy(&w, 0, n);
    for (size_t from = 0; from < n;) {
        size_t run = next_composing(p, from, n), end = run;
        unsigned len;
        if (run > from && run < n)
            run = weir_utf8_prev(p, run);
        while (end < n && composes_at(p, end, &len))
            end += len;
        if (copy(&w, from, run) || (run < n && put_run(&w, run, end)))
            return WEIR_EMEM;
        from = end;
    }
    return 0;
}

void hf_nfc(struct weir_buf *to, struct weir_span text)
{
    hftok_scratch s = {0};
    size_t n = 0;
    if (normalize_run(&s, text.p, text.n, &n))
        to->failed = 1;
    for (size_t i = 0; i < n; i++)
        weir_buf_add_utf8(to, (uint32_t)s.chars[i]);
    free(s.chars);
}
