/* The token stream: bytes against docs/formats.md, then everything that must be refused. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/tokens.h"

static const uint16_t ids[5] = {1, 700, 3, 65000, 13};
static const uint32_t units[2] = {2, 3};
static const uint8_t bounds[5] = {2, 3, 0, 1, 3};
static const struct weir_sample samples[2] = {{0, 2}, {1, 4}};

static struct weir_tok_header header(uint32_t flags)
{
    struct weir_tok_header h = {.vocab_size = 65001,
                                .width = 2,
                                .flags = flags,
                                .bos = 1,
                                .eos = 2,
                                .pad = WEIR_NO_ID,
                                .unk = 0,
                                .max_tokens = 7};
    for (int i = 0; i < 32; i++)
        h.sha256[i] = (uint8_t)(i * 3);
    return h;
}

static struct weir_tok_doc doc(void)
{
    struct weir_tok_doc d = {.id = WEIR_LIT("d\0"),
                             .source = WEIR_LIT("baike"),
                             .origin = WEIR_LIT("{\"file\":\"a\"}"),
                             .n_tokens = 5,
                             .n_units = 2,
                             .n_samples = 2,
                             .tokens = ids,
                             .units = units,
                             .bounds = bounds,
                             .samples = samples,
                             .text_bytes = 0x0102030405};
    return d;
}

static void put(char *p, size_t at, const void *q, size_t n)
{
    memcpy(p + at, q, n);
}

static void bytes_of_header(void)
{
    const struct weir_tok_header h = header(WEIR_TOK_SAMPLES);
    struct weir_buf b = {0};
    weir_tok_put_header(&b, &h);
    static const unsigned char want[40] = "WEIRTOK1\xe9\xfd\0\0\2\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0"
                                          "\xff\xff\xff\xff\0\0\0\0\7\0\0";
    assert(b.n == 80 && !memcmp(b.p, want, 40) && !memcmp(b.p + 40, h.sha256, 32));
    const uint64_t sum = XXH3_64bits(b.p, 72);
    assert(!memcmp(b.p + 72, &sum, 8));
    weir_buf_free(&b);
}

static void bytes_of_frame(void)
{
    const struct weir_tok_header h = header(WEIR_TOK_SAMPLES);
    const struct weir_tok_doc d = doc();
    char want[120] =
        "DOC\0\1\0\0\0\170\0\0\0\0\0\0\0\5\0\0\0\2\0\0\0\2\0\0\0\2\0\0\0\5\0\0\0\14\0\0\0"
        "\5\4\3\2\1";
    put(want, 48, "\1\0\xbc\2\3\0\xe8\xfd\15\0", 10);      // 10 + 6 zeros
    put(want, 64, "\2\0\0\0\3\0\0\0", 8);                  // units
    put(want, 72, "\0\0\0\0\2\0\0\0\1\0\0\0\4\0\0\0", 16); // samples
    put(want, 88, "\2\3\0\1\3", 5);                        // bounds, 3 zeros
    put(want, 96, "d\0baike{\"file\":\"a\"}", 19);         // strings, 5 zeros
    struct weir_buf b = {0};
    assert(!weir_tok_put_doc(&b, &h, &d, NULL));
    assert(b.n == 120 && !memcmp(b.p, want, 120));
    weir_buf_free(&b);
}

static int refuse(struct weir_buf *frame, const struct weir_tok_header *h, size_t at, char with)
{
    struct weir_tok_doc d;
    struct weir_err err = {0};
    const char was = frame->p[at];
    frame->p[at] = with;
    const int rc = weir_tok_get_doc(frame->p, frame->n, h, &d, &err);
    assert(rc == err.code);
    frame->p[at] = was;
    return rc == WEIR_EBAD;
}

static void round_trip_and_refusals(void)
{
    const struct weir_tok_header h = header(WEIR_TOK_SAMPLES);
    const struct weir_tok_doc d = doc();
    struct weir_tok_doc got;
    struct weir_buf b = {0};
    assert(!weir_tok_put_doc(&b, &h, &d, NULL));
    assert(!weir_tok_get_doc(b.p, b.n, &h, &got, NULL));
    assert(got.n_tokens == 5 && got.n_units == 2 && got.n_samples == 2);
    assert(weir_tok_at(&h, &got, 3) == 65000 && got.units[1] == 3 && got.samples[1].n == 4);
    assert(got.bounds[4] == WEIR_BOUND_CLAUSE && got.text_bytes == d.text_bytes);
    assert(weir_span_eq(got.id, d.id) && weir_span_eq(got.source, d.source) &&
           weir_span_eq(got.origin, d.origin));

    for (size_t n = 0; n < b.n; n++)
        assert(weir_tok_get_doc(b.p, n, &h, &got, NULL) == WEIR_EBAD);
    assert(weir_tok_get_doc(b.p + 4, b.n - 4, &h, &got, NULL) < 0); // not aligned
    assert(refuse(&b, &h, 0, 'E'));
    assert(refuse(&b, &h, 4, 2));          // unknown flag
    assert(refuse(&b, &h, 4, 0));          // no bounds: size differs
    assert(refuse(&b, &h, 19, (char)255)); // n_tokens near 2^32
    assert(refuse(&b, &h, 27, (char)255)); // n_samples
    assert(refuse(&b, &h, 55, (char)254)); // 65000 becomes 65256
    assert(refuse(&b, &h, 64, 1));         // units: 1 + 3
    assert(refuse(&b, &h, 84, 5));         // sample [1, 6)
    assert(refuse(&b, &h, 87, (char)255)); // sample of 2^32 - … tokens
    assert(refuse(&b, &h, 76, 0));         // sample without tokens
    assert(refuse(&b, &h, 89, 4));         // bound 4
    put(b.p, 64, "\0\0\0\0\5\0\0\0", 8);
    assert(weir_tok_get_doc(b.p, b.n, &h, &got, NULL) == WEIR_EBAD); // a unit without tokens
    const struct weir_tok_header plain = header(0);
    put(b.p, 64, units, 8);
    assert(weir_tok_get_doc(b.p, b.n, &plain, &got, NULL) == WEIR_EBAD); // samples unannounced
    weir_buf_free(&b);
}

static void wide_and_empty(void)
{
    struct weir_tok_header h = header(0);
    h.vocab_size = 151936;
    h.width = 4;
    const uint32_t wide[3] = {151935, 0, 70000}, one[1] = {3};
    struct weir_tok_doc d = {.n_tokens = 3, .n_units = 1, .tokens = wide, .units = one}, got;
    struct weir_buf b = {0};
    assert(!weir_tok_put_doc(&b, &h, &d, NULL) && b.n == 48 + 16 + 8);
    assert(!weir_tok_get_doc(b.p, b.n, &h, &got, NULL));
    assert(weir_tok_at(&h, &got, 0) == 151935 && weir_tok_at(&h, &got, 2) == 70000 && !got.bounds);
    assert(refuse(&b, &h, 48, (char)0x80)); // 151935 = 0x2517F becomes 0x25180
    b.n = 0;
    memset(&d, 0, sizeof d);
    assert(!weir_tok_put_doc(&b, &h, &d, NULL) && b.n == 48);
    assert(!weir_tok_get_doc(b.p, b.n, &h, &got, NULL) && !got.n_tokens && !got.n_units);
    d.n_units = 1, d.units = one;
    assert(weir_tok_put_doc(&b, &h, &d, NULL) == WEIR_EBAD && b.n == 48);
    weir_buf_free(&b);
}

/* ---- the reader ---- */

