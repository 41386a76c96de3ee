/* Which characters stand side by side in pieces. */
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>

int tok_joins_init(struct tok_joins *j, size_t n)
{
    unsigned bits = 18;
    while (bits < 20 && (size_t)1 << bits < n)
        bits++;
    j->pair_shift = 32 - bits;
    memset(j->cuts, 1, sizeof j->cuts);
    j->pairs = weir_calloc(((size_t)1 << bits) / 64, sizeof *j->pairs);
    return j->pairs ? 0 : WEIR_EMEM;
}

void tok_joins_add(struct tok_joins *j, struct weir_span piece)
{
    uint32_t before = 0;
    unsigned len;
    for (size_t k = 0; k < piece.n; k += len) {
        const uint32_t c = tok_decode_char(piece.p + k, &len);
        if (k) {
            const uint64_t bit = tok_pair_bit(j, before, c);
            j->pairs[bit >> 6] |= (uint64_t)1 << (bit & 63);
            if (before < 128 && c < 128)
                j->cuts[before | c << 8] = 0;
        }
        before = c;
    }
}
