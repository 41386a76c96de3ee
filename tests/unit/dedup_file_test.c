/* Files between the steps of dedup: what is written comes back, and no changed or missing byte goes
 * unnoticed; shingle sets against sets made by hand. */
#undef NDEBUG
#include "dedup/dedup_file.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int read_all(const char *p, size_t n, struct weir_buf *records, struct weir_err *err)
{
    struct dedup_reader r;
    struct weir_span record;
    *err = (struct weir_err){0};
    records->n = 0;
    weir_io *io = weir_io_open_mem(p, n, err);
    int rc = dedup_read_open(&r, io, "WEIRXYZ1", "test", err);
    while (!rc && (rc = dedup_read_next(&r, &record, err)) > 0) {
        weir_buf_add(records, record.p, record.n);
        weir_buf_addc(records, '|');
        rc = 0;
    }
    if (!rc) {
        assert(r.ended && r.content == 77 && !dedup_read_next(&r, &record, err));
        assert(weir_span_is(weir_buf_span(&r.head), "head"));
    }
    dedup_reader_free(&r);
    weir_io_abort(io);
    return rc;
}

static void test_frame(void)
{
    struct weir_err err = {0};
    struct weir_buf file = {0}, records = {0};
    struct dedup_writer w;
    weir_io *io = weir_io_open_buf(&file, &err);
    assert(!dedup_write_begin(&w, io, "WEIRXYZ1", WEIR_LIT("head"), &err));
    assert(!dedup_write_record(&w, WEIR_LIT("one"), &err));
    assert(!dedup_write_record(&w, WEIR_LIT("a\0b"), &err));
    assert(dedup_write_record(&w, WEIR_LIT(""), NULL) < 0);
    assert(!dedup_write_end(&w, 77, &err));
    dedup_writer_free(&w);
    assert(!weir_io_close(io, &err));
    assert(file.n == 16 + 4 + 7 + 7 + 36);
    assert(!read_all(file.p, file.n, &records, &err));
    assert(records.n == 8 && !memcmp(records.p, "one|a\0b|", 8));
    for (size_t i = 0; i < file.n; i++) {
        assert(read_all(file.p, i, &records, &err) == WEIR_EBAD);
        file.p[i] ^= 1;
        assert(read_all(file.p, file.n, &records, &err) == WEIR_EBAD);
        file.p[i] ^= 1;
    }
    weir_buf_addc(&file, 0);
    assert(read_all(file.p, file.n, &records, &err) == WEIR_EBAD && strstr(err.msg, "behind"));
    assert(read_all("other", 5, &records, &err) == WEIR_EBAD &&
           strstr(err.msg, "not a test file of weir dedup"));
    weir_buf_free(&file);
    weir_buf_free(&records);
}

static void test_record(void)
{
    struct weir_err err = {0};
    struct weir_buf b = {0};
    struct dedup_plan plan = {.num_perm = 4, .value_bytes = 1, .near = 1};
    struct dedup_key k,
        want = {.hash = {1, 2}, .rank = 3, .sig = (const uint8_t *)"sigs", .id = WEIR_LIT("doc")};
    dedup_record_put(&b, &plan, &want);
    assert(b.n == 32 + 4 + 3 && !memcmp(b.p + 32, "sigsdoc", 7));
    assert(!dedup_record_get(weir_buf_span(&b), &plan, &k, &err));
    assert(k.hash[0] == 1 && k.hash[1] == 2 && k.rank == 3 && !k.absent && !k.set.n);
    assert(!memcmp(k.sig, "sigs", 4) && weir_span_is(k.id, "doc"));
    for (size_t n = 0; n < b.n; n++)
        assert(dedup_record_get(weir_span(b.p, n), &plan, &k, NULL) == WEIR_EBAD);
    weir_buf_addc(&b, 1); // a set that nobody asked for
    assert(dedup_record_get(weir_buf_span(&b), &plan, &k, NULL) == WEIR_EBAD);

    uint32_t hashes[] = {500, 7, 7, 300};
    struct weir_buf set = {0};
    dedup_set_put(&set, hashes, 4);
    // three; 7; 300 - 7 = 293 = 2 * 128 + 37; 500 - 300 = 200 = 128 + 72
    assert(set.n == 6 && !memcmp(set.p, "\3\7\xA5\2\xC8\1", 6));
    plan.verify = 1;
    want.set = weir_buf_span(&set);
    b.n = 0;
    dedup_record_put(&b, &plan, &want);
    assert(!dedup_record_get(weir_buf_span(&b), &plan, &k, &err));
    assert(weir_span_eq(k.set, want.set));
    b.p[b.n - 1] = 0; // 200 becomes 72, in two bytes: a lone 0 as the last difference would be none
    b.p[b.n - 2] = 0;
    assert(dedup_record_get(weir_buf_span(&b), &plan, &k, NULL) == WEIR_EBAD);
    weir_buf_free(&b);
    weir_buf_free(&set);
}

