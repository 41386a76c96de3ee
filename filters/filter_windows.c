/* Windows of characters that came before.
 *
 * Most windows of most texts are new, and what is in one of them alone shows it: a run of GRAM
 * characters that the text has once.  So all runs are counted in a small table (a collision only
 * adds work), and the scan jumps from window to window behind the last such run in each.  The
 * windows it finds without one are few, and those are compared. */
#include <string.h>

#include "lib/xxh.h"
#include "weir/utf8.h"
#include "filters/filter_classes.h"
#include "filters/filter_ngrams.h"
#include "filters/filter_wide.h"

enum { GRAM = 4, COUNTS_A_CHAR = 2, NO_SPACE_ABOVE = 0x3000 };

/* Reads on from byte i, until the text ends or n is cap; returns n. */
static size_t read_scalar(struct weir_span t, size_t i, uint32_t *to, size_t n, size_t cap)
{
    const uint8_t *table = filter_class_table();
    unsigned len;
    for (; i < t.n && n < cap; i += len) {
        const uint32_t c = weir_utf8_decode_valid(t.p + i, &len);
        to[n] = c;
        n += c > NO_SPACE_ABOVE || !(table[c] & CLASS_SPACE);
    }
    return n;
}

#if defined(__x86_64__)
/* ASCII characters, eight at most; *n_read of them are no white space. */
static inline unsigned read_ascii(const char *p, uint32_t *to, size_t *n_read, const uint8_t *table)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    const uint64_t other = w & 0x8080808080808080u;
    const unsigned n = other ? (unsigned)__builtin_ctzll(other) / 8 : 8;
    size_t k = 0;
    for (unsigned i = 0; i < n; i++) {
        to[k] = (unsigned char)p[i];
        k += !(table[to[k]] & CLASS_SPACE);
    }
    *n_read += k;
    return n;
}

WIDE_AVX2 static size_t read_avx2(struct weir_span t, uint32_t *to, size_t cap)
{
    const uint8_t *table = filter_class_table();
    size_t i = 0, n = 0;
    while (t.n - i >= WIDE_BYTES && cap - n > 2 * WIDE_CHARS) {
        unsigned k = 0, len;
        const unsigned char first = (unsigned char)t.p[i];
        if (first < 0x80) {
            i += read_ascii(t.p + i, to + n, &n, table);
            continue;
        }
        if (first >= WIDE_LEAD)
            k = weir_wide_decode(t.p + i, to + n, 1);
        if (k == WIDE_CHARS) { // the next block must not wait for the number of this one
            n += WIDE_CHARS;
            i += 3 * WIDE_CHARS;
            continue;
        }
        n += k;
        i += 3 * k;
        if (k && (unsigned char)t.p[i] < 0x80)
            continue;
        const uint32_t c = weir_utf8_decode_valid(t.p + i, &len);
        to[n] = c;
        n += c > NO_SPACE_ABOVE || !(table[c] & CLASS_SPACE);
        i += len;
    }
    return read_scalar(t, i, to, n, cap);
}
#else
static size_t read_avx2(struct weir_span t, uint32_t *to, size_t cap)
{
    return read_scalar(t, 0, to, 0, cap);
}
#endif

/* Where the run of characters at c is counted. */
static inline size_t slot(const uint32_t *c, unsigned shift)
{
    uint64_t a, b;
    memcpy(&a, c, sizeof a);
    memcpy(&b, c + 2, sizeof b);
    return (size_t)(((a ^ b << 16) * 0x9E3779B97F4A7C15u) >> shift);
}

/* As one bit for each time, up to eight. */
static void count_runs(const uint32_t *c, size_t n, unsigned char *count, unsigned shift)
{
    for (size_t i = 0; i + GRAM <= n; i++) {
        unsigned char *const k = count + slot(c + i, shift);
        *k = (unsigned char)(*k << 1 | 1);
    }
}

/* The windows of n characters without a run that stands once, in order; returns how many. */
static size_t find_doubtful(const struct filter_ngrams *g, size_t n_windows, unsigned n,
                            unsigned shift, uint32_t *to)
{
    const size_t runs = n >= GRAM ? n - GRAM + 1 : 0; // in a window
    size_t n_found = 0, known = 0;                    // runs from i to it stand twice
    for (size_t i = 0; i < n_windows;) {
        const size_t floor = known > i ? known : i;
        size_t k = i + runs;
        while (k > floor && g->bit[slot(g->code + k - 1, shift)] != 1)
            k--;
        known = i + runs;
        if (k == floor)
            to[n_found++] = (uint32_t)i++;
        else
            i = k;
    }
    return n_found;
}

static int count_windows(struct filter_ngrams *g, size_t n_chars, unsigned n, uint64_t seed,
                         uint64_t *repeated)
{
    const size_t n_windows = n_chars - n + 1;
    unsigned bits = 8;
    while ((size_t)1 << bits < n_chars * COUNTS_A_CHAR)
        bits++;
    if (weir_grow(&g->bit, &g->cap_bit, (size_t)1 << bits, 1) < 0 ||
        weir_grow(&g->twin, &g->cap_twin, n_windows, sizeof *g->twin) < 0)
        return WEIR_EMEM;
    g->twin_level = 0; // twin[] is ours now
    memset(g->bit, 0, (size_t)1 << bits);
    count_runs(g->code, n_chars, g->bit, 64 - bits);
    const size_t n_found = find_doubtful(g, n_windows, n, 64 - bits, g->twin);
    if (filter_set_clear(&g->seen, n_found) < 0)
        return WEIR_EMEM;
    for (size_t k = 0; k < n_found; k++) {
        const uint64_t h = XXH3_64bits_withSeed(g->code + g->twin[k], n * sizeof *g->code, seed);
        const int new = filter_set_add(&g->seen, h);
        if (new < 0)
            return WEIR_EMEM;
        *repeated += new == 0;
    }
    return 0;
}

static int windows(struct filter_ngrams *g, struct weir_span text, uint64_t n_chars, unsigned n,
                   uint64_t seed, uint64_t *repeated, uint64_t *all, int wide)
{
    *repeated = *all = 0;
    if (!n || n_chars >= UINT32_MAX ||
        weir_grow(&g->code, &g->cap_code, n_chars + 1, sizeof *g->code) < 0)
        return WEIR_EMEM;
    const size_t n_read =
        wide ? read_avx2(text, g->code, n_chars) : read_scalar(text, 0, g->code, 0, n_chars);
    if (n_read < n)
        return 0;
    *all = n_read - n + 1;
    return count_windows(g, n_read, n, seed, repeated);
}

int filter_ngrams_chars(struct filter_ngrams *g, struct weir_span text, uint64_t n_chars,
                        unsigned n, uint64_t seed, uint64_t *repeated, uint64_t *all)
{
    return windows(g, text, n_chars, n, seed, repeated, all, weir_wide_here());
}

int filter_ngrams_chars_scalar(struct filter_ngrams *g, struct weir_span text, uint64_t n_chars,
                               unsigned n, uint64_t seed, uint64_t *repeated, uint64_t *all)
{
    return windows(g, text, n_chars, n, seed, repeated, all, 0);
}
