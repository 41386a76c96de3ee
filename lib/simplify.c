#include "lib/simplify.h"

#include <stdlib.h>
#include <string.h>

#include "lib/opencc_dict.h"
#include "lib/xxh.h"
#include "weir/utf8.h"

enum { MAX_STAGES = 4, MAX_DICTS = 4, BMP = 0x10000 };

struct entry {
    uint32_t key, value; // bytes of simplify.bytes
    uint16_t n_key, n_value;
};

/* A dictionary: entries by hash, and for each first character the bytes of the longest key. */
struct dict {
    struct entry *entry;
    size_t n, cap;
    uint32_t *slot; // entry + 1, 0 for none; twice as many as entries at least
    size_t mask;
    uint8_t *longest; // (BMP + 1), the last for all characters above
};

/* What a character means for the question whether a line can change. */
enum { STRONG = 1, BEGINS = 2, FOLLOWS = 4 };

struct simplify {
    struct weir_buf bytes;
    struct dict dict[MAX_STAGES][MAX_DICTS];
    unsigned n_stages, n_dicts[MAX_STAGES]; // stage 0 cuts
    uint8_t may[BMP + 1];
    uint8_t stages[BMP + 1]; // bit n: an entry of stage n begins so
    int ascii_stays;         // may is 0 for all of it
};

static uint32_t first_char(const char *p, size_t n, unsigned *len)
{
    const uint32_t c = weir_utf8_decode(p, n, len);
    return c < BMP ? c : BMP;
}

/* ---- reading ---- */

static int add_entry(void *ctx, unsigned stage, unsigned number, struct weir_span key,
                     struct weir_span value)
{
    simplify *s = ctx;
    if (stage >= MAX_STAGES || number >= MAX_DICTS || !key.n || key.n > UINT8_MAX ||
        value.n > UINT16_MAX || memchr(key.p, '\n', key.n) ||
        weir_utf8_valid(key.p, key.n) != key.n || weir_utf8_valid(value.p, value.n) != value.n)
        return WEIR_EBAD;
    struct dict *d = &s->dict[stage][number];
    if (d->n == d->cap && weir_grow(&d->entry, &d->cap, d->n + 1, sizeof *d->entry) < 0)
        return WEIR_EMEM;
    d->entry[d->n++] = (struct entry){(uint32_t)s->bytes.n, (uint32_t)(s->bytes.n + key.n),
                                      (uint16_t)key.n, (uint16_t)value.n};
    weir_buf_add(&s->bytes, key.p, key.n);
    weir_buf_add(&s->bytes, value.p, value.n);
    s->n_stages = stage + 1 > s->n_stages ? stage + 1 : s->n_stages;
    s->n_dicts[stage] = number + 1 > s->n_dicts[stage] ? number + 1 : s->n_dicts[stage];
    return s->bytes.failed ? WEIR_EMEM : 0;
}

static size_t slot_of(const simplify *s, const struct dict *d, const char *p, size_t n)
{
    size_t i = XXH3_64bits(p, n) & d->mask;
    for (; d->slot[i]; i = (i + 1) & d->mask) {
        const struct entry *e = d->entry + d->slot[i] - 1;
        if (e->n_key == n && memcmp(s->bytes.p + e->key, p, n) == 0)
            break;
    }
    return i;
}

static int build(simplify *s, unsigned stage, unsigned number)
{
    struct dict *d = &s->dict[stage][number];
    unsigned len;
    d->mask = 15;
    while (d->mask < 2 * d->n)
        d->mask = d->mask * 2 + 1;
    d->slot = weir_calloc(d->mask + 1, sizeof *d->slot);
    d->longest = weir_calloc(BMP + 1, sizeof *d->longest);
    if (!d->slot || !d->longest)
        return WEIR_EMEM;
    for (size_t i = 0; i < d->n; i++) {
        const struct entry *e = d->entry + i;
        const char *key = s->bytes.p + e->key;
        d->slot[slot_of(s, d, key, e->n_key)] = (uint32_t)i + 1;
        uint8_t *longest = &d->longest[first_char(key, e->n_key, &len)];
        if (e->n_key > *longest)
            *longest = (uint8_t)e->n_key;
        s->stages[longest - d->longest] |= (uint8_t)(1u << stage);
    }
    return 0;
}