static void add_stream(struct weir_buf *b, const struct weir_tok_header *h, int n_docs)
{
    struct weir_tok_sum *sum = weir_tok_sum_new();
    assert(sum);
    weir_tok_put_header(b, h);
    for (int i = 0; i < n_docs; i++) {
        struct weir_tok_doc d = doc();
        d.id.n = (size_t)i % 3; // several frame sizes
        d.n_samples = h->flags & WEIR_TOK_SAMPLES ? 2 : 0;
        const size_t at = b->n;
        assert(!weir_tok_put_doc(b, h, &d, NULL));
        weir_tok_sum_frame(sum, b->p + at, b->n - at);
    }
    weir_tok_put_end(b, sum);
    weir_tok_sum_free(sum);
}

/* Reads bytes as one input: frames read, or the error.  All but *tail bytes are accounted for. */
static int read_all(const char *p, size_t n, uint64_t max_record, int *n_bad, struct weir_err *err)
{
    struct weir_job job;
    weir_job_init(&job, "test");
    struct weir_tok_header h;
    struct weir_batch b = {0};
    weir_tok_reader *r = NULL;
    uint64_t bytes = 0;
    int frames = 0, rc = -1;
    job.in = weir_io_open_mem(p, n, err);
    weir_inputs *in = job.in ? weir_inputs_open(&job, err) : NULL;
    if (!in)
        goto done;
    r = weir_tok_reader_open(in, max_record, &h, err);
    if (!r)
        goto done;
    while ((rc = weir_tok_reader_next(r, &b, err)) == 1)
        frames++;
    for (size_t i = 0; i < b.n_rec; i++) {
        struct weir_rec *rec = &b.rec[i];
        struct weir_tok_doc d;
        bytes += rec->framing;
        assert(rec->offset == bytes);
        bytes += rec->length;
        *n_bad += rec->fate == WEIR_BAD ||
                  weir_tok_get_doc(b.raw.p + rec->raw_at, rec->raw_n, &h, &d, NULL);
    }
    if (!rc)
        assert(bytes + weir_tok_reader_tail(r) == n);
done:
    weir_tok_reader_close(r);
    weir_inputs_close(in);
    free(b.rec);
    weir_buf_free(&b.raw);
    weir_buf_free(&b.out);
    weir_buf_free(&b.aux);
    weir_job_free(&job);
    assert(rc >= 0 || err->code == rc || !r);
    return err->code ? err->code : frames;
}