static void test_set(void)
{
    uint32_t a[] = {0, 1, 0xFFFFFFFF, 9}, b[] = {9, 0xFFFFFFFF, 4, 5, 9};
    struct weir_buf x = {0}, y = {0};
    dedup_set_put(&x, a, 4);
    dedup_set_put(&y, b, 5);
    assert(dedup_set_valid(weir_buf_span(&x)) && dedup_set_size(weir_buf_span(&y)) == 4);
    // two in both, six in either
    assert(fabs(dedup_set_jaccard(weir_buf_span(&x), weir_buf_span(&y)) - 2.0 / 6) < 1e-12);
    assert(dedup_set_jaccard(weir_buf_span(&x), weir_buf_span(&x)) == 1);
    assert(!dedup_set_valid(WEIR_LIT("")) && !dedup_set_valid(WEIR_LIT("\0")));
    assert(!dedup_set_valid(WEIR_LIT("\2\1")) && !dedup_set_valid(WEIR_LIT("\1\1\1")));
    assert(dedup_set_valid(WEIR_LIT("\1\xFF\xFF\xFF\xFF\x0F")));
    assert(!dedup_set_valid(WEIR_LIT("\1\xFF\xFF\xFF\xFF\x1F")));
    weir_buf_free(&x);
    weir_buf_free(&y);
}

static void test_params(void)
{
    struct weir_err err = {0};
    struct dedup_plan plan;
    struct dedup_params back, p = {.flags = DEDUP_P_EXACT | DEDUP_P_NEAR,
                                   .n_shingle = 5,
                                   .num_perm = 128,
                                   .bands = 9,
                                   .rows = 13,
                                   .value_bytes = 1,
                                   .scheme = DEDUP_SCHEME,
                                   .threshold = 0.8};
    const struct weir_span head = weir_span((const char *)&p, sizeof p);
    assert(!dedup_params_get(head, &back, &plan, &err) && plan.min_matches == 103);
    assert(plan.exact && plan.near && !plan.verify && plan.bands == 9);
    assert(dedup_params_get(weir_span(head.p, 63), &back, &plan, NULL) == WEIR_EBAD);
    p.rows = 15; // 135 values of 128
    assert(dedup_params_get(head, &back, &plan, NULL) == WEIR_EBAD);
    p.rows = UINT32_MAX / 4, p.bands = 8;
    assert(dedup_params_get(head, &back, &plan, NULL) == WEIR_EBAD);
    p.rows = 13, p.bands = 9, p.threshold = NAN;
    assert(dedup_params_get(head, &back, &plan, NULL) == WEIR_EBAD);
    p.threshold = 0.8, p.scheme = 0; // other permutations
    assert(dedup_params_get(head, &back, &plan, NULL) == WEIR_EUSAGE);
    p.scheme = DEDUP_SCHEME, p.flags = 0;
    assert(dedup_params_get(head, &back, &plan, NULL) == WEIR_EBAD);
}

int main(void)
{
    test_frame();
    test_record();
    test_set();
    test_params();
    return 0;
}