static int changes(const simplify *s, const struct entry *e)
{
    return e->n_key != e->n_value || memcmp(s->bytes.p + e->key, s->bytes.p + e->value, e->n_key);
}

typedef void (*mark_fn)(simplify *s, const char *key, size_t n);

static void mark_single(simplify *s, const char *key, size_t n)
{
    unsigned len;
    const uint32_t c = first_char(key, n, &len);
    if (len == n)
        s->may[c] |= STRONG;
}

static void mark_phrase(simplify *s, const char *key, size_t n)
{
    unsigned len, second;
    for (size_t i = 0; i < n; i += len)
        if (s->may[first_char(key + i, n - i, &len)] & STRONG)
            return;
    s->may[first_char(key, n, &len)] |= BEGINS;
    s->may[first_char(key + len, n - len, &second)] |= FOLLOWS;
}

static void mark(simplify *s, mark_fn fn)
{
    for (unsigned stage = 1; stage < s->n_stages; stage++)
        for (unsigned k = 0; k < s->n_dicts[stage]; k++)
            for (size_t i = 0; i < s->dict[stage][k].n; i++) {
                const struct entry *e = s->dict[stage][k].entry + i;
                if (changes(s, e))
                    fn(s, s->bytes.p + e->key, e->n_key);
            }
}

simplify *simplify_open(const char *config, struct weir_err *err)
{
    simplify *s = weir_calloc(1, sizeof *s);
    int rc = s ? opencc_read(config, add_entry, s, err) : WEIR_EMEM;
    for (unsigned stage = 0; !rc && stage < s->n_stages; stage++)
        for (unsigned k = 0; !rc && k < s->n_dicts[stage]; k++)
            rc = build(s, stage, k);
    if (rc) {
        weir_err_set(err, rc, "OpenCC: %s: %s", config,
                     rc == WEIR_EMEM ? "out of memory" : "an entry that cannot be");
        simplify_close(s);
        return NULL;
    }
    mark(s, mark_single);
    mark(s, mark_phrase);
    s->ascii_stays = 1;
    for (unsigned c = 0; c < 0x80; c++)
        s->ascii_stays &= !s->may[c];
    return s;
}

void simplify_close(simplify *s)
{
    if (!s)
        return;
    for (unsigned stage = 0; stage < MAX_STAGES; stage++)
        for (unsigned k = 0; k < MAX_DICTS; k++) {
            free(s->dict[stage][k].entry);
            free(s->dict[stage][k].slot);
            free(s->dict[stage][k].longest);
        }
    weir_buf_free(&s->bytes);
    free(s);
}

uint64_t simplify_memory(const simplify *s)
{
    uint64_t n = sizeof *s + s->bytes.cap;
    for (unsigned stage = 0; stage < s->n_stages; stage++)
        for (unsigned k = 0; k < s->n_dicts[stage]; k++) {
            const struct dict *d = &s->dict[stage][k];
            n += d->cap * sizeof *d->entry + (d->mask + 1) * sizeof *d->slot + BMP + 1;
        }
    return n;
}

void simplify_scratch_free(struct simplify_scratch *s)
{
    weir_buf_free(&s->a);
    weir_buf_free(&s->b);
}

/* ---- converting ---- */

/* The longest entry that the text at p begins with, NULL for none. */
static const struct entry *match(const simplify *s, const struct dict *d, const char *p, size_t n,
                                 uint32_t c)
{
    size_t len = d->longest[c] < n ? d->longest[c] : n;
    for (; len; len--) {
        if (len < n && (p[len] & 0xC0) == 0x80)
            continue;
        const uint32_t slot = d->slot[slot_of(s, d, p, len)];
        if (slot)
            return d->entry + slot - 1;
    }
    return NULL;
}

