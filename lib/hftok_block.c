/* The scanners of hftok_scan.c for 64 bytes at once: bit sets of what kind each byte is, and from
 * them, by arithmetic on all bits at once, where pieces begin.  (Langdale and Lemire, "Parsing
 * gigabytes of JSON per second", 2019, do so for JSON.)
 *
 * A block begins where a piece begins, so that nothing is known, or needed, of what is before it.
 * What is not known is behind it: the last run of characters of one kind may go on, and only what
 * is certain whatever follows counts. */
#include "hftok_impl.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* All bytes of a character are of its kind.  What is in none of the first three is "other". */
struct kinds {
    uint64_t letters, numbers, spaces;
    uint64_t newlines, blanks; // of spaces: \r and \n, U+0020
    uint64_t quotes;           // '
    uint64_t han;              // first bytes of U+5000 to U+8FFF: three bytes, all letters
    uint64_t high;             // not ASCII
    uint64_t inner;            // bytes that do not begin a character
    unsigned n;                // bytes looked at: whole characters
};

/* ---- kinds ---- */

#ifdef __SSE2__
/* 1 in each byte of v from first to first + n - 1. */
static inline __m128i among(__m128i v, int first, int n)
{
    const __m128i from_least = _mm_add_epi8(v, _mm_set1_epi8((char)(128 - first)));
    return _mm_cmplt_epi8(from_least, _mm_set1_epi8((char)(-128 + n)));
}

static inline uint64_t bits(__m128i v, unsigned at)
{
    return (uint64_t)(uint16_t)_mm_movemask_epi8(v) << at;
}

static inline void look(const char *p, struct kinds *k)
{
    *k = (struct kinds){0};
    for (unsigned i = 0; i < 64; i += 16) {
        const __m128i v = _mm_loadu_si128((const __m128i *)(p + i));
        const __m128i blanks = _mm_cmpeq_epi8(v, _mm_set1_epi8(' '));
        const __m128i newlines = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
                                              _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
        k->letters |= bits(among(_mm_or_si128(v, _mm_set1_epi8(32)), 'a', 26), i);
        k->numbers |= bits(among(v, '0', 10), i);
        k->spaces |= bits(_mm_or_si128(blanks, among(v, '\t', 5)), i);
        k->newlines |= bits(newlines, i);
        k->blanks |= bits(blanks, i);
        k->quotes |= bits(_mm_cmpeq_epi8(v, _mm_set1_epi8('\'')), i);
        k->high |= bits(v, i);
        k->han |= bits(among(v, 0xE5, 4), i);
    }
}
#else
static inline void look(const char *p, struct kinds *k)
{
    *k = (struct kinds){0};
    for (unsigned i = 0; i < 64; i++) {
        const uint8_t c = (uint8_t)p[i], class = c < 128 ? hf_classes[c] : 0;
        k->letters |= (uint64_t)((class & HF_L) != 0) << i;
        k->numbers |= (uint64_t)((class & HF_N) != 0) << i;
        k->spaces |= (uint64_t)((class & HF_S) != 0) << i;
        k->newlines |= (uint64_t)(c == '\n' || c == '\r') << i;
        k->blanks |= (uint64_t)(c == ' ') << i;
        k->quotes |= (uint64_t)(c == '\'') << i;
        k->high |= (uint64_t)(c > 127) << i;
        k->han |= (uint64_t)(c >= 0xE5 && c <= 0xE8) << i;
    }
}
#endif

static inline uint64_t below(unsigned n)
{
    return n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

static inline uint64_t up_to_last(uint64_t set)
{
    return set ? below(64 - (unsigned)__builtin_clzll(set)) : 0;
}

static void look_at_high(const char *p, struct kinds *k)
{
    const uint64_t split = k->n < 2 ? k->han : k->han & ~below(k->n - 2);
    k->n = split & below(k->n) ? (unsigned)__builtin_ctzll(split) : k->n;
    const uint64_t han = k->han & below(k->n);
    k->inner = han << 1 | han << 2;
    k->letters |= han | k->inner;
    uint64_t left = k->high & below(k->n) & ~(han | k->inner);
    while (left) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        unsigned len;
        const uint8_t class = hf_classes[hf_char(p + i, &len)];
        if (i + len > k->n) {
            k->n = i;
            return;
        }
        const uint64_t its = below(len) << i;
        k->letters |= class & HF_L ? its : 0;
        k->numbers |= class & HF_N ? its : 0;
        k->spaces |= class & HF_S ? its : 0;
        k->inner |= its & (its << 1);
        left &= ~its;
    }
}

/* ---- runs ---- */

static inline uint64_t first_of(uint64_t run)
{
    return run & ~(run << 1);
}

/* The runs that begin with the bits of `from`: an addition carries through each and out of it. */
static inline uint64_t runs_from(uint64_t runs, uint64_t from)
{
    return runs & ~(runs + from);
}

/* From the last bytes of characters to the first ones. */
static inline uint64_t first_bytes(uint64_t last, uint64_t inner)
{
    while (last & inner)
        last = (last & ~inner) | (last & inner) >> 1;
    return last;
}

/* Where the last run begins. */
static inline unsigned last_run(const struct kinds *k, uint64_t other)
{
    const uint64_t last = (uint64_t)1 << (k->n - 1);
    const uint64_t of = k->letters & last   ? k->letters
                        : k->numbers & last ? k->numbers
                        : k->spaces & last  ? k->spaces
                                            : other;
    const uint64_t before = ~of & below(k->n);
    return before ? 64 - (unsigned)__builtin_clzll(before) : 0;
}

