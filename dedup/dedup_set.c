/* The 32-bit hashes of a text's shingles, each once, ascending: count, then each as its difference
 * from the one before (the first from 0), all as varints.  Random 32-bit numbers of a text of
 * 10,000 characters lie some 2^19 apart, so that most take three bytes. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_internal.h"

static void put_varint(struct weir_buf *b, uint64_t x)
{
    for (; x >= 0x80; x >>= 7)
        weir_buf_addc(b, (char)(x | 0x80));
    weir_buf_addc(b, (char)x);
}

/* The varint at *p, which moves behind it; 0 when it does not end before end. */
static int get_varint(const char **p, const char *end, uint64_t *x)
{
    *x = 0;
    for (unsigned shift = 0; *p < end && shift < 63; shift += 7) {
        const unsigned char c = (unsigned char)*(*p)++;
        *x |= (uint64_t)(c & 0x7F) << shift;
        if (c < 0x80)
            return 1;
    }
    return 0;
}

enum { DIGIT = 11, DIGITS = 3 }; // 33 bits hold a hash

/* By digits, the lowest first: linear, whatever the hashes are.  After an odd number of passes the
 * result is in the scratch. */
static const uint32_t *sort(uint32_t *from, uint32_t *scratch, size_t n)
{
    for (unsigned d = 0; d < DIGITS; d++) {
        size_t at[(1 << DIGIT) + 1] = {0};
        const unsigned shift = d * DIGIT, mask = (1 << DIGIT) - 1;
        for (size_t i = 0; i < n; i++)
            at[(from[i] >> shift & mask) + 1]++;
        for (size_t k = 1; k <= mask; k++)
            at[k] += at[k - 1];
        for (size_t i = 0; i < n; i++)
            scratch[at[from[i] >> shift & mask]++] = from[i];
        uint32_t *swap = from;
        from = scratch;
        scratch = swap;
    }
    return from;
}

void dedup_set_put(struct weir_buf *b, uint32_t *hash, size_t n)
{
    uint32_t *scratch = weir_calloc(n ? n : 1, sizeof *scratch);
    if (!scratch) {
        b->failed = 1;
        return;
    }
    const uint32_t *sorted = sort(hash, scratch, n);
    size_t n_set = 0;
    for (size_t i = 0; i < n; i++)
        n_set += !i || sorted[i] != sorted[i - 1];
    put_varint(b, n_set);
    for (size_t i = 0; i < n; i++)
        if (!i || sorted[i] != sorted[i - 1])
            put_varint(b, sorted[i] - (i ? sorted[i - 1] : 0));
    free(scratch);
}

/* A set being read. */
struct cursor {
    const char *p, *end;
    uint64_t left, value;
};

static struct cursor open_set(struct weir_span set)
{
    struct cursor c = {set.p, set.p + set.n, 0, 0};
    if (!get_varint(&c.p, c.end, &c.left))
        c.left = 0;
    return c;
}

static int next(struct cursor *c)
{
    uint64_t gap;
    if (!c->left || !get_varint(&c->p, c->end, &gap))
        return 0;
    c->left--;
    c->value += gap;
    return 1;
}

int dedup_set_valid(struct weir_span set)
{
    struct cursor c = open_set(set);
    if (!c.left)
        return 0;
    for (uint64_t before = 0, i = 0; c.left; before = c.value, i++)
        if (!next(&c) || (i && c.value <= before) || c.value > UINT32_MAX)
            return 0;
    return c.p == c.end;
}

uint64_t dedup_set_size(struct weir_span set)
{
    return open_set(set).left;
}

double dedup_set_jaccard(struct weir_span a, struct weir_span b)
{
    struct cursor x = open_set(a), y = open_set(b);
    const uint64_t n = x.left + y.left;
    uint64_t both = 0;
    int more = next(&x) && next(&y);
    while (more) {
        if (x.value == y.value) {
            both++;
            more = next(&x) && next(&y);
        } else {
            more = next(x.value < y.value ? &x : &y);
        }
    }
    return (double)both / (double)(n - both);
}
