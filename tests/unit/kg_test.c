/* The knowledge file: what keys are, how classes close, what a look-up gives; the writer at limits
 * that no sample reaches. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_check.h"
#include "kg2instruction/kg_fold.h"
#include "kg2instruction/kg_write.h"
#include "weir/kg2instruction.h"

static void fold_is(const kg_fold *f, const char *name, const char *key)
{
    struct kg_fold_scratch s = {{{0}, {0}}, {0}, {0}};
    struct weir_buf to = {0};
    assert(!kg_fold_text(f, &s, weir_span(name, strlen(name)), &to));
    assert(weir_span_is(weir_buf_span(&to), key));
    weir_buf_free(&to);
    kg_fold_scratch_free(&s);
}

static void test_fold(void)
{
    struct weir_err err = {0};
    kg_fold *f = kg_fold_open(&err);
    assert(f);
    fold_is(f, "  Douglas__ADAMS ", "douglas adams");
    fold_is(f, "浙江大學", "浙江大学");
    fold_is(f, "乾隆", "乾隆"); // a phrase: 乾 alone would become 干
    fold_is(f, "乾燥", "干燥");
    fold_is(f, "ＡＢＣ　（一）", "abc (一)");
    fold_is(f, "列夫・托尔斯泰", "列夫·托尔斯泰");
    fold_is(f, "列夫•托爾斯泰", "列夫·托尔斯泰");
    fold_is(f, "1939–1945", "1939-1945");
    fold_is(f, "O’Brien", "o'brien");
    fold_is(f, "ze\xE2\x80\x8Bro\xC2\xAD", "zero");
    fold_is(f, "ÉCOLE ΣΊΣΥΦΟΣ", "école σίσυφοσ");
    fold_is(f, "___", "");
    fold_is(f, "", "");
    kg_fold_close(f);
}

static void *mapped[8]; // under the files of build(), freed at the end
static size_t n_mapped;

/* A file of a dump, in memory that is aligned as a map is. */
static kg_file *build(const char *dump, int unnamed)
{
    struct weir_kg_build_opt opt;
    struct weir_job job;
    struct weir_err err = {0};
    struct weir_buf out = {0};
    weir_kg_build_opt_init(&opt);
    weir_job_init(&job, "build");
    opt.unnamed = unnamed;
    job.threads = 2;
    job.in = weir_io_open_mem(dump, strlen(dump), &err);
    job.out = weir_io_open_buf(&out, &err);
    assert(job.in && job.out);
    assert(!weir_kg_build_run(&opt, &job, &err));
    weir_job_free(&job);
    void *copy = aligned_alloc(64, (out.n + 63) & ~(size_t)63);
    assert(copy);
    memcpy(copy, out.p, out.n);
    kg_file *f = kg_open_mem(copy, out.n, &err);
    assert(f && !kg_check(f, &err));
    weir_buf_free(&out);
    assert(n_mapped < sizeof mapped / sizeof *mapped);
    mapped[n_mapped++] = copy;
    return f;
}

#define NAME(lang, text) "\"" lang "\":{\"language\":\"" lang "\",\"value\":\"" text "\"}"
#define TO(p, q, rank)                                                                             \
    "{\"mainsnak\":{\"snaktype\":\"value\",\"property\":\"" p                                      \
    "\",\"datavalue\":{\"type\":\"wikibase-entityid\",\"value\":{\"id\":\"" q                      \
    "\"}}},\"rank\":\"" rank "\"}"
#define ITEM(q, names, claims)                                                                     \
    "{\"type\":\"item\",\"id\":\"" q "\",\"labels\":{" names "},\"claims\":{" claims "}}\n"