/* 's 't 're 've 'm 'll 'd: pieces that begin so end behind it, be it inside a run of letters.  Of
 * one that may be cut off by the end of the block, where it ends is not known. */
static uint64_t add_contractions(uint64_t starts, const char *p, const struct kinds *k, int fold)
{
    for (uint64_t left = starts & k->quotes & k->letters >> 1; left; left &= left - 1) {
        const unsigned i = (unsigned)__builtin_ctzll(left);
        const size_t n = hf_contraction(p, i, k->n, fold);
        if (n || i + 2 >= k->n)
            starts &= ~((n > 1 ? (uint64_t)6 : (uint64_t)2) << i);
        if (n && i + 1 + n < 64)
            starts |= (uint64_t)1 << (i + 1 + n);
    }
    return starts;
}

/* ---- patterns ---- */

/* Numbers in groups; those of one character or of whole runs need no counting. */
static uint64_t number_starts(const struct kinds *k, unsigned digits)
{
    const uint64_t all = k->numbers & ~k->inner;
    uint64_t starts = first_of(k->numbers);
    if (digits == 1)
        return all;
    uint64_t many = k->numbers; // more than `digits` bytes from here on
    for (unsigned i = 0; i < digits; i++)
        many &= k->numbers >> (i + 1);
    for (uint64_t left = starts & many; left; left &= left - 1) {
        unsigned count = 0;
        const unsigned first = (unsigned)__builtin_ctzll(left);
        for (unsigned i = first; i < k->n && k->numbers >> i & 1; i++)
            if (all >> i & 1)
                starts |= (uint64_t)(count++ % digits == 0) << i;
    }
    return starts;
}

/* White space: \s*[\r\n]+|\s+(?!\S)|\s+ where newlines is set, else without the first. */
static uint64_t space_starts(const struct kinds *k, uint64_t spaces, int newlines)
{
    uint64_t starts = first_of(spaces), last = spaces & ~(k->spaces >> 1);
    if (!newlines)
        return starts | first_bytes(last, k->inner);
    const uint64_t ends = spaces & k->newlines, inside = spaces & ~k->newlines;
    starts |= first_bytes(last & inside, k->inner);
    /* Behind the last newline of a run: what follows a newline and leads to no other one. */
    uint64_t behind = inside & ends << 1;
    if ((inside + behind) & ~inside & ends)
        for (uint64_t left = behind; left; left &= left - 1) {
            const uint64_t from = left & -left, to = (inside + from) & ~inside;
            if (to & -to & ends)
                behind &= ~from;
        }
    return starts | behind;
}

static uint64_t starts_llama3(const struct kinds *k, uint64_t other, unsigned digits)
{
    const uint64_t not_blank_before = ~(k->blanks << 1);
    const uint64_t other_starts = first_of(other) & not_blank_before;
    /* One character that begins a piece, of no letters, numbers, newlines, goes with letters. */
    uint64_t prefix = other_starts;
    for (int i = 0; i < 3 && k->inner; i++)
        prefix |= prefix << 1 & k->inner;
    prefix |= k->spaces & ~k->newlines;
    const uint64_t letter_starts = first_of(k->letters) & ~(prefix << 1);
    /* Newlines behind others go with them. */
    const uint64_t taken = runs_from(k->newlines, k->newlines & other << 1);
    return letter_starts | other_starts | number_starts(k, digits) |
           space_starts(k, k->spaces & ~taken, 1);
}

static uint64_t starts_gpt2(const struct kinds *k, uint64_t other)
{
    const uint64_t runs = first_of(k->letters) | first_of(k->numbers) | first_of(other);
    return (runs & ~(k->blanks << 1)) | space_starts(k, k->spaces, 0);
}

void hf_block_scan(const struct hf_stage *stage, const char *p, size_t n, struct hf_block *b)
{
    struct kinds k;
    *b = (struct hf_block){0};
    if (stage->pattern != HF_SCAN_LLAMA3 && stage->pattern != HF_SCAN_GPT2)
        return;
    look(p, &k);
    k.n = n < 64 ? (unsigned)n : 64;
    if (k.high)
        look_at_high(p, &k);
    if (!k.n)
        return;
    const uint64_t all = below(k.n), other = all & ~(k.letters | k.numbers | k.spaces);
    k.letters &= all;
    k.numbers &= all;
    k.spaces &= all;
    k.newlines &= all;
    k.blanks &= all;
    const int fold = stage->pattern == HF_SCAN_LLAMA3;
    uint64_t starts = fold ? starts_llama3(&k, other, stage->digits) : starts_gpt2(&k, other);
    starts = add_contractions(starts, p, &k, fold);
    const uint64_t before = below(last_run(&k, other) + 1);
    const int letters = k.letters >> (k.n - 1) & 1;
    /* Where a contraction ends is known, too: letters after it are pieces of their own. */
    b->ends = starts & (letters ? all : before) & ~(uint64_t)1;
    b->inside = up_to_last(b->ends);
    if (letters)
        b->inside |= all & (~before | k.high);
    b->inside &= ~(uint64_t)1;
    b->han = k.han & k.han >> 3;
    b->beside = (k.high | k.high << 1) & ~k.inner & up_to_last(b->inside);
}