/* The first entry at or behind *at that the text has there; *at becomes its place, or t.n. */
static const struct entry *next_entry(const simplify *s, unsigned stage, struct weir_span t,
                                      size_t *at)
{
    const uint8_t bit = (uint8_t)(1u << stage);
    unsigned len;
    for (size_t i = *at; i < t.n; i += len) {
        uint32_t c = weir_utf8_decode_valid(t.p + i, &len);
        c = c < BMP ? c : BMP;
        if (!(s->stages[c] & bit))
            continue;
        for (unsigned k = 0; k < s->n_dicts[stage]; k++) {
            const struct entry *e = match(s, &s->dict[stage][k], t.p + i, t.n - i, c);
            if (e) {
                *at = i;
                return e;
            }
        }
    }
    *at = t.n;
    return NULL;
}

/* Each of these returns the bytes that entries replaced by others. */

static int64_t convert_stage(const simplify *s, unsigned stage, struct weir_span t,
                             struct weir_buf *out)
{
    int64_t n = 0;
    size_t kept = 0, i = 0; // t.p[kept … i) stays as it is
    for (const struct entry *e; (e = next_entry(s, stage, t, &i)); i += e->n_key) {
        if (!changes(s, e))
            continue;
        weir_buf_add(out, t.p + kept, i - kept);
        weir_buf_add(out, s->bytes.p + e->value, e->n_value);
        kept = i + e->n_key;
        n += e->n_key;
    }
    weir_buf_add(out, t.p + kept, t.n - kept);
    return n;
}

static int64_t convert_piece(const simplify *s, struct simplify_scratch *x, struct weir_span t,
                             struct weir_buf *out)
{
    struct weir_buf *turn[2] = {&x->a, &x->b};
    int64_t n = 0;
    for (unsigned stage = 1; stage < s->n_stages; stage++) {
        struct weir_buf *to = stage + 1 == s->n_stages ? out : turn[stage % 2];
        const size_t at = to == out ? out->n : (to->n = 0);
        n += convert_stage(s, stage, t, to);
        t = weir_span(to->p + at, to->n - at);
    }
    return n;
}

static int64_t convert_line(const simplify *s, struct simplify_scratch *x, struct weir_span t,
                            struct weir_buf *out)
{
    size_t from = 0, i = 0;
    int64_t n = 0;
    for (const struct entry *e; (e = next_entry(s, 0, t, &i)); from = i += e->n_key) {
        n += convert_piece(s, x, weir_span(t.p + from, i - from), out);
        n += convert_piece(s, x, weir_span(t.p + i, e->n_key), out);
    }
    return n + convert_piece(s, x, weir_span(t.p + from, t.n - from), out);
}

static int eight_ascii(const char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return !(x & 0x8080808080808080);
}

/* The first byte at or behind i from which on an entry may change something; t.n for none. */
static size_t next_change(const simplify *s, struct weir_span t, size_t i)
{
    unsigned len, before = 0;
    for (; i < t.n; i += len) {
        if ((unsigned char)t.p[i] < 0x80 && s->ascii_stays) {
            len = t.n - i >= 8 && eight_ascii(t.p + i) ? 8 : 1;
            before = 0;
            continue;
        }
        const uint32_t c = weir_utf8_decode_valid(t.p + i, &len);
        const unsigned m = s->may[c < BMP ? c : BMP];
        if ((m & STRONG) || ((m & FOLLOWS) && (before & BEGINS)))
            return i;
        before = m;
    }
    return t.n;
}

int64_t simplify_text(const simplify *s, struct simplify_scratch *x, struct weir_span t,
                      struct weir_buf *out)
{
    int64_t n_changed = 0;
    size_t done = 0;
    for (size_t i = next_change(s, t, 0); i < t.n; i = next_change(s, t, done)) {
        const char *before = i ? memrchr(t.p, '\n', i) : NULL, *behind;
        const size_t from = before ? (size_t)(before + 1 - t.p) : 0;
        behind = memchr(t.p + i, '\n', t.n - i);
        const size_t end = behind ? (size_t)(behind - t.p) : t.n;
        weir_buf_add(out, t.p + done, from - done);
        n_changed += convert_line(s, x, weir_span(t.p + from, end - from), out);
        if (out->failed || x->a.failed || x->b.failed)
            return WEIR_EMEM;
        done = end;
    }
    if (!n_changed) {
        out->n = 0;
        return 0;
    }
    weir_buf_add(out, t.p + done, t.n - done);
    return out->failed ? WEIR_EMEM : n_changed;
}
