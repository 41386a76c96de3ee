/* Shingles: n consecutive characters or words of the normalised text, hashed as they roll by.
 *
 * A unit is a character, or a word: a run of letters, marks and digits, or one CJK character.  What
 * stands between words belongs to no shingle.  A shingle's hash is the polynomial of its units mod
 * 2^64 (Karp and Rabin 1987), mixed down to 32 bits. */
#include "dedup/dedup_internal.h"

#include <stdlib.h>
#include <string.h>

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

enum dedup_unit dedup_unit_scalar(struct weir_span text)
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

#if defined(__x86_64__)
__attribute__((target("avx2"), flatten)) static enum dedup_unit unit_avx2(struct weir_span text)
{
    return dedup_unit_scalar(text);
}
#endif

enum dedup_unit dedup_unit_for(struct weir_span text)
{
#if defined(__x86_64__)
    if (weir_has_avx512())
        return dedup_unit_avx512(text);
    if (__builtin_cpu_supports("avx2"))
        return unit_avx2(text);
#endif
    return dedup_unit_scalar(text);
}

void dedup_shingler_init(struct dedup_shingler *s, const dedup_fold *f, enum dedup_unit kind,
                         unsigned n)
{
    s->fold = f;
    s->kind = kind;
    s->n = n;
    s->hasher = dedup_shingle_best();
    s->top = 1;
    for (unsigned i = 0; i < n; i++)
        s->top *= DEDUP_BASE;
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
        n_units += !(dedup_class(s->fold, text[i]) & DEDUP_BREAK);
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
        word = (word * DEDUP_BASE + text[i]) & -(uint64_t)in_word;
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

static size_t units(struct dedup_shingler *s, const struct dedup_text *t, const uint32_t *text,
                    size_t n, uint64_t *unit)
{
#if defined(__x86_64__)
    if (t->blocks && n)
        return dedup_units_avx512(s, text, n, &t->class, unit);
#endif
    (void)t;
    return s->kind == DEDUP_CHAR ? characters(s, text, n, unit) : words(s, text, n, unit);
}

/* The same number for n units in two ways.  Rolling takes one step a unit, each after the one
 * before; Horner's rule takes n, but of several shingles side by side. */
static void roll(struct dedup_shingler *s, const uint64_t *unit, size_t n_units, uint32_t *hash)
{
    uint64_t sum = s->sum;
    for (size_t i = 0; i < n_units; i++) {
        sum = sum * DEDUP_BASE + unit[i] - unit[(ptrdiff_t)i - (ptrdiff_t)s->n] * s->top;
        hash[i] = (uint32_t)(mix(sum) >> 32);
    }
    s->sum = sum;
}

__attribute__((always_inline)) static inline void horner(const uint64_t *unit, unsigned n,
                                                         size_t n_units, uint32_t *hash)
{
    for (size_t i = 0; i < n_units; i++) {
        const uint64_t *u = unit + i + 1 - n;
        uint64_t sum = u[0];
        for (unsigned k = 1; k < n; k++)
            sum = sum * DEDUP_BASE + u[k];
        hash[i] = (uint32_t)(mix(sum) >> 32);
    }
}

/* n a constant, so that the compiler unrolls the inner loop and makes vectors of the outer one. */
__attribute__((always_inline)) static inline void
hash_all(struct dedup_shingler *s, const uint64_t *unit, size_t n_units, uint32_t *hash)
{
    if (s->n == 5)
        horner(unit, 5, n_units, hash);
    else if (s->n == 3)
        horner(unit, 3, n_units, hash);
    else
        roll(s, unit, n_units, hash);
}

void dedup_hash_scalar(struct dedup_shingler *s, const uint64_t *unit, size_t n_units,
                       uint32_t *hash)
{
    roll(s, unit, n_units, hash);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
hash_avx2(struct dedup_shingler *s, const uint64_t *unit, size_t n_units, uint32_t *hash)
{
    hash_all(s, unit, n_units, hash);
}

__attribute__((target("avx512f,avx512dq,avx512vl"))) static void
hash_avx512(struct dedup_shingler *s, const uint64_t *unit, size_t n_units, uint32_t *hash)
{
    hash_all(s, unit, n_units, hash);
}
#endif

dedup_hasher *dedup_shingle_hasher(const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
                   ? hash_avx512
                   : NULL;
    if (!strcmp(name, "avx2"))
        return __builtin_cpu_supports("avx2") ? hash_avx2 : NULL;
#endif
    return !strcmp(name, "scalar") ? dedup_hash_scalar : NULL;
}

dedup_hasher *dedup_shingle_best(void)
{
    dedup_hasher *h = dedup_shingle_hasher("avx512");
    if (!h)
        h = dedup_shingle_hasher("avx2");
    return h ? h : dedup_hash_scalar;
}

size_t dedup_shingle_next(struct dedup_shingler *s, const struct dedup_text *t,
                          const uint32_t *text, size_t n, uint32_t *hash)
{
    uint64_t *unit = s->unit + s->n;
    const size_t n_units = units(s, t, text, n, unit);
    s->hasher(s, unit, n_units, hash);
    // The first n - 1 units of a text end no shingle.
    const size_t skip = s->n_units >= s->n - 1 ? 0 : s->n - 1 - s->n_units;
    s->n_units += n_units;
    memmove(s->unit, s->unit + n_units, s->n * sizeof *s->unit);
    if (!skip)
        return n_units;
    if (n_units <= skip)
        return 0;
    memmove(hash, hash + skip, (n_units - skip) * sizeof *hash);
    return n_units - skip;
}