static void test_classes(void)
{
    /* 1 -> 2 -> 3 -> 2 (a circle), 3 -> 4, 5 -> 4 deprecated; 10 is a 1, 11 a 5, 12 a 4 deprecated.
     */
    kg_file *f = build(
        ITEM("Q1", NAME("en", "a"), "\"P279\":[" TO("P279", "Q2", "normal") "]")
            ITEM("Q2", "", "\"P279\":[" TO("P279", "Q3", "normal") "]")
                ITEM("Q3", NAME("en", "c"),
                     "\"P279\":[" TO("P279", "Q2", "preferred") "," TO("P279", "Q4", "normal") "]")
                    ITEM("Q5", NAME("en", "e"), "\"P279\":[" TO("P279", "Q4", "deprecated") "]")
                        ITEM("Q10", NAME("en", "x"), "\"P31\":[" TO("P31", "Q1", "normal") "]")
                            ITEM("Q11", NAME("en", "y"), "\"P31\":[" TO("P31", "Q5", "normal") "]")
                                ITEM("Q12", NAME("en", "z"),
                                     "\"P31\":[" TO("P31", "Q4", "deprecated") "]"),
        0);
    const uint32_t *ids;
    size_t n;
    assert(kg_n_rows(f) == 6); // Q2 has no name, but its class counts
    assert(!kg_ancestors(f, 1, &ids, &n) && n == 3 && ids[0] == 2 && ids[1] == 3 && ids[2] == 4);
    assert(!kg_ancestors(f, 2, &ids, &n) && n == 3 && ids[0] == 2); // in the circle: itself too
    assert(!kg_ancestors(f, 5, &ids, &n) && n == 0);
    assert(!kg_ancestors(f, 77, &ids, &n) && n == 0);
    assert(kg_is_a(f, 10, 1) == 1 && kg_is_a(f, 10, 4) == 1 && kg_is_a(f, 1, 4) == 1);
    assert(kg_is_a(f, 11, 5) == 1 && kg_is_a(f, 11, 4) == 0 && kg_is_a(f, 12, 4) == 0);
    assert(kg_is_a(f, 4, 4) == 1 && kg_is_a(f, 99, 4) == 0 && kg_is_a(f, 10, 10) == 1);
    kg_close(f);
}

static void test_best(void)
{
    kg_file *f = build(
        ITEM("Q1", NAME("en", "a"),
             "\"P5\":[" TO("P5", "Q7", "normal") "," TO("P5", "Q8", "preferred") "," TO(
                 "P5", "Q9", "deprecated") "],\"P2\":[" TO("P2", "Q6",
                                                           "normal") "," TO("P2", "Q5",
                                                                            "deprecated") "]"),
        0);
    struct kg_cursor c;
    struct kg_statement s;
    static const struct {
        kg_id property, to;
        int best;
    } want[] = {
        {KG_P(2), 6, 1}, {KG_P(2), 5, 0}, {KG_P(5), 7, 0}, {KG_P(5), 8, 1}, {KG_P(5), 9, 0}};
    assert(!kg_statements(f, 0, 0, &c));
    for (size_t i = 0; i < 5; i++)
        assert(kg_statement_next(&c, &s) == 1 && s.main.property == want[i].property &&
               s.main.u.entity == want[i].to && s.best == want[i].best);
    assert(kg_statement_next(&c, &s) == 0);
    for (kg_id p = 1; p < 8; p++) {
        int n = 0;
        assert(!kg_statements(f, 0, KG_P(p), &c));
        while (kg_statement_next(&c, &s) == 1)
            n++;
        assert(n == (p == 5 ? 3 : p == 2 ? 2 : 0));
    }
    assert(kg_statements(f, 1, 0, &c) == KG_DAMAGED); // no such row
    kg_close(f);
}

