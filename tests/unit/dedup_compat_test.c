/* Compatible signatures: test vectors of the other tools, kernels against the definition. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_compat.h"
#include "lib/xxh.h"

static struct weir_err err;

/* The words of a text, each behind a bar; what simplify_text() and spaCy 3.8 give for it. */
static void expect_words(enum dedup_words_rule rule, const char *text, const char *want)
{
    static dedup_simple *simple;
    if (!simple)
        simple = dedup_simple_new(DEDUP_DATATROVE, &err);
    dedup_words *w = dedup_words_new(rule, &err);
    struct dedup_simple_text t = {0};
    struct weir_span chunk;
    const struct weir_span *words;
    struct weir_buf got = {0};
    assert(simple && w);
    dedup_simple_start(&t, simple, weir_span(text, strlen(text)));
    while (dedup_simple_next(&t, &chunk)) {
        const int64_t n = dedup_words_of(w, chunk, t.marks, &words);
        for (int64_t i = 0; i < n; i++) {
            weir_buf_addc(&got, '|');
            weir_buf_add(&got, words[i].p, words[i].n);
        }
    }
    assert(weir_span_is(weir_buf_span(&got), want));
    weir_buf_free(&got);
    weir_buf_free(&t.chunk);
    dedup_words_free(w);
}

static void test_words(void)
{
    const enum dedup_words_rule en = DEDUP_WORDS_ENGLISH, chars = DEDUP_WORDS_CHARS;
    expect_words(en, "Hello,\tWORLD! 3.14 1,234,567 x", "|hello|world|0|0|0|x");
    expect_words(en, "He can\u2019t; he cannot; I'm, im, theyre",
                 "|he|can|t|he|can|not|i|m|i|m|they|re");
    expect_words(en, "\u00C9t\u00E9 \u0130stanbul \u039F\u0394\u039F\u03A3 \u03A3\u039F",
                 "|ete|istanbul|οδος|σο");
    expect_words(en, "12km 12\u20AC \u20AC12 \u00BFque? 5m\u00B2", "|0|km|0|€|€|0|¿|que|0|m²");
    expect_words(en, "a\u226Eb \u2018s x\u263Ay \u00B7\u00B7cant\u00B7",
                 "|a|<|b|‘s|x|☺|y|·|·|ca|nt|·");
    expect_words(en, "今天，天气好。１2", "|今天|天气好|0");
    expect_words(chars, "今天Abc好。x", "|今|天|abc|好|x");
    expect_words(chars, "", "");
}

/* reference/minhash.md, computed with numpy. */
static void test_perms(void)
{
    uint64_t a[1024], b[1024];
    dedup_perms64(a, b, 112, 1, DEDUP_COMPAT_DATATROVE);
    assert(a[0] == 775169054918279404 && a[1] == 1758426461858698313 && a[2] == 2109959069025162 &&
           a[3] == 965365488286768774 && a[111] == 223865076026037746);
    assert(b[0] == 1062448801025099917 && b[1] == 1324811268927594100 &&
           b[2] == 1217488311597731462 && b[3] == 100775521383383736 &&
           b[111] == 1097409548522419201);
    dedup_perms64(a, b, 3, 1, DEDUP_COMPAT_DATASKETCH);
    assert(a[0] == 775169054918279404 && b[0] == 1758426461858698312 && a[1] == 2109959069025162 &&
           b[1] == 965365488286768773 && a[2] == 401325382989534145 && b[2] == 1703346441743126657);
    assert(a[3] == 1 && b[3] == 0);
    dedup_perms64(a, b, 2, 42, DEDUP_COMPAT_DATASKETCH);
    assert(a[0] == 2297359619001564596 && b[0] == 1396682528897996046 &&
           a[1] == 1973689801170867272 && b[1] == 1819927849474927636);
}

