/* Values of rules that keep scratch of their own, and of rules by language, worked out by hand; at
 * the limit and just beyond it. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "filters/filter_run.h"

static weir_json *json;

/* The value of a rule for a record; the rule is put in force as --rule does. */
static double value(const char *rule, const char *record)
{
    char word[80];
    snprintf(word, sizeof word, "%s=0", rule);
    const char *rules[] = {word};
    const struct weir_filters_opt opt = {.rules = {rules, 1}};
    struct filter_plan plan;
    struct filter_doc d;
    struct weir_doc doc;
    struct weir_err err = {0};
    struct weir_buf line = {0};
    weir_buf_adds(&line, record);
    assert(filter_plan_make(&opt, &plan, &err) == 0);
    assert(filter_plan_open_tools(&opt, &plan, &err) == 0);
    assert(filter_doc_init(&d, &plan, 7, &err) == 0);
    assert(weir_doc_parse(json, weir_buf_span(&line), &doc, &err) == 0);
    filter_doc_start(&d, &doc);
    d.scheme = plan.at[0].scheme;
    const double v = plan.at[0].rule->measure(&d, plan.at[0].rule->arg);
    assert(!d.failed);
    struct filter_check c = plan.at[0];
    c.limit = v;
    assert(!filter_fails(&c, v));
    c.limit = nextafter(v, c.rule->kind == FILTER_MIN ? INFINITY : -INFINITY);
    assert(isnan(v) || filter_fails(&c, v));
    filter_doc_free(&d);
    filter_plan_free(&plan);
    weir_buf_free(&line);
    return v;
}

static void in(const char *rule, const char *record, double expected)
{
    const double v = value(rule, record);
    if (!(fabs(v - expected) < 1e-9))
        fprintf(stderr, "%s: %.12g, expected %.12g: %s\n", rule, v, expected, record);
    assert(fabs(v - expected) < 1e-9);
}

static void is(const char *rule, const char *text, double expected)
{
    char record[1000];
    snprintf(record, sizeof record, "{\"text\":\"%s\"}", text);
    in(rule, record, expected);
}

static void bigscience(void)
{
    is("special-max", "a1!b", 2 / 4.);
    is("special-max", "好，吧。", 2 / 4.);
    is("text-per-line-min", "abc\\nd", 5 / 2.);
    is("text-per-line-max", "好。\\n\\n", 4 / 2.);
    /* abc three times, bca and cab twice: of three different ones the first sqrt(3). */
    is("char-rep-3-max", "abcabcabc", 3 / 7.);
    is("char-rep-3-max", "一二三一二三一", 2 / 5.);
    is("char-rep-10-max", "0123456789", 0);
    is("refined-words-min:space", "Hello, 123 world !", 2);
    is("refined-words-max:han", "好，吧", 2);
    is("word-rep-5-max:space", "a b c d e A b, c d e", 2 / 6.);
    is("word-rep-10-max:space", "a b c d e a b c d e", 0);
    is("roots-stop-share-min:space", "但是 x y z", 1 / 4.);
    is("dj-stop-share-min:space", "但是 x y z", 1 / 7.);
    is("roots-stop-share-min:han", "但是x", 3 / 3.); // 但, 是 and 但是
    is("dj-stop-share-min:han", "但是x", 3 / 5.);
}

static void mapcc(void)
{
    is("mapcc-brackets-max", "【ab】cd", 2 / 6.);
    is("mapcc-sentences-min", "一。二！三", 3);
    is("mapcc-sentences-min", "a. b.", 2);
    is("mapcc-chars-min", "好…", 4); // … is three dots in NFKC
    is("mapcc-chars-max", "１２", 2);
    is("mapcc-hashes-max", "## a #b", 2 / 7.);
    is("mapcc-ellipses-max", "a……b...", 2 / 11.);
    is("mapcc-digits-max", "a1 b,", 1 / 4.);
    is("mapcc-read-more-max", "好。\\n展开\\n", 1 / 2.);
    is("mapcc-bullets-max", "• a\\nb", 1 / 2.);
    is("mapcc-marks-min", "a，b", 1);
    is("mapcc-unique-min", "aab", 2 / 3.);
    is("mapcc-entropy-min", "aabb", log(2));
    is("mapcc-top-2-chars-max", "ababab", 4 / 6.);
    is("mapcc-top-3-chars-max", "一二三四", 0);
    is("mapcc-dup-5-chars-max", "abcdeXabcde", 5 / 11.);
    is("mapcc-dup-10-chars-max", "abcdeXabcde", 0);
}

