#include "infer/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double sample_uniform(struct sample_rng *r)
{
    uint64_t z = r->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

void sample_penalise(float *scores, const uint32_t *ids, size_t n, float penalty, uint64_t *seen)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t *word = &seen[ids[i] / 64], bit = (uint64_t)1 << ids[i] % 64;
        if (*word & bit)
            continue;
        *word |= bit;
        float *s = &scores[ids[i]];
        *s = *s < 0 ? *s * penalty : *s / penalty;
    }
    for (size_t i = 0; i < n; i++)
        seen[ids[i] / 64] = 0;
}

void sample_discourage(float *scores, const uint32_t *ids, size_t n, float presence,
                       float frequency, uint64_t *seen)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t *word = &seen[ids[i] / 64], bit = (uint64_t)1 << ids[i] % 64;
        scores[ids[i]] -= *word & bit ? frequency : frequency + presence;
        *word |= bit;
    }
    for (size_t i = 0; i < n; i++)
        seen[ids[i] / 64] = 0;
}

uint32_t sample_greedy(const float *scores, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (scores[i] > scores[best])
            best = i;
    return (uint32_t)best;
}

void sample_log_softmax(float *scores, size_t n)
{
    float top = -INFINITY;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        top = fmaxf(top, scores[i]);
    for (size_t i = 0; i < n; i++)
        sum += exp((double)scores[i] - top);
    const float less = top + (float)log(fmax(sum, 1)); // the largest alone is 1
    for (size_t i = 0; i < n; i++)
        scores[i] -= less;
}

/* 1 when a stands before b. */
static int better(const struct candidate *a, const struct candidate *b)
{
    return a->score != b->score ? a->score > b->score : a->id < b->id;
}

static int falling(const void *a, const void *b)
{
    return better(a, b) ? -1 : better(b, a);
}

/* Sinks c[at] in a heap whose top is the last of the best. */
static void sink(struct candidate *c, size_t n, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && better(&c[child], &c[child + 1]))
            child++;
        if (!better(&c[at], &c[child]))
            return;
        const struct candidate swap = c[at];
        c[at] = c[child];
        c[child] = swap;
    }
}

void sample_top(const float *scores, size_t n, size_t k, struct candidate *c)
{
    for (size_t i = 0; i < k; i++)
        c[i] = (struct candidate){scores[i], (uint32_t)i};
    for (size_t i = k / 2; i-- > 0;)
        sink(c, k, i);
    for (size_t i = k; k && i < n; i++)
        if (scores[i] > c[0].score) { // an equal one comes later, and loses
            c[0] = (struct candidate){scores[i], (uint32_t)i};
            sink(c, k, 0);
        }
    qsort(c, k, sizeof *c, falling);
}

/* The bits of a float in an order that falls as it rises; 0 and -0 are equal. */
static uint32_t falling_bits(float score)
{
    uint32_t bits;
    score += 0.0f;
    memcpy(&bits, &score, sizeof bits);
    return bits & 0x80000000u ? bits : bits ^ 0x7FFFFFFFu;
}

enum { DIGIT = 11, DIGITS = 1 << DIGIT, PASSES = 3, FEW = 256 };

/* Falling scores of candidates whose ids rise: a vocabulary takes longer to sort by comparing than
 * a small model's step takes.  Radix sort, the lowest digit first, which leaves equals in place. */
static void sort_rising_ids(struct candidate *c, size_t n, struct candidate *spare)
{
    static const unsigned shift[PASSES] = {0, DIGIT, 2 * DIGIT};
    uint32_t at[PASSES][DIGITS] = {{0}};
    struct candidate *from = c, *to = spare;
    if (n <= FEW) {
        qsort(c, n, sizeof *c, falling);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (int p = 0; p < PASSES; p++)
            at[p][falling_bits(c[i].score) >> shift[p] & (DIGITS - 1)]++;
    for (int p = 0; p < PASSES; p++) {
        uint32_t sum = 0;
        for (size_t d = 0; d < DIGITS; d++) {
            const uint32_t count = at[p][d];
            at[p][d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            to[at[p][falling_bits(from[i].score) >> shift[p] & (DIGITS - 1)]++] = from[i];
        struct candidate *swap = from;
        from = to;
        to = swap;
    }
    memcpy(c, from, n * sizeof *c); // after an odd number of passes it lies in spare
}

/* Candidates that score at least as high as the k-th. */
static size_t keep_top_k(const float *scores, size_t n, size_t k, struct candidate *c,
                         struct candidate *spare)
{
    float least = -INFINITY;
    size_t kept = 0;
    if (k < n) {
        sample_top(scores, n, k, c);
        least = c[k - 1].score;
    }
    for (size_t i = 0; i < n; i++)
        if (k == n || scores[i] >= least)
            c[kept++] = (struct candidate){scores[i], (uint32_t)i};
    sort_rising_ids(c, kept, spare);
    return kept;
}

/* Leaves out the last ones whose mass together is at most 1 - p. */
static size_t keep_top_p(const struct candidate *c, size_t n, float p, size_t least)
{
    double sum = 0, tail = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp((double)c[i].score - c[0].score);
    while (n > least) {
        tail += exp((double)c[n - 1].score - c[0].score) / sum;
        if (tail > 1 - (double)p)
            break;
        n--;
    }
    return n;
}

size_t sample_warp(const float *scores, size_t n, const struct sample_opt *opt, struct candidate *c,
                   struct candidate *spare)
{
    size_t k = opt->top_k && opt->top_k < n ? opt->top_k : n;
    if (k < opt->least)
        k = opt->least < n ? opt->least : n;
    /* Dividing by the temperature keeps the order: it can wait until the few are left. */
    size_t kept = keep_top_k(scores, n, k, c, spare);
    for (size_t i = 0; i < kept; i++)
        c[i].score /= opt->temperature;
    return opt->top_p < 1 ? keep_top_p(c, kept, opt->top_p, opt->least) : kept;
}

size_t sample_draw(const struct candidate *c, size_t n, struct sample_rng *r)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += exp((double)c[i].score - c[0].score);
    double at = sample_uniform(r) * sum;
    for (size_t i = 0; i + 1 < n; i++)
        if ((at -= exp((double)c[i].score - c[0].score)) < 0)
            return i;
    return n - 1;
}

size_t sample_without_replacement(struct candidate *c, size_t n, size_t want, struct sample_rng *r)
{
    if (want > n)
        want = n;
    qsort(c, n, sizeof *c, falling);
    for (size_t i = 0; i < want; i++) {
        const size_t at = i + sample_draw(c + i, n - i, r);
        const struct candidate drawn = c[at];
        memmove(&c[i + 1], &c[i], (at - i) * sizeof *c); // the rest stays sorted
        c[i] = drawn;
    }
    qsort(c, want, sizeof *c, falling);
    return want;
}
