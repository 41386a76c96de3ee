/* Shingles: n consecutive characters or words of the normalised text, hashed as they roll by.
 *
 * A unit is a character, or a word: a run of letters, marks and digits, or one CJK character.  What
 * stands between words belongs to no shingle.  A shingle's hash is the polynomial of its units mod
 * 2^64 (Karp and Rabin 1987), mixed down to 32 bits. */
#include "dedup/dedup_internal.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t BASE = 0x9E3779B97F4A7C15; // odd; 2^64 / golden ratio

int dedup_rule_parse(const char *s, struct dedup_rule *rule, struct weir_err *err)
{
    *rule = (struct dedup_rule){DEDUP_AUTO, 5};
    if (!strcmp(s, "auto"))
        return 0;
    rule->unit = !strncmp(s, "char:", 5) ? DEDUP_CHAR : DEDUP_WORD;
    char *end = NULL;
    unsigned long n = 0;
    if ((rule->unit == DEDUP_CHAR || !strncmp(s, "word:", 5)) && s[5] >= '0' && s[5] <= '9')
        n = strtoul(s + 5, &end, 10);
    if (!end || *end || n < 1 || n > DEDUP_MAX_SHINGLE)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--shingle %s: not auto, char:N or word:N with N from 1 to %d", s,
                            DEDUP_MAX_SHINGLE);
    rule->n = (unsigned)n;
    return 0;
}

enum dedup_unit dedup_unit_for(struct weir_span text)
{
    // In valid UTF-8 the bytes E3 to E9 occur only as first bytes, of U+3000 to U+9FFF.
    size_t n_cjk = 0, n_visible = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        n_cjk += (unsigned char)(c - 0xE3) < 7;
        n_visible += (unsigned char)(c - 0x21) < 0x5F || c >= 0xC0;
    }
    return n_cjk > 0 && n_cjk * 5 >= n_visible ? DEDUP_CHAR : DEDUP_WORD;
}

void dedup_shingler_init(struct dedup_shingler *s, const dedup_fold *f, enum dedup_unit kind,
                         unsigned n)
{
    s->fold = f;
    s->kind = kind;
    s->n = n;
    s->top = 1;
    for (unsigned i = 0; i < n; i++)
        s->top *= BASE;
    s->sum = s->word = s->n_units = 0;
    s->in_word = 0;
    memset(s->unit, 0, n * sizeof *s->unit);
}

static inline uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93;
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93;
    return x;
}

static size_t characters(struct dedup_shingler *s, const uint32_t *text, size_t n, uint64_t *unit)
{
    size_t n_units = 0;
    for (size_t i = 0; i < n; i++) {
        unit[n_units] = text[i];
        n_units += text[i] - 0x4E00 < 0x5200 || !(dedup_class(s->fold, text[i]) & DEDUP_BREAK);
    }
    return n_units;
}

/* Without a branch a character: the open word is written each time, and counted where it ends. */
static size_t words(struct dedup_shingler *s, const uint32_t *text, size_t n, uint64_t *unit)
{
    size_t n_units = 0;
    uint64_t word = s->word;
    int in_word = s->in_word;
    for (size_t i = 0; i < n; i++) {
        const unsigned class = dedup_class(s->fold, text[i]);
        unit[n_units] = word;
        n_units += in_word & (class != 0);
        in_word = class == 0;
        word = (word * BASE + text[i]) & -(uint64_t)in_word;
        if (class & DEDUP_CJK)
            unit[n_units++] = text[i];
    }
    if (!n) { // the end of the text ends a word
        unit[0] = word;
        n_units = (size_t)in_word;
    }
    s->word = word;
    s->in_word = in_word;
    for (size_t i = 0; i < n_units; i++)
        unit[i] = mix(unit[i]);
    return n_units;
}

size_t dedup_shingle_next(struct dedup_shingler *s, const uint32_t *text, size_t n, uint32_t *hash)
{
    const uint64_t *unit = s->unit + s->n;
    size_t n_units = (s->kind == DEDUP_CHAR ? characters : words)(s, text, n, s->unit + s->n);
    uint64_t sum = s->sum;
    size_t n_hash = 0;
    for (size_t i = 0; i < n_units; i++) {
        sum = sum * BASE + unit[i] - unit[(ptrdiff_t)i - (ptrdiff_t)s->n] * s->top;
        hash[n_hash] = (uint32_t)(mix(sum) >> 32);
        n_hash += ++s->n_units >= s->n;
    }
    s->sum = sum;
    memmove(s->unit, s->unit + n_units, s->n * sizeof *s->unit);
    return n_hash;
}