static void reading(void)
{
    const struct weir_tok_header h = header(0), other = header(WEIR_TOK_SAMPLES);
    struct weir_buf b = {0}, two = {0};
    int bad = 0;
    add_stream(&b, &h, 5);
    assert(read_all(b.p, b.n, 1 << 20, &bad, &(struct weir_err){0}) == 5 && !bad);
    for (size_t n = 0; n < b.n; n++)
        assert(read_all(b.p, n, 1 << 20, &bad, &(struct weir_err){0}) == WEIR_EBAD);
    for (size_t at = 0; at < b.n; at++) { // every single damaged byte is noticed
        b.p[at] ^= 4;
        struct weir_err err = {0};
        const int got = read_all(b.p, b.n, 1 << 20, &bad, &err);
        b.p[at] ^= 4;
        assert(got == WEIR_EBAD || bad);
        bad = 0;
    }
    weir_buf_add(&two, b.p, b.n);
    add_stream(&two, &h, 0);
    add_stream(&two, &h, 2);
    assert(read_all(two.p, two.n, 1 << 20, &bad, &(struct weir_err){0}) == 7 && !bad);
    add_stream(&two, &other, 2);
    struct weir_err err = {0};
    assert(read_all(two.p, two.n, 1 << 20, &bad, &err) == WEIR_EBAD && strstr(err.msg, "another"));
    assert(read_all(b.p, b.n, 100, &bad, &(struct weir_err){0}) == 5);
    assert(bad == 5);
    weir_buf_free(&b);
    weir_buf_free(&two);
}

int main(void)
{
    bytes_of_header();
    bytes_of_frame();
    round_trip_and_refusals();
    wide_and_empty();
    reading();
    return 0;
}
