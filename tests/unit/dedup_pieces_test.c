/* Cutting texts into pieces, and n-grams, by hand. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "dedup/dedup_cut.h"
#include "dedup/dedup_grams.h"

static struct weir_err err;
static dedup_simple *ccnet, *datatrove;

/* SHA-1 of the normalised line, by sha1sum; first 8 bytes, first byte lowest. */
static void test_line_hash(void)
{
    const struct dedup_cut_rule rule = {.simple = ccnet};
    struct dedup_cutter c = {.rule = &rule};
    const uint64_t want = dedup_line_hash(&c, WEIR_LIT("hello world 00"));
    /* printf 'hello world 00' | sha1sum: 9501fe5f5cbc108a… */
    static const uint8_t sha[8] = {0x95, 0x01, 0xfe, 0x5f, 0x5c, 0xbc, 0x10, 0x8a};
    uint64_t first;
    memcpy(&first, sha, 8);
    assert(want == first);
    assert(dedup_line_hash(&c, WEIR_LIT("  Hello\x01 WORLD\xEF\xBC\x8C 12\t")) == want);
    assert(dedup_line_hash(&c, WEIR_LIT("\xEF\xBC\xA8"
                                        "ello world 00")) != want);  // width is not folded
    assert(dedup_line_hash(&c, WEIR_LIT("hello world.00")) != want); // ASCII marks stay
    assert(dedup_line_hash(&c, WEIR_LIT(" \xE3\x80\x82\xE2\x80\xA6 ")) == 0);
    assert(dedup_line_hash(&c, WEIR_LIT("")) == 0);
    dedup_cutter_free(&c);
}

static void expect_left(const struct dedup_cut_rule *rule, const char *text, uint32_t from,
                        uint32_t to, const char *want)
{
    struct dedup_cutter c = {.rule = rule};
    struct weir_buf left = {0};
    uint32_t gone[8];
    size_t n = 0;
    const struct weir_span s = weir_span(text, strlen(text));
    for (uint32_t i = from; i < to; i++)
        gone[n++] = i;
    assert(!dedup_cut(&c, s, WEIR_SENTENCE_EN, 0));
    assert(!dedup_cut_remove(&c, s, gone, n, &left));
    size_t bytes = left.n;
    for (size_t i = 0; i < c.n_gone; i++)
        bytes += c.gone[i].to - c.gone[i].from;
    assert(bytes == s.n && weir_span_is(weir_buf_span(&left), want));
    weir_buf_free(&left);
    dedup_cutter_free(&c);
}

static void test_remove(void)
{
    const struct dedup_cut_rule lines = {.simple = ccnet};
    const struct dedup_cut_rule spans = {.n_sentences = 2, .simple = datatrove};
    expect_left(&lines, "a\n\nb\nc\n", 0, 1, "b\nc\n");
    expect_left(&lines, "a\n\nb\nc\n", 1, 2, "a\n\nc\n");
    expect_left(&lines, "a\n\nb\nc\n", 1, 3, "a\n\n");
    expect_left(&lines, "a\nb\nc", 2, 3, "a\nb");
    expect_left(&lines, "a\nb\nc", 1, 3, "a");
    expect_left(&lines, "a\nb\nc", 0, 3, "");
    expect_left(&lines, "\n\na\nb", 1, 2, "\n\nb"); // blank lines in front are piece 0
    expect_left(&lines, "a\nb", 0, 0, "a\nb");
    expect_left(&spans, "One is. Two is. Three is. Four is.", 1, 2, "One is. Four is.");
    expect_left(&spans, "One is. Two is. Three is. Four is.", 0, 3, "");
}

static void test_marks(void)
{
    const struct dedup_cut_rule spans = {.n_sentences = 3, .simple = datatrove};
    struct dedup_cutter a = {.rule = &spans}, b = {.rule = &spans};
    assert(!dedup_cut(&a, WEIR_LIT("One is. Two is. Three is. Four is."), WEIR_SENTENCE_EN, 1));
    assert(a.n_piece == 4 && a.n_mark == 2 && a.mark[0].piece == 0 && a.mark[1].piece == 1);
    assert(!dedup_cut(&b, WEIR_LIT("TWO is!\nThree is?  Four is"), WEIR_SENTENCE_EN, 1));
    assert(b.n_mark == 1 && b.mark[0].hash == a.mark[1].hash);
    assert(!dedup_cut(&b, WEIR_LIT("!!! \n\n??? \n\n... \n"), WEIR_SENTENCE_EN, 1) && !b.n_mark);
    assert(!dedup_cut(&b, WEIR_LIT(""), WEIR_SENTENCE_EN, 1) && !b.n_mark && !b.n_piece);
    dedup_cutter_free(&a);
    dedup_cutter_free(&b);
}

struct seen {
    size_t n;
    char text[16][64];
    uint64_t end[16];
};

static void see(void *ctx, const struct dedup_gram *g)
{
    struct seen *s = ctx;
    struct weir_buf b = {0};
    dedup_gram_show(&b, g->text);
    weir_buf_addc(&b, '\0');
    assert(s->n < 16 && b.n <= 64);
    memcpy(s->text[s->n], b.p, b.n);
    s->end[s->n++] = g->end_unit;
    weir_buf_free(&b);
}

/* n-grams of 2 words or 3 characters: a word weighs 3, a character 2, 6 are enough. */
static void test_grams(void)
{
    const struct dedup_gram_rule rule = {2, 3, datatrove};
    dedup_grams *g = dedup_grams_new(&rule, &err);
    struct seen s = {0};
    dedup_grams_start(g);
    assert(dedup_grams_add(g, WEIR_LIT("One, two 天地玄"), see, &s) == 5);
    assert(dedup_grams_add(g, WEIR_LIT("x y."), see, &s) == 7);
    static const char *const want[] = {"one two", "two 天地", "天地玄", "地玄 x", "玄 x y", "x y"};
    static const uint64_t end[] = {1, 3, 4, 5, 6, 6};
    assert(s.n == 6);
    for (size_t i = 0; i < s.n; i++)
        assert(!strcmp(s.text[i], want[i]) && s.end[i] == end[i]);
    dedup_grams_free(g);
}

static void test_table(void)
{
    struct dedup_gram_table t;
    assert(!dedup_gram_table_init(&t, 200000));
    int rc = 1;
    uint32_t n = 0;
    while ((rc = dedup_gram_table_add(&t, (uint64_t)(n + 1) << 40, n + 1)) == 1)
        n++;
    assert(rc == WEIR_EMEM && n == 4096); // 8,192 slots of 12 bytes, half full; no room to double
    for (uint32_t i = 0; i < n; i++)
        assert(dedup_gram_table_find(&t, (uint64_t)(i + 1) << 40) == i + 1);
    assert(!dedup_gram_table_find(&t, 7) && !dedup_gram_table_find(&t, 0));
    assert(dedup_gram_table_add(&t, (uint64_t)5 << 40, 9) < 1);
    dedup_gram_table_free(&t);
}

int main(void)
{
    ccnet = dedup_simple_new(DEDUP_CCNET, &err);
    datatrove = dedup_simple_new(DEDUP_DATATROVE, &err);
    assert(ccnet && datatrove);
    test_line_hash();
    test_remove();
    test_marks();
    test_grams();
    test_table();
    dedup_simple_free(ccnet);
    dedup_simple_free(datatrove);
    return 0;
}
