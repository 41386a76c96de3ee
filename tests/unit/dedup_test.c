/* The parts of dedup against hand-made values, definitions and statistics. */
#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dedup/dedup_internal.h"
#include "tests/unit/at_end.h"
#include "weir/utf8.h"

static dedup_fold *fold;

static uint64_t rng_state = 20260101;
static uint64_t rng(void) // xorshift64*, Vigna 2016
{
    rng_state ^= rng_state >> 12;
    rng_state ^= rng_state << 25;
    rng_state ^= rng_state >> 27;
    return rng_state * 0x2545F4914F6CDD1D;
}

/* bands x rows as datasketch finds them. */
static void test_plan(void)
{
    static const struct {
        unsigned num_perm;
        double threshold;
        unsigned bands, rows;
    } want[] = {{64, .7, 8, 8},    {64, .8, 5, 11},   {112, .7, 12, 9},   {112, .75, 11, 10},
                {112, .8, 9, 12},  {128, .5, 25, 5},  {128, .7, 14, 9},   {128, .8, 9, 13},
                {128, .85, 8, 16}, {128, .9, 5, 25},  {240, .7, 24, 10},  {256, .5, 42, 6},
                {256, .7, 25, 10}, {256, .8, 17, 15}, {256, .85, 13, 19}, {256, .9, 9, 28}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        unsigned bands, rows;
        dedup_plan_choose(want[i].threshold, want[i].num_perm, &bands, &rows);
        assert(bands == want[i].bands && rows == want[i].rows);
    }
    struct weir_dedup_opt opt;
    struct dedup_plan p;
    struct weir_err err = {0};
    weir_dedup_opt_init(&opt);
    assert(!dedup_plan_init(&p, &opt, &err));
    assert(p.bands == 9 && p.rows == 13 && p.num_perm == 128);
    // 0.8 + 0.2 / 256 of 128 is 102.5: 103 equal values are enough, 102 are not.
    assert(p.min_matches == 103);
    assert(dedup_plan_estimate(&p, 128) == 1 && dedup_plan_estimate(&p, 0) == 0);
    assert(fabs(dedup_plan_estimate(&p, 64) - 127.0 / 255) < 1e-12);
    // 14 bands of 8 rows: .9235 at .8, .5645 at .7 with whole values; 8-bit values add a little.
    opt.bands = 14, opt.rows = 8;
    assert(!dedup_plan_init(&p, &opt, &err) && p.num_perm == 128);
    assert(dedup_plan_collide(&p, .8) > .9235 && dedup_plan_collide(&p, .8) < .9255);
    assert(dedup_plan_collide(&p, .7) > .5645 && dedup_plan_collide(&p, .7) < .5740);
    assert(dedup_plan_drop(&p, 1) == 1 && dedup_plan_drop(&p, .3) < 1e-12);
    opt.rows = 0;
    assert(dedup_plan_init(&p, &opt, &err) == WEIR_EUSAGE);
    opt.rows = 8, opt.num_perm = 100;
    assert(dedup_plan_init(&p, &opt, NULL) == WEIR_EUSAGE);
}

/* One band of two rows and no others: everything can be counted by hand. */
static void test_plan_drop(void)
{
    const struct dedup_plan p = {.bands = 1, .rows = 2, .num_perm = 3, .min_matches = 3};
    const double q = .5 + .5 / 256;
    assert(fabs(dedup_plan_drop(&p, .5) - q * q * q) < 1e-12);
    const struct dedup_plan any = {.bands = 2, .rows = 1, .num_perm = 2, .min_matches = 1};
    assert(fabs(dedup_plan_drop(&any, .5) - (1 - (1 - q) * (1 - q))) < 1e-12);
}

static void check_text(const char *s, size_t n, const char *want)
{
    struct dedup_text t;
    uint32_t c[DEDUP_BLOCK];
    char got[4 * DEDUP_BLOCK];
    size_t at = 0;
    dedup_text_init(&t, fold, weir_span(s, n));
    const size_t n_c = dedup_text_next(&t, c);
    for (size_t i = 0; i < n_c; i++)
        at += weir_utf8_encode(c[i], got + at);
    assert(at == strlen(want) && !memcmp(got, want, at));
    assert(!dedup_text_next(&t, c));
}
#define CHECK_TEXT(s, want) check_text("" s, sizeof(s) - 1, want)