static void test_signature(void)
{
    struct dedup_compat_rule rule = {DEDUP_COMPAT_DATATROVE,
                                     DEDUP_WORDS_ENGLISH,
                                     5,
                                     14,
                                     8,
                                     1,
                                     dedup_simple_new(DEDUP_DATATROVE, &err)};
    dedup_signer *s = dedup_signer_new(&rule, &err);
    const uint64_t *sig;
    assert(s && XXH64("a b c d e", 9, 0) == 10121740836305097868u);
    assert(dedup_signer_sign(s, WEIR_LIT("a B, c\nd e!"), &sig) == 1);
    assert(sig[0] == 608970002929154467 && sig[1] == 47158559598946917 &&
           sig[2] == 843810096883975682 && sig[3] == 2253112919500401664);
    assert(dedup_signer_sign(s, WEIR_LIT("a b c d"), &sig) == 0);
    dedup_signer_free(s);
    /* Longer than what is gathered at once: an n-gram far behind counts as one at the front. */
    struct weir_buf far = {0}, near = {0};
    for (int i = 0; i < 30000; i++)
        weir_buf_adds(&far, i < 29990 ? "aaa bbb " : "ccc ddd eee fff ggg ");
    for (int i = 0; i < 20; i++)
        weir_buf_adds(&near, i < 10 ? "aaa bbb " : "ccc ddd eee fff ggg ");
    uint64_t first[112];
    s = dedup_signer_new(&rule, &err);
    assert(dedup_signer_sign(s, weir_buf_span(&near), &sig) == 1);
    memcpy(first, sig, sizeof first);
    assert(dedup_signer_sign(s, weir_buf_span(&far), &sig) == 1 &&
           !memcmp(first, sig, sizeof first));
    weir_buf_free(&far);
    weir_buf_free(&near);
    dedup_signer_free(s);
    rule.n_gram = 65;
    assert(!dedup_signer_new(&rule, NULL));
    dedup_simple_free((dedup_simple *)rule.simple);
}

static uint64_t next(uint64_t *x) // xorshift64*, Vigna 2016
{
    *x ^= *x >> 12, *x ^= *x << 25, *x ^= *x >> 27;
    return *x * 0x2545F4914F6CDD1D;
}

static void test_kernels(void)
{
    enum { LANES = 120, N = 37 };
    static const char *const names[] = {"avx2", "avx512"};
    uint64_t a[LANES], b[LANES], x[N], want[LANES], got[LANES], seed = 7;
    for (size_t i = 0; i < LANES; i++)
        a[i] = next(&seed) & DEDUP_MERSENNE61, b[i] = next(&seed) & DEDUP_MERSENNE61;
    for (size_t i = 0; i < N; i++)
        x[i] = next(&seed);
    /* x * a + b = 2^61 - 1, whose remainder is 0; 2^64 - 1, whose remainder is 7. */
    a[0] = 1, b[0] = 0, x[0] = DEDUP_MERSENNE61, x[1] = UINT64_MAX;
    for (size_t mask = 0; mask < 2; mask++)
        for (size_t lanes = 8; lanes <= LANES; lanes += 8)
            for (size_t k = 0; k < 2; k++) {
                dedup_kernel64 *kernel = dedup_minhash64_kernel(names[k]);
                const uint64_t keep = mask ? UINT32_MAX : UINT64_MAX;
                memset(want, 0xFF, sizeof want);
                memset(got, 0xFF, sizeof got);
                dedup_minhash64_scalar(a, b, keep, want, lanes, x, 0);
                dedup_minhash64_scalar(a, b, keep, want, lanes, x, N);
                if (!kernel)
                    continue;
                kernel(a, b, keep, got, lanes, x, 0);
                kernel(a, b, keep, got, lanes, x + 1, N - 1);
                kernel(a, b, keep, got, lanes, x, 1);
                assert(!memcmp(want, got, sizeof want) && got[0] == 0);
            }
    assert(!dedup_minhash64_kernel("abacus") && dedup_minhash64_best());
}

int main(void)
{
    test_words();
    test_perms();
    test_signature();
    test_kernels();
    return 0;
}
