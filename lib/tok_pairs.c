#include "tok_pairs.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "weir/buf.h"

enum { CHARS = 0x10000, LEAST_BITS = 16, MOST_BITS = 20, TRIES = 1 << 13 };

/* ---- building ---- */

/* Pairs by left character: rows[c] to rows[c + 1] of `sorted`, each pair once. */
struct rows {
    uint32_t *at; // CHARS + 1
    uint32_t *n;  // CHARS
    struct tok_pair *sorted;
    uint32_t *seen, *order; // CHARS each
};

static void free_rows(struct rows *r)
{
    free(r->at);
    free(r->n);
    free(r->sorted);
    free(r->seen);
    free(r->order);
}

static void sort_rows(struct rows *r, const struct tok_pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r->at[pairs[i].left + 1]++;
    for (size_t c = 0; c < CHARS; c++)
        r->at[c + 1] += r->at[c];
    for (size_t i = 0; i < n; i++)
        r->sorted[r->at[pairs[i].left] + r->n[pairs[i].left]++] = pairs[i];
    for (uint32_t c = 0; c < CHARS; c++) { // seen: where the pair stands, + 1, when in this row
        struct tok_pair *row = r->sorted + r->at[c];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < r->n[c]; i++) {
            const uint32_t k = r->seen[row[i].right];
            if (k && k <= kept && row[k - 1].right == row[i].right) {
                if (row[i].id != TOK_PAIRS_APART)
                    row[k - 1].id = row[i].id;
                continue;
            }
            row[kept++] = row[i];
            r->seen[row[i].right] = kept;
        }
        r->n[c] = kept;
    }
}

/* Left characters with pairs, those with most first. */
static size_t order_rows(struct rows *r)
{
    uint32_t *count = r->seen, n_rows = 0;
    memset(count, 0, CHARS * sizeof *count);
    for (uint32_t c = 0; c < CHARS; c++)
        count[r->n[c] < CHARS ? CHARS - 1 - r->n[c] : 0]++;
    for (uint32_t i = 0, at = 0; i < CHARS; i++) {
        const uint32_t here = count[i];
        count[i] = at;
        at += here;
    }
    for (uint32_t c = 0; c < CHARS; c++) {
        n_rows += r->n[c] > 0;
        r->order[count[r->n[c] < CHARS ? CHARS - 1 - r->n[c] : 0]++] = c;
    }
    return n_rows;
}

static int fits(const struct tok_pairs *p, const struct tok_pair *row, uint32_t n, uint32_t base)
{
    for (uint32_t i = 0; i < n; i++)
        if (p->left[base ^ tok_pairs_scatter(p, row[i].right)])
            return 0;
    return 1;
}

/* 0 when a row finds no place. */
static int place_rows(struct tok_pairs *p, const struct rows *r, size_t n_rows)
{
    uint32_t base = 1;
    for (size_t i = 0; i < n_rows; i++) {
        const uint32_t c = r->order[i];
        const struct tok_pair *row = r->sorted + r->at[c];
        unsigned tries = 0;
        do
            base = (base * 1664525 + 1013904223); // all values of its low bits in turn
        while (!fits(p, row, r->n[c], base >> 8 & p->mask) && ++tries < TRIES);
        if (tries == TRIES)
            return 0;
        p->chars[c].base = base >> 8 & p->mask;
        for (uint32_t k = 0; k < r->n[c]; k++) {
            const uint32_t at = p->chars[c].base ^ tok_pairs_scatter(p, row[k].right);
            p->left[at] = (uint16_t)c;
            p->ids[at] = row[k].id;
        }
    }
    return 1;
}

/* One block for all: a huge page where the system has them, for looking is all over it. */
static int make_room(struct tok_pairs *p, size_t size)
{
    const size_t huge = 2 << 20;
    const size_t bytes = CHARS * sizeof *p->chars + size * (sizeof *p->ids + sizeof *p->left) + 4;
    const size_t rounded = (bytes + huge - 1) & ~(huge - 1);
    free(p->chars);
    p->chars = aligned_alloc(huge, rounded);
    if (!p->chars)
        return WEIR_EMEM;
    madvise(p->chars, rounded, MADV_HUGEPAGE);
    memset(p->chars, 0, bytes);
    p->ids = (uint32_t *)(p->chars + CHARS);
    p->left = (uint16_t *)(p->ids + size);
    p->mask = (uint32_t)size - 1;
    p->first = 0x800;
    p->last = 0xFFFF;
    p->look = tok_pairs_look("avx512");
    if (!p->look)
        p->look = tok_pairs_look("scalar");
    return 0;
}

static int build(struct tok_pairs *p, struct rows *r, const struct tok_pair *pairs, size_t n,
                 const uint32_t *ids)
{
    sort_rows(r, pairs, n);
    const size_t n_rows = order_rows(r);
    size_t n_pairs = 0;
    unsigned bits = LEAST_BITS;
    for (uint32_t c = 0; c < CHARS; c++)
        n_pairs += r->n[c];
    while ((size_t)1 << bits < 3 * n_pairs)
        bits++;
    for (; bits <= MOST_BITS; bits++) {
        if (make_room(p, (size_t)1 << bits))
            return WEIR_EMEM;
        for (uint32_t c = 0; c < CHARS; c++)
            p->chars[c].id = ids[c];
        if (place_rows(p, r, n_rows))
            return 0;
    }
    tok_pairs_free(p);
    return 0;
}