static void test_normalize(void)
{
    CHECK_TEXT("", "");
    CHECK_TEXT(" \n\t ", "");
    CHECK_TEXT("  a \r\n b\t", "a b");
    CHECK_TEXT("a", "a");
    CHECK_TEXT("Ｈｅｌｌｏ　ＷＯＲＬＤ！", "hello world!"); // full width, ideographic space
    CHECK_TEXT("中文　\n 字。 ", "中文 字。");
    CHECK_TEXT("中 文", "中 文");
    CHECK_TEXT("\u3000中", "中");
    CHECK_TEXT("ﬁne Straße ①", "fine strasse 1");
    CHECK_TEXT("ﾊﾟ", "ハ\u309A");                 // half-width katakana, each code point alone
    CHECK_TEXT("a\u200Bb\uFEFFc\u00ADd", "abcd"); // default-ignorable
    CHECK_TEXT("ÀÉ", "àé");
    CHECK_TEXT("𐐀𝐀😀𠮷", "𐐨a😀𠮷"); // above U+FFFF: Deseret, mathematical, emoji, Han
    CHECK_TEXT("x\xFF\xE4\xB8", "x\uFFFD\uFFFD\uFFFD");
    CHECK_TEXT("\u00A8", "\u0308"); // becomes a space and a mark
    CHECK_TEXT("ﷺ", "صلى الله عليه وسلم");
    uint32_t c[DEDUP_BLOCK];
    struct dedup_text t;
    dedup_text_init(&t, fold, weir_span("a\0B", 3));
    assert(dedup_text_next(&t, c) == 3 && c[0] == 'a' && c[1] == 0 && c[2] == 'b');
}

/* Blocks must join without a trace, wherever they end. */
static void test_blocks(void)
{
    static char s[40000];
    static uint32_t got[40000];
    for (size_t pad = 0; pad < 40; pad++) {
        size_t n = 0, n_got = 0, n_block;
        memset(s, 'x', pad);
        for (n = pad; n < 20000; n += 10)
            memcpy(s + n, "A  \xE4\xB8\xAD b \n", 10);
        struct dedup_text t;
        dedup_text_init(&t, fold, weir_span(s, n));
        while ((n_block = dedup_text_next(&t, got + n_got)) > 0) {
            assert(n_block <= DEDUP_BLOCK);
            n_got += n_block;
        }
        const size_t n_groups = (n - pad) / 10;
        assert(n_got == pad + n_groups * 6 - 1); // "a 中 b " each, no space at the end
        for (size_t i = 0; i < n_got; i++)
            assert(got[i] ==
                   (i < pad ? 'x'
                            : (const uint32_t[]){'a', ' ', 0x4E2D, ' ', 'b', ' '}[(i - pad) % 6]));
    }
}

static size_t shingles(const char *s, enum dedup_unit unit, unsigned n, uint32_t *hash)
{
    static struct dedup_shingler sh;
    static uint32_t block[DEDUP_BLOCK];
    struct dedup_text t;
    size_t n_hash = 0, n_block;
    dedup_text_init(&t, fold, weir_span(s, strlen(s)));
    dedup_shingler_init(&sh, fold, unit, n);
    while ((n_block = dedup_text_next(&t, block)) > 0)
        n_hash += dedup_shingle_next(&sh, &t, block, n_block, hash + n_hash);
    return n_hash + dedup_shingle_next(&sh, &t, block, 0, hash + n_hash);
}

static void same_shingles(const char *a, const char *b, enum dedup_unit unit, size_t n)
{
    uint32_t x[100], y[100];
    assert(shingles(a, unit, 5, x) == n && shingles(b, unit, 5, y) == n);
    assert(!memcmp(x, y, n * sizeof *x));
}