static void redpajama(void)
{
    const char *text = "Hello, world! HELLO";
    is("rps-words-min", text, 3);
    is("rps-word-length-min", text, 5);
    is("rps-no-alphabetic-words-max", text, 2 / 5.);
    is("rps-all-caps-words-max", text, 1 / 5.);
    is("rps-unique-words-min", text, 2 / 3.);
    is("rps-sentences-min", text, 2);
    is("rps-symbols-per-word-max", "# a ... b …", 3 / 5.);
    is("rps-curly-brackets-max", "{a}", 2 / 3.);
    is("rps-entropy-min", "a b", log(2));
    is("rps-line-ends-min", "a.\\nb\\n“c”", 2 / 3.);
    is("rps-line-bullets-max", "• a\\nb", 1 / 2.);
    is("rps-line-words-min", "a b\\nc", 3 / 2.);
    is("rps-line-upper-max", "AB", 1);
    is("rps-line-digits-max", "1a", 1 / 2.);
    is("rps-top-2-gram-max", "a b a b", 4 / 4.);
    /* Both rounds of five, each word once. */
    is("rps-dup-5-gram-max", "a b c d e a b c d e", 10 / 10.);
    is("rps-dup-6-gram-max", "a b c d e a b c d e", 0);
}

static void code(void)
{
    in("code-comments-min", "{\"code_lang\":\"Go\",\"text\":\"x := `//` // ab\"}", 4 / 11.);
    in("code-comments-max", "{\"code_lang\":\"haskell\",\"text\":\"{- {- -} -}a\"}", 8 / 9.);
    in("code-comments-max", "{\"code_lang\":\"Rust\",\"text\":\"'a /* b */\"}", 5 / 7.);
    in("code-comments-max", "{\"code_lang\":\"Shell\",\"text\":\"echo $# #x\"}", 2 / 8.);
    assert(isnan(value("code-comments-min", "{\"code_lang\":\"YAML\",\"text\":\"a: 1\"}")));
    in("code-generated-max", "{\"code_lang\":\"C\",\"text\":\"\\n// Automatically generated\"}", 1);
    in("code-generated-max",
       "{\"code_lang\":\"C\",\"text\":\"1\\n2\\n3\\n4\\n5\\n// do not edit\"}", 0);
    assert(isnan(value("code-generated-max", "{\"text\":\"do not edit\"}")));
    in("code-encoded-longest-max",
       "{\"code_lang\":\"C\",\"text\":\"0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08\"}", 46);
    in("code-encoded-longest-max", "{\"code_lang\":\"C\",\"text\":\"0x01, 0x02\"}", 0);
    in("code-license-min", "{\"license\":\"MIT\",\"text\":\"\"}", 1);
    in("code-license-min", "{\"text\":\"// SPDX-License-Identifier: GPL-2.0-only\"}", 0);
    assert(isnan(value("code-license-min", "{\"text\":\"x\"}")));
}

static void starcoder(void)
{
    const char *py = "{\"code_lang\":\"Python\",\"path\":\"a/b.py\",\"text\":\"#ab\\nx=1\"}";
    in("starcoder-included-min", py, 1);
    in("starcoder-line-longest-max", py, 3 / 1000.);
    in("starcoder-line-mean-max", py, 3 / 100.);
    in("starcoder-alphanumeric-min", py, 4 / 7. / 0.25);
    assert(isnan(value("starcoder-alphabetic-min", py)));
    in("starcoder-comments-min", py, 2 / 7.);
    in("starcoder-comments-max", "{\"code_lang\":\"Java\",\"text\":\"//ab\\nx;\"}", 4 / 7.);
    in("starcoder-included-min", "{\"code_lang\":\"C\",\"path\":\"a.cats\",\"text\":\"x\"}", 0);
    in("starcoder-line-longest-max",
       "{\"code_lang\":\"GLSL\",\"path\":\"a.fsh\",\"text\":\"12345\"}", 5 / 500.);
    in("starcoder-included-min", "{\"code_lang\":\"C#\",\"path\":\"a.cs\",\"text\":\"x\"}", 1);
    in("starcoder-alphabetic-min",
       "{\"code_lang\":\"MATLAB\",\"path\":\"a.matlab\",\"text\":\"x123\"}", 0.25 / 0.25);
    assert(isnan(value("starcoder-line-mean-max",
                       "{\"code_lang\":\"SQL\",\"path\":\"a.sql\",\"text\":\"x\"}")));
    in("starcoder-html-chars-min", "{\"code_lang\":\"HTML\",\"text\":\"<p>a &amp; b</p>\"}", 5);
    in("starcoder-html-text-min", "{\"code_lang\":\"HTML\",\"text\":\"<b>ab</b>\"}", 2 / 9.);
}

int main(void)
{
    struct weir_err err = {0};
    json = weir_json_new(&err);
    bigscience();
    mapcc();
    redpajama();
    code();
    starcoder();
    weir_json_free(json);
    return 0;
}
