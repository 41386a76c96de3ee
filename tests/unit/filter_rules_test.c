/* Every rule's value on small texts, worked out by hand. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "filters/filter.h"
#include "filters/filter_run.h"

static struct filter_doc d;
static struct weir_doc doc;

static const struct filter_rule *rule_of(const char *name)
{
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++)
            if (!strcmp(r->name, name))
                return r;
    fprintf(stderr, "no rule %s\n", name);
    return NULL;
}

static double value(const char *name, const char *text)
{
    const struct filter_rule *r = rule_of(name);
    assert(r && r->measure);
    filter_doc_set(&d, weir_span(text, strlen(text)));
    doc.text = d.text;
    d.doc = &doc;
    d.scheme = FILTER_WORDS_EN;
    const double v = r->measure(&d, r->arg);
    assert(!d.failed);
    return v;
}

static void is(const char *name, const char *text, double expected)
{
    const double v = value(name, text);
    if (!(fabs(v - expected) < 1e-9))
        fprintf(stderr, "%s: %.12g, expected %.12g: %s\n", name, v, expected, text);
    assert(fabs(v - expected) < 1e-9);
    /* A value at the limit passes, at the next number beyond it does not. */
    const struct filter_rule *r = rule_of(name);
    assert(filter_is_document_rule(r));
    struct filter_check c = {.rule = r, .limit = v};
    assert(!filter_fails(&c, v));
    c.limit = nextafter(v, r->kind == FILTER_MIN ? INFINITY : -INFINITY);
    assert(filter_fails(&c, v));
}

static void shares(void)
{
    is("chars-min", "汉字 ab", 5);
    is("han-min", "汉字 ab", 2 / 4.);
    is("han-min", "", 0);
    is("letters-min", "汉字 1b", 3 / 4.);
    is("digits-max", "a1 ２b", 2 / 4.);
    is("punctuation-min", "好，a.", 2 / 4.);
    is("pauses-min", "床前\n明月，光\n", 3 / 6.);
    is("symbols-max", "$a+ b", 2 / 4.);
    is("garbled-max", "好\xEF\xBF\xBD", 1 / 2.);
    is("spaces-max", "a b\n", 2 / 4.);
    is("alphabetic-min", "a b1", 2 / 4.);
    is("alphanumeric-min", "a b1", 3 / 4.);
}

static void lines(void)
{
    is("lines-min", "a\n\nb\n", 3);
    is("line-mean-max", "abc\n\nabc", 2);
    is("line-longest-max", "汉字好\nab", 3);
    is("bullet-lines-max", "- a\nb\n", 1 / 2.);
    is("page-bullet-lines-max", "- a\n- b\n- c\n- d\ne", 4 / 5.);
    assert(isnan(value("page-ellipsis-lines-max", "a\nb\nc\n忘了……")));
    is("page-ellipsis-lines-max", "a\nb\nc\n\n忘了……", 1 / 5.);
    is("ellipsis-lines-max", "a…\nb...\nc\nd", 2 / 4.);
    is("zh-line-ends-min", "好。\n好\n“好？”\n\n", 2 / 3.);
    is("line-ends-min", "好。\n好\n“好？”\n\n", 1 / 3.);
    is("short-lines-max", "short\n0123456789012345678901234567890\n", 1 / 2.);
    is("dup-lines-max", "a\na\nb\na", 2 / 4.);
    is("dup-line-chars-max", "ab\nab\nc", 2 / 7.);
    is("dup-paragraphs-max", "a\n\na\n\n\nb", 1 / 3.);
    is("dup-paragraph-chars-max", "a\n\na\n\n\nb", 1 / 8.);
    is("dup-full-line-chars-max", "ab\nab\n", 2 / 4.);
    is("newlines-per-word-max", "a b\nc d\n", 2 / 4.);
}

static void grams(void)
{
    is("dup-13-chars-max", "一二三四五六七八九十甲乙丙一二三四五六七八九十甲乙丙", 1 / 14.);
    is("top-2-gram-max", "a b a b", 2 * 3 / 7.); // "a b", twice
    is("top-3-gram-max", "a b c a b c", 2 * 5 / 11.);
    is("top-4-gram-max", "a b c d", 1.);
    is("dup-5-gram-max", "a b c d e a b c d e", 5 / 19.);
    is("dup-10-gram-max", "a b c d e a b c d e", 0);
    /* Five 5-grams start before the second round, the sixth is the first again. */
    is("dolma-5-gram-max", "a b c d e a b c d e", 10 / 30.);
}

static void gopher(void)
{
    is("words-min", "one , two . 3 x", 4);
    is("word-length-min", "one , three .", 4);
    is("hashes-per-word-max", "# a # b", 2 / 4.);
    is("ellipses-per-word-max", "a ... b …", 2 / 4.);
    is("alphabetic-words-min", "a 1 b ,", 2 / 4.);
    is("stop-words-min", "the cat and the dog", 2);
    is("zh-stop-words-min", "我 的 书 是 他 的", 3); // 的 是 他
}

