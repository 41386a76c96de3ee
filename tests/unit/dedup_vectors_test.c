/* Texts, units and shingles by vectors against the same code point by code point. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dedup/dedup_internal.h"
#include "tests/unit/at_end.h"
#include "weir/utf8.h"

static dedup_fold *fold;

static uint64_t rng_state = 20261129;
static uint64_t rng(void) // xorshift64*, Vigna 2016
{
    rng_state ^= rng_state >> 12;
    rng_state ^= rng_state << 25;
    rng_state ^= rng_state >> 27;
    return rng_state * 0x2545F4914F6CDD1D;
}

/* Code points and shingles of a text, by vectors where there are some or without. */
struct made {
    size_t n_text, n_hash;
    uint32_t text[400000], hash[400000];
};

static void make(struct made *m, struct weir_span s, enum dedup_unit unit, int vectors)
{
    static struct dedup_shingler sh;
    struct dedup_text t;
    size_t n;
    m->n_text = m->n_hash = 0;
    dedup_text_init(&t, fold, s);
    dedup_shingler_init(&sh, fold, unit, 5);
    if (!vectors)
        t.blocks = NULL;
    do {
        n = dedup_text_next(&t, m->text + m->n_text);
        m->n_hash += dedup_shingle_next(&sh, &t, m->text + m->n_text, n, m->hash + m->n_hash);
        m->n_text += n;
    } while (n);
}

static void same_without_vectors(struct weir_span s)
{
    static struct made with, without;
    assert(dedup_unit_for(s) == dedup_unit_scalar(s));
    for (int unit = DEDUP_CHAR; unit <= DEDUP_WORD; unit++) {
        make(&with, s, (enum dedup_unit)unit, 1);
        make(&without, s, (enum dedup_unit)unit, 0);
        assert(with.n_text == without.n_text && with.n_hash == without.n_hash);
        assert(!memcmp(with.text, without.text, with.n_text * sizeof *with.text));
        assert(!memcmp(with.hash, without.hash, with.n_hash * sizeof *with.hash));
    }
}

static size_t put_utf8(char *to, uint32_t c) // surrogates too, which are not valid
{
    if (c >= 0x10000 || c < 0x800)
        return weir_utf8_encode(c, to);
    to[0] = (char)(0xE0 | c >> 12);
    to[1] = (char)(0x80 | (c >> 6 & 0x3F));
    to[2] = (char)(0x80 | (c & 0x3F));
    return 3;
}

/* A text of pieces of some kind. */
static size_t some_text(char *to, size_t most)
{
    static const char *const odd[] = {
        "\xC0\x80",         "\xE0\x80\x80", "\xE4\xB8",     "\xC3",     "\x80",
        "\xF0\x9F\x98\x80", "\xF5",         "\xED\xBF\xBF", "\xF0\x9F", "\xE2\x80\xA6",
        "\xE3\x80\x80",     "  ",           "\xC2\xA0",     "\xFF",     "\xEF\xBF\xBF",
        "\xE2\x80\x8B"};
    size_t n = 0;
    unsigned kind = rng() % 6, rare = 1 + rng() % 40;
    while (n + 4 < most) {
        if (rng() % rare == 0) {
            const char *p = odd[rng() % (sizeof odd / sizeof *odd)];
            memcpy(to + n, p, strlen(p));
            n += strlen(p);
        }
        if (rng() % 60 == 0)
            kind = rng() % 6;
        if (n + 4 >= most)
            break;
        if (kind < 2)
            to[n++] = rng() % 5 ? (char)('A' + rng() % 58) : " \t\n,.19"[rng() % 7];
        else if (kind < 4)
            n += put_utf8(to + n,
                          rng() % 8 ? 0x4E00 + rng() % 0x5200
                                    : (uint32_t[]){0x3002, 0xFF0C, 0x201C, 0xFF21, ' '}[rng() % 5]);
        else if (kind == 4)
            n += put_utf8(to + n, 0x80 + rng() % 0x780);
        else
            n += put_utf8(to + n, rng() % 0x10000);
    }
    return n;
}

static void test_vectors(void)
{
    static char all[4 * 0x11000];
    size_t n = 0;
    for (uint32_t c = 0; c < 0x11000; c++)
        n += put_utf8(all + n, c);
    same_without_vectors(weir_span(all, n));
    enum { MOST = 30000 };
    char *const end = (char *)room_to_end(MOST), *const text = (char *)malloc(MOST);
    assert(text);
    for (int round = 0; round < 3000; round++) {
        n = some_text(text, round % 50 ? 5 + rng() % 400 : MOST);
        memcpy(end - n, text, n);
        same_without_vectors(weir_span(end - n, n));
    }
    for (int round = 0; round < 2000; round++) { // any bytes
        n = rng() % 200;
        for (size_t i = 0; i < n; i++)
            end[-1 - (ptrdiff_t)i] = (char)(rng() % 3 ? rng() | 0x80 : rng());
        same_without_vectors(weir_span(end - n, n));
    }
    free(text);
}

int main(void)
{
    struct weir_err err = {0};
    if (!weir_has_avx512()) {
        puts("no AVX-512 here: there is one way only");
        return 77;
    }
    fold = dedup_fold_new(&err);
    assert(fold);
    test_vectors();
    dedup_fold_free(fold);
    return 0;
}