int tok_pairs_build(struct tok_pairs *p, const struct tok_pair *pairs, size_t n,
                    const uint32_t *ids)
{
    struct rows r = {0};
    int rc = WEIR_EMEM;
    *p = (struct tok_pairs){0};
    if (!n || n > (size_t)1 << 24)
        return 0;
    r.at = weir_calloc(CHARS + 1, sizeof *r.at);
    r.n = weir_calloc(CHARS, sizeof *r.n);
    r.seen = weir_calloc(CHARS, sizeof *r.seen);
    r.order = weir_calloc(CHARS, sizeof *r.order);
    r.sorted = weir_calloc(n, sizeof *r.sorted);
    if (r.at && r.n && r.seen && r.order && r.sorted)
        rc = build(p, &r, pairs, n, ids);
    free_rows(&r);
    if (rc)
        tok_pairs_free(p);
    return rc;
}

void tok_pairs_free(struct tok_pairs *p)
{
    free(p->chars); // and all behind
    *p = (struct tok_pairs){0};
}

uint64_t tok_pairs_memory(const struct tok_pairs *p)
{
    return p->chars ? CHARS * sizeof *p->chars + (p->mask + 1) * (sizeof *p->left + sizeof *p->ids)
                    : 0;
}

/* ---- looking ---- */

/* Without branches on what is found: whether a pair joins is a bad guess every other time. */
static void look_scalar(const struct tok_pairs *p, const uint8_t *u, unsigned most,
                        struct tok_run *r)
{
    uint64_t starts = 0;
    uint32_t before = 0, base = 0;
    unsigned i = 0;
    for (; i < most && (u[0] & 0xF0) == 0xE0; i++, u += 3) {
        const uint32_t c = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3F);
        if (c < p->first || c > p->last)
            break;
        const uint32_t at = base ^ tok_pairs_scatter(p, c);
        r->chars[i] = c;
        r->places[i] = at;
        starts |= (uint64_t)(p->left[at] != before) << i;
        before = c;
        base = p->chars[c].base;
    }
    r->n = i;
    r->starts = (starts | 1) & (((uint64_t)1 << i) - 1);
}

#if defined(__x86_64__)
#include <immintrin.h>

/* Code points of the 16 characters of three bytes at u; *are: which are such. */
__attribute__((target("avx512f,avx512bw"))) static inline __m512i decode16(const uint8_t *u,
                                                                           __mmask16 *are)
{
    const __m512i by_lane = _mm512_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11);
    const __m512i by_char =
        _mm512_broadcast_i32x4(_mm_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1));
    const __m512i bytes = _mm512_maskz_loadu_epi32(0x0FFF, u);
    const __m512i x = _mm512_shuffle_epi8(_mm512_permutexvar_epi32(by_lane, bytes), by_char);
    *are = _mm512_cmpeq_epi32_mask(_mm512_and_si512(x, _mm512_set1_epi32(0xF00000)),
                                   _mm512_set1_epi32(0xE00000));
    const __m512i high = _mm512_and_si512(_mm512_srli_epi32(x, 4), _mm512_set1_epi32(0xF000));
    const __m512i middle = _mm512_and_si512(_mm512_srli_epi32(x, 2), _mm512_set1_epi32(0x0FC0));
    return _mm512_or_si512(_mm512_or_si512(high, middle),
                           _mm512_and_si512(x, _mm512_set1_epi32(0x3F)));
}

__attribute__((target("avx512f,avx512bw"))) static void
look_avx512(const struct tok_pairs *p, const uint8_t *u, unsigned most, struct tok_run *r)
{
    const __m512i mask = _mm512_set1_epi32((int)p->mask), by = _mm512_set1_epi32(TOK_PAIRS_SCATTER);
    const __m512i first = _mm512_set1_epi32((int)p->first), end = _mm512_set1_epi32((int)p->last);
    __m512i last = _mm512_setzero_si512(), last_base = last;
    uint64_t starts = 0;
    unsigned n = 0, count = 16;
    for (unsigned i = 0; i < most && count == 16; i += 16, u += 48) {
        __mmask16 are;
        const __m512i c = decode16(u, &are);
        are &= _mm512_cmpge_epu32_mask(c, first) & _mm512_cmple_epu32_mask(c, end);
        const __m512i base = _mm512_i32gather_epi32(c, &p->chars->base, sizeof *p->chars);
        const __m512i before = _mm512_alignr_epi32(c, last, 15);
        const __m512i row = _mm512_alignr_epi32(base, last_base, 15);
        const __m512i scattered = _mm512_and_si512(_mm512_mullo_epi32(c, by), mask);
        const __m512i at = _mm512_xor_si512(row, scattered);
        const __m512i left = _mm512_i32gather_epi32(at, p->left, sizeof *p->left);
        const __mmask16 apart =
            _mm512_cmpneq_epi32_mask(_mm512_and_si512(left, _mm512_set1_epi32(0xFFFF)), before);
        _mm512_storeu_si512(r->chars + i, c);
        _mm512_storeu_si512(r->places + i, at);
        starts |= (uint64_t)apart << i;
        count = (unsigned)__builtin_ctz(~(unsigned)are);
        n += count;
        last = c;
        last_base = base;
    }
    r->n = n < most ? n : most;
    r->starts = (starts | 1) & (((uint64_t)1 << r->n) - 1);
}
#endif

tok_pairs_kernel *tok_pairs_look(const char *name)
{
#if defined(__x86_64__)
    if (!strcmp(name, "avx512"))
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") ? look_avx512
                                                                                       : NULL;
#endif
    return !strcmp(name, "scalar") ? look_scalar : NULL;
}