static void test_shingle(void)
{
    uint32_t x[100], y[100];
    same_shingles("你好，世界啊", "你好 世界“啊”！", DEDUP_CHAR, 1);
    same_shingles("你好世界啊吗", "「你好」世界啊吗", DEDUP_CHAR, 2);
    same_shingles("The quick, brown-fox jumps", "the QUICK brown fox (jumps).", DEDUP_WORD, 1);
    same_shingles("用Linux内核编程", "用 Linux 内 核 编 程", DEDUP_WORD, 2);
    assert(shingles("四个字符", DEDUP_CHAR, 5, x) == 0);
    assert(shingles("only four words here", DEDUP_WORD, 5, x) == 0);
    assert(shingles("", DEDUP_WORD, 1, x) == 0);
    assert(shingles("a b a b a", DEDUP_WORD, 2, x) == 4 && x[0] == x[2] && x[1] == x[3] &&
           x[0] != x[1]);
    assert(shingles("ab cd", DEDUP_WORD, 1, x) == 2 && shingles("abcd", DEDUP_WORD, 1, y) == 1);
    assert(x[0] != y[0] && x[1] != y[0]);
    assert(dedup_unit_for(WEIR_LIT("这是中文，with some English")) == DEDUP_CHAR);
    assert(dedup_unit_for(WEIR_LIT("English with one 字 in it")) == DEDUP_WORD);
    assert(dedup_unit_for(WEIR_LIT("")) == DEDUP_WORD);
    struct dedup_rule r;
    struct weir_err err = {0};
    assert(!dedup_rule_parse("auto", &r, &err) && r.unit == DEDUP_AUTO && r.n == 5);
    assert(!dedup_rule_parse("char:13", &r, &err) && r.unit == DEDUP_CHAR && r.n == 13);
    assert(!dedup_rule_parse("word:1", &r, &err) && r.unit == DEDUP_WORD && r.n == 1);
    static const char *const bad[] = {
        "",        "char",   "char:",   "char:0",  "char:65",
        "char:5x", "line:5", "char:-1", "char: 5", "word:99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert(dedup_rule_parse(bad[i], &r, NULL) == WEIR_EUSAGE);
}

static int by_value(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Over several blocks: as many different hashes as there are different pairs of letters in a row.
 */
static void test_shingle_blocks(void)
{
    static char s[30001];
    static uint32_t hash[30001];
    static char seen[26 * 26];
    size_t n_pairs = 0, n_distinct = 0;
    for (size_t i = 0; i < 30000; i++)
        s[i] = (char)('a' + rng() % 26);
    for (size_t i = 0; i + 1 < 30000; i++) {
        char *p = &seen[(s[i] - 'a') * 26 + s[i + 1] - 'a'];
        n_pairs += !*p;
        *p = 1;
    }
    assert(shingles(s, DEDUP_CHAR, 2, hash) == 29999);
    qsort(hash, 29999, sizeof *hash, by_value);
    for (size_t i = 0; i < 29999; i++)
        n_distinct += !i || hash[i] != hash[i - 1];
    assert(n_distinct == n_pairs);
}

/* Every way to hash the same units gives the same, in blocks of any length. */
static void test_hashers(void)
{
    static const char *const names[] = {"avx2", "avx512"};
    static const unsigned lengths[] = {1, 3, 5, 8, DEDUP_MAX_SHINGLE};
    static struct dedup_shingler a, b;
    static const struct dedup_text by_code; // units from the code points alone
    static uint32_t want[DEDUP_BLOCK + 1], got[DEDUP_BLOCK + 1], text[DEDUP_BLOCK];
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            if (!dedup_shingle_hasher(names[k]))
                continue;
            dedup_shingler_init(&a, fold, DEDUP_CHAR, lengths[l]);
            dedup_shingler_init(&b, fold, DEDUP_CHAR, lengths[l]);
            a.hasher = dedup_hash_scalar;
            b.hasher = dedup_shingle_hasher(names[k]);
            for (int block = 0; block < 60; block++) {
                const size_t n = block % 3 ? rng() % 20 : rng() % DEDUP_BLOCK;
                for (size_t i = 0; i < n; i++)
                    text[i] =
                        rng() % 6 ? 0x4E00 + rng() % 0x5200 : 0x3002; // of marks none is a unit
                const size_t n_want = dedup_shingle_next(&a, &by_code, text, n, want);
                assert(dedup_shingle_next(&b, &by_code, text, n, got) == n_want);
                assert(!memcmp(want, got, n_want * sizeof *want));
            }
        }
}

/* Runs of Han characters, at all lengths and beside everything else: a text of a character is too
 * short for vectors, so it says what each becomes. */
static void test_han(void)
{
    static const char *const piece[] = {"\xE4\xB8\x80",     "\xE9\xBF\xBF",
                                        "\xE6\xB2\xB3",     "\xE5\xA0\xB0",
                                        "\xE3\x80\x82",     "\xEF\xBC\x8C",
                                        "\xEA\x80\x80",     "\xE4\xB7\xBF",
                                        "\xED\xA0\x80",     "\xE0\xA4\x95",
                                        "\xF0\xA0\x80\x80", "\xE6\xB2",
                                        "\xC3\xA9",         "A",
                                        "\xEF\xAC\x80",     "\xE6"};
    static char s[4 * 400 + 1];
    static uint32_t want[DEDUP_BLOCK], got[DEDUP_BLOCK];
    char *const end = (char *)room_to_end(sizeof s);
    struct dedup_text t;
    for (int round = 0; round < 2000; round++) {
        size_t n = 0, n_want = 0, n_got = 0, k;
        for (size_t i = 0, most = rng() % 400; i < most; i++) {
            const char *p = piece[rng() % 8 ? rng() % 4 : rng() % 16];
            memcpy(s + n, p, strlen(p));
            dedup_text_init(&t, fold, weir_span(p, strlen(p)));
            n += strlen(p);
            while ((k = dedup_text_next(&t, want + n_want)) > 0)
                n_want += k;
        }
        memcpy(end - n, s, n);
        dedup_text_init(&t, fold, weir_span(end - n, n));
        while ((k = dedup_text_next(&t, got + n_got)) > 0)
            n_got += k;
        assert(n_got == n_want && !memcmp(want, got, n_got * sizeof *got));
    }
}

static void test_kernels(void)
{
    static const char *const names[] = {"scalar", "avx2", "avx512"};
    static struct dedup_perms p;
    uint32_t x[100], min[DEDUP_MAX_PERM], want[DEDUP_MAX_PERM];
    for (size_t k = 0; k < 3; k++) {
        dedup_kernel *kernel = dedup_minhash_kernel(names[k]);
        for (int round = 0; kernel && round < 200; round++) {
            const size_t n_perm = 1 + rng() % DEDUP_MAX_PERM, n = rng() % 100;
            dedup_perms_init(&p, n_perm, rng());
            assert(p.n_lanes >= n_perm && p.n_lanes % DEDUP_LANES == 0);
            for (size_t i = 0; i < n; i++)
                x[i] = (uint32_t)rng();
            for (size_t j = 0; j < p.n_lanes; j++) {
                want[j] = UINT32_MAX;
                for (size_t i = 0; i < n; i++)
                    if ((x[i] ^ p.key[j % 16]) * p.mul[j] < want[j])
                        want[j] = (x[i] ^ p.key[j % 16]) * p.mul[j];
            }
            dedup_minhash_start(min, p.n_lanes);
            kernel(p.key, p.mul, min, p.n_lanes, x, n / 2);
            kernel(p.key, p.mul, min, p.n_lanes, x + n / 2, n - n / 2);
            assert(!memcmp(min, want, p.n_lanes * sizeof *min));
        }
    }
    assert(dedup_minhash_best());
    uint8_t a[5] = {1, 2, 3, 4, 5}, b[5] = {1, 0, 3, 0, 5};
    assert(dedup_sig_matches(a, b, 5) == 3);
    for (int round = 0; round < 2000; round++) {
        uint8_t s[DEDUP_MAX_PERM], t[DEDUP_MAX_PERM];
        const size_t n = round < 10 ? DEDUP_MAX_PERM : rng() % DEDUP_MAX_PERM;
        size_t matches = 0;
        for (size_t i = 0; i < n; i++) {
            s[i] = (uint8_t)(rng() >> 60);
            t[i] = round < 5 ? s[i] : (uint8_t)(s[i] ^ (rng() >> 62 << (rng() >> 61)));
            matches += s[i] == t[i];
        }
        assert(dedup_sig_matches(s, t, n) == matches);
    }
}

enum { UNION = 300 };

static void sign_set(const struct dedup_perms *p, const uint32_t *x, size_t n, uint8_t *sig)
{
    uint32_t min[DEDUP_MAX_PERM];
    dedup_minhash_start(min, p->n_lanes);
    dedup_minhash_best()(p->key, p->mul, min, p->n_lanes, x, n);
    dedup_minhash_fold(min, 128, sig);
}

/* Two random sets of similarity n_common / UNION: signatures of both. */
static void random_pair(const struct dedup_perms *p, size_t n_common, uint8_t *a, uint8_t *b)
{
    uint32_t x[UNION];
    for (size_t i = 0; i < UNION; i++)
        x[i] = (uint32_t)rng();
    const size_t half = (UNION - n_common) / 2;
    sign_set(p, x, n_common + half, a);
    memmove(x + n_common, x + n_common + half, (UNION - n_common - half) * sizeof *x);
    sign_set(p, x, UNION - half, b);
}

static void check_rate(double n, double trials, double p)
{
    assert(fabs(n - trials * p) <= 4.5 * sqrt(trials * p * (1 - p)) + 1e-6);
}

/* Collisions, verdicts and estimates of pairs with known similarity, through the real index. */
static void test_curve(void)
{
    enum { TRIALS = 3000 };
    static struct dedup_perms perms;
    struct weir_dedup_opt opt;
    struct dedup_plan p, collide;
    struct weir_err err = {0};
    weir_dedup_opt_init(&opt);
    opt.near = 1;
    assert(!dedup_plan_init(&p, &opt, &err));
    dedup_perms_init(&perms, p.num_perm, 1);
    collide = p;
    collide.min_matches = 0;
    for (size_t n_common = 60; n_common <= 285; n_common += 15) {
        const double j = (double)n_common / UNION, q = j + (1 - j) / 256;
        double n_collide = 0, n_drop = 0, sum = 0, squares = 0;
        dedup_index *drop_ix = dedup_index_new(&p, 8 << 20, ".", &err);
        dedup_index *all_ix = dedup_index_new(&collide, 8 << 20, ".", &err);
        for (int i = 0; i < TRIALS; i++) {
            uint8_t a[128], b[128];
            struct dedup_twin twin;
            uint8_t crowd[64] = {0};
            random_pair(&perms, n_common, a, b);
            const struct dedup_key ka = {.sig = a}, kb = {.sig = b};
            assert(!dedup_index_add(drop_ix, &ka, crowd, &err) &&
                   !dedup_index_add(all_ix, &ka, crowd, &err));
            n_drop += dedup_index_find(drop_ix, &kb, &twin, crowd, &err) == DEDUP_NEAR;
            n_collide += dedup_index_find(all_ix, &kb, &twin, crowd, &err) == DEDUP_NEAR;
            const double m = (double)dedup_sig_matches(a, b, 128);
            sum += m;
            squares += (m - 128 * q) * (m - 128 * q);
        }
        dedup_index_free(drop_ix);
        dedup_index_free(all_ix);
        const double variance = 128 * q * (1 - q);
        assert(fabs(sum / TRIALS - 128 * q) < 4.5 * sqrt(variance / TRIALS));
        // Of a variance over n trials the relative standard error is about sqrt(2 / n).
        assert(fabs(squares / TRIALS / variance - 1) < 4.5 * sqrt(2.0 / TRIALS));
        check_rate(n_collide, TRIALS, dedup_plan_collide(&p, j));
        check_rate(n_drop, TRIALS, dedup_plan_drop(&p, j));
    }
}

int main(void)
{
    struct weir_err err = {0};
    fold = dedup_fold_new(&err);
    assert(fold);
    test_plan();
    test_plan_drop();
    test_normalize();
    test_blocks();
    test_shingle();
    test_shingle_blocks();
    test_hashers();
    test_han();
    test_kernels();
    test_curve();
    dedup_fold_free(fold);
    return 0;
}