static void code(void)
{
    doc.code_lang = WEIR_LIT("Python");
    is("code-comments-min", "# ab\nx = 'a#b'\n\"\"\"doc\"\"\"\n", 12 / 19.);
    is("code-xml-header-max", "<?xml version=\"1.0\"?>", 1);
    is("code-xml-header-max", "x", 0);
    assert(isnan(value("code-data-chars-min", "{}")));
    assert(isnan(value("code-html-text-min", "<p>")));
    doc.code_lang = WEIR_LIT("C");
    is("code-comments-min", "int a; // b\n/* c */ char *s = \"/*\";", 8 / 25.);
    doc.code_lang = WEIR_LIT("JSON");
    is("code-data-chars-min", "{\"a\":1}", 7);
    assert(isnan(value("code-comments-min", "{}")));
    doc.code_lang = WEIR_LIT("HTML");
    is("code-html-chars-min", "<p>ab c</p><script>x < y</script><!-- > -->d", 4);
    is("code-html-text-min", "<p>ab</p>", 2 / 9.);
    is("code-html-chars-min", "<script>never closed", 0);
    doc.code_lang = weir_span(NULL, 0);
    assert(isnan(value("code-xml-header-max", "<?xml version=\"1.0\"?>")));
}

static double line_value(const char *name, const char *text)
{
    const struct filter_rule *r = rule_of(name);
    struct filter_line l = {
        .text = weir_span(text, strlen(text)), .has_words = 1, .n_words = 7, .longest_word = 9};
    const double v = r->measure_line(&l, r->arg);
    weir_buf_free(&l.low);
    return v;
}

static void c4(void)
{
    assert(line_value("c4-words-min", "x") == 7 && line_value("c4-longest-word-max", "x") == 9);
    assert(line_value("c4-end-mark-min", "x.") == 1 && line_value("c4-end-mark-min", "x'") == 1);
    assert(line_value("c4-end-mark-min", "x...") == 0 && line_value("c4-end-mark-min", "x") == 0);
    assert(line_value("c4-end-mark-min", "好。") == 0 && line_value("c4-end-mark-min", "") == 0);
    assert(line_value("c4-zh-end-mark-min", "好。”") == 1);
    assert(line_value("c4-zh-chars-min", "好ab") == 3);
    assert(line_value("c4-javascript-max", "enable javascript now") == 1);
    assert(line_value("c4-curly-bracket-max", "a { b") == 1);
    assert(line_value("c4-policy-max", "our privacy policy") == 1);
    assert(line_value("c4-policy-max", "cookies") == 0);
    assert(line_value("c4-zh-policy-max", "版权所有") == 1);
    assert(line_value("c4-lorem-ipsum-max", "lorem ipsum dolor") == 1);
    struct filter_line l = {.text = WEIR_LIT("a[12] b[edit][x] c[citation needed] [] [1")};
    rule_of("c4-citations")->edit(&l);
    assert(weir_span_is(l.text, "a b[x] c  [1"));
    weir_buf_free(&l.copy);
}

/* Names are unique, and what the kinds need is there. */
static void table(void)
{
    for (const struct filter_rule *const *t = filter_rule_tables; *t; t++)
        for (const struct filter_rule *r = *t; r->name; r++) {
            assert(rule_of(r->name) == r);
            assert(r->help && strlen(r->name) < 40);
            assert(!r->measure == !filter_is_document_rule(r));
            assert(!r->edit == (r->kind != FILTER_LINE_EDIT));
            assert(!r->rewrite == (r->kind < FILTER_TEXT_EDIT));
            assert(!r->field == (r->kind != FILTER_FIELD));
        }
    for (const struct filter_preset *const *preset = filter_presets; *preset; preset++) {
        const struct filter_preset *p = *preset;
        const char *names[] = {p->name};
        struct weir_filters_opt opt = {.presets = {names, 1}};
        struct filter_plan plan;
        struct weir_err err = {0};
        size_t n = 0;
        for (const struct filter_limit *l = p->limits; l->rule; l++)
            n++;
        assert(filter_plan_make(&opt, &plan, &err) == 0);
        assert(plan.n == n); // every rule of the preset exists, once
        filter_plan_free(&plan);
    }
}

int main(void)
{
    d.hash_seed = 1;
    table();
    shares();
    lines();
    grams();
    gopher();
    code();
    c4();
    for (int i = 0; i < FILTER_N_SCHEMES; i++)
        filter_words_free(&d.words[i]);
    filter_ngrams_free(&d.ngrams);
    return 0;
}