/* More keys than a block holds, keys that begin others, one name of many. */
static void test_lookup(void)
{
    struct weir_buf dump = {0};
    for (unsigned i = 1; i <= 200; i++)
        weir_buf_addf(
            &dump,
            "{\"type\":\"item\",\"id\":\"Q%u\",\"labels\":{\"en\":{\"language\":\"en\","
            "\"value\":\"%.*s\"},\"zh-tw\":{\"language\":\"zh-tw\",\"value\":\"東\"}},"
            "\"sitelinks\":{%s}}\n",
            i, (int)(i % 100) + 1,
            "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxy"
            "zabcdefghijklmnopqrstuvwxyz",
            i == 150 ? "\"dewiki\":{\"title\":\"x\"}" : "");
    weir_buf_addc(&dump, 0);
    kg_file *f = build(dump.p, 0);
    struct kg_cursor c;
    struct kg_candidate one;
    assert(kg_totals(f)->n_keys == 101);
    for (size_t n = 1; n <= 100; n++) {
        int found = 0;
        char key[101] = "";
        for (size_t i = 0; i < n; i++)
            key[i] = (char)('a' + i % 26);
        assert(kg_lookup(f, weir_span(key, n), &c) == 1);
        while (kg_candidate_next(&c, &one) == 1)
            found += one.id % 100 + 1 == n && one.kinds == KG_LABEL && one.langs == 2;
        assert(found == 2);
        key[n - 1] = '~';
        assert(kg_lookup(f, weir_span(key, n), &c) == 0);
    }
    assert(kg_lookup(f, WEIR_LIT("\xE4\xB8\x9C"), &c) == 1); // 东
    kg_id last = 0;
    int n = 0;
    while (kg_candidate_next(&c, &one) == 1) {
        assert(n ? one.id > last : one.id == 150 && one.popularity == 1);
        last = n++ ? one.id : 0;
    }
    assert(n == 200);
    assert(kg_lookup(f, WEIR_LIT(""), &c) == 0 && kg_lookup(f, WEIR_LIT("\xFF"), &c) == 0);
    kg_close(f);
    weir_buf_free(&dump);
}

/* A class with more above it than is kept, and a name of more entities. */
static void test_limits(void)
{
    struct weir_err err = {0};
    struct weir_buf out = {0};
    struct weir_job job;
    struct kg_writer w;
    uint64_t n_cut;
    char key[16];
    weir_job_init(&job, "build");
    weir_io *io = weir_io_open_buf(&out, &err);
    weir_extsort *edges = weir_extsort_new(1 << 20, ".", &err);
    weir_extsort *names = weir_extsort_new(1 << 20, ".", &err);
    weir_extsort *none = weir_extsort_new(1 << 20, ".", &err);
    assert(io && edges && names && none && !kg_writer_init(&w, io, ".", &err));
    for (uint32_t i = 1; i <= 5000; i++) { // a chain: 1 has 5000 above it
        kg_put_be32(key, i);
        kg_put_be32(key + 4, i + 1);
        assert(!weir_extsort_add(edges, weir_span(key, 8), weir_span("", 0), &err));
    }
    for (uint32_t i = 1; i <= KG_CANDIDATES_MAX + 7; i++) {
        memcpy(key, "li\0\xFF\xFF", 5);
        kg_put_be32(key + 5, i);
        assert(!weir_extsort_add(names, weir_span(key, 9), weir_span("\x21", 1), &err));
    }
    assert(!weir_extsort_sort(edges, &err) && !weir_extsort_sort(names, &err) &&
           !weir_extsort_sort(none, &err));
    assert(!kg_write_entities(&w, none, &job, &err));
    assert(!kg_write_names(&w, names, &job, &n_cut, &err) && n_cut == 7);
    assert(w.trailer.totals.n_keys == 1 && w.trailer.totals.n_postings == KG_CANDIDATES_MAX);
    assert(!kg_write_classes(&w, edges, &job, 1 << 20, &n_cut, &err) &&
           n_cut == 5000 - KG_ANCESTORS_MAX);
    assert(!kg_writer_finish(&w, &err));
    assert(w.trailer.totals.n_classes == 5000);
    kg_writer_free(&w);
    assert(!weir_io_close(io, &err));
    kg_file *f = kg_open_mem(out.p, out.n, &err);
    const uint32_t *ids;
    size_t n;
    assert(f && !kg_ancestors(f, 1, &ids, &n) && n == KG_ANCESTORS_MAX);
    assert(ids[0] == 2 && ids[n - 1] == KG_ANCESTORS_MAX + 1); // the nearest
    kg_close(f);
    weir_extsort_free(edges);
    weir_extsort_free(names);
    weir_extsort_free(none);
    weir_buf_free(&out);
    weir_job_free(&job);
}

int main(void)
{
    test_fold();
    test_classes();
    test_best();
    test_lookup();
    test_limits();
    while (n_mapped)
        free(mapped[--n_mapped]);
    return 0;
}
