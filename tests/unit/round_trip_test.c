/* Samples of every document, one behind another, decode to its text; where they do not, the bytes
 * that differ are counted in the notes, and only there. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/chunker.h"
#include "weir/spm.h"
#include "weir/stream.h"
#include "weir/tokenize.h"
#include "weir/tokens.h"

static weir_spm *model;
static const char *model_path;

static void stage(struct weir_job *job, const char *name, const struct weir_buf *in,
                  struct weir_buf *out)
{
    struct weir_err err = {0};
    weir_job_init(job, name);
    job->in = weir_io_open_mem(in->p, in->n, &err);
    job->out = weir_io_open_buf(out, &err);
    int rc;
    if (!strcmp(name, "tokenize")) {
        struct weir_tokenize_opt opt;
        weir_tokenize_opt_init(&opt);
        opt.model = model_path;
        rc = weir_tokenize_run(&opt, job, &err);
    } else {
        const struct weir_chunker_opt opt = {.max_tokens = 9};
        rc = weir_chunker_run(&opt, job, &err);
    }
    if (rc)
        printf("%s: %s\n", name, err.msg);
    assert(!rc);
}

/* The text of the samples of the only document of a stream. */
static void decode(const struct weir_buf *stream, struct weir_buf *text)
{
    struct weir_err err = {0};
    struct weir_job job;
    struct weir_tok_header h;
    struct weir_tok_doc d;
    weir_job_init(&job, "test");
    job.in = weir_io_open_mem(stream->p, stream->n, &err);
    weir_inputs *in = weir_inputs_open(&job, &err);
    weir_tok_reader *r = weir_tok_reader_open(in, job.max_record, &h, &err);
    assert(r);
    uint64_t n;
    memcpy(&n, stream->p + 80 + 8, sizeof n); // docs/formats.md: the first frame's bytes
    void *frame = aligned_alloc(8, n);
    assert(frame);
    memcpy(frame, stream->p + 80, n);
    assert(!weir_tok_get_doc(frame, n, &h, &d, &err));
    uint32_t *ids = malloc((d.n_tokens + 1) * sizeof *ids), n_ids = 0;
    assert(ids);
    for (uint32_t s = 0; s < d.n_samples; s++)
        for (uint32_t i = 0; i < d.samples[s].n; i++)
            ids[n_ids++] = weir_tok_at(&h, &d, d.samples[s].at + i);
    assert(n_ids == d.n_tokens);
    text->n = 0;
    assert(!weir_spm_decode(model, ids, n_ids, text, &err));
    free(ids);
    free(frame);
    weir_tok_reader_close(r);
    weir_inputs_close(in);
    weir_job_free(&job);
}

/* Is text folded as the notes say?  1 when it came back. */
static int check(struct weir_span text)
{
    struct weir_buf doc = {0}, tok = {0}, smp = {0}, back = {0};
    struct weir_job t, c;
    uint64_t folded = 0;
    weir_buf_adds(&doc, "{\"text\":");
    weir_buf_add_json(&doc, text);
    weir_buf_adds(&doc, "}\n");
    assert(!doc.failed);
    stage(&t, "tokenize", &doc, &tok);
    for (size_t i = 0; i < t.tally.notes.n; i++)
        if (!strcmp(t.tally.notes.at[i].name, "folded-bytes"))
            folded = t.tally.notes.at[i].in.records;
    int same;
    if (t.tally.dropped.records) {
        same = !text.n; // only what has no token is dropped
        assert(!folded);
    } else {
        stage(&c, "chunker", &tok, &smp);
        decode(&smp, &back);
        same = back.n == text.n && !memcmp(back.p, text.p, text.n);
        weir_job_free(&c);
    }
    if (same != !folded)
        printf("%.*s: %s, %llu bytes folded\n", (int)text.n, text.p, same ? "same" : "differs",
               (unsigned long long)folded);
    assert(same == !folded);
    weir_job_free(&t);
    weir_buf_free(&doc);
    weir_buf_free(&tok);
    weir_buf_free(&smp);
    weir_buf_free(&back);
    return same;
}

static const struct {
    struct weir_span text;
    int comes_back;
} hostile[] = {
#define T(s)                                                                                       \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }
    {T(" "), 1},
    {T("   "), 1},
    {T(" a"), 1},
    {T("  a  b   c  "), 1},
    {T("\n"), 1},
    {T("\n\n\n\n\n\n\n\n\n\n\n\n"), 1},
    {T(" \n \n\t\r\n"), 1},
    {T("\0"), 1},
    {T("a\0b\0\0\0"), 1},
    {T("\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37"
       "\177"),
     1},
    {T("\xC2\x80\xC2\x85\xC2\x9F\xC2\xA0\xC2\xAD"), 1}, // C1 controls, NEL, spaces, soft hyphen
    {T("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\x8B\xE2\x80\x8F\xE3\x80\x80"), 1},
    {T("\xEF\xBB\xBFmark"), 1}, // byte order mark
    {T("\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7\xE2\x80\x8D\xF0"
       "\x9F\x91\xA6 \xF0\x9F\x87\xA8\xF0\x9F\x87\xB3"),
     1}, // a family with joiners, a flag
    {T("\xCD\xB8\xF3\xB0\x80\x80\xF4\x8F\xBF\xBF\xEF\xBF\xBF\xEF\xBF\xBD"),
     1}, // unassigned, private
    {T("한국어 텍스트입니다. 각"), 1},
    {T("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), 1}, // conjoining jamo stay apart
    {T("e\xCC\x81\xCC\x81\xCC\x81 ﬁ ２ Ⅳ ㎏"), 1},  // marks and compatibility forms stay
    {T("𠀀𪜶龘 鯨"), 1},
    {T("<s></s><unk><0x0A><0xFF>"), 1},
    {T("\xE2\x96\x81"), 0}, // U+2581 becomes a space
    {T("a\xE2\x96\x81"
       "b \xE2\x96\x81 c"),
     0},
    {T("她说：“走。”\n\n　　然后… end.  \n"), 1},
};

static void test_hostile(void)
{
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        const int got = check(hostile[i].text);
        if (got != hostile[i].comes_back)
            printf("case %zu: %d\n", i, got), abort();
    }
}

/* Any characters, the rare ones often; U+2581 now and then. */
static void test_random(void)
{
    static const char *const parts[] = {" ",    "\n", "  ", "a", "the ", "好", "。", "\t", "龘",
                                        "\x7f", "😀",  "。", ".", "A",    "　", "''", "é",  "0"};
    struct weir_buf b = {0};
    uint32_t seed = 11;
    for (int round = 0; round < 400; round++) {
        b.n = 0;
        const int with_u2581 = round % 8 == 0;
        for (int i = 0; i < 60; i++) {
            seed = seed * 1664525 + 1013904223;
            const uint32_t k = seed >> 16;
            if (k % 5 == 0) {
                const uint32_t c = seed >> 12;
                if (c < 0x110000 && (c < 0xD800 || c > 0xDFFF) && c != 0x2581) {
                    const unsigned char u[] = {
                        (unsigned char)(0xF0 | c >> 18), (unsigned char)(0x80 | (c >> 12 & 63)),
                        (unsigned char)(0x80 | (c >> 6 & 63)), (unsigned char)(0x80 | (c & 63))};
                    if (c >= 0x10000)
                        weir_buf_add(&b, u, 4);
                }
            } else if (k % 31 == 0 && with_u2581) {
                weir_buf_adds(&b, "\xE2\x96\x81");
            } else {
                weir_buf_adds(&b, parts[k % 18]);
            }
        }
        check(weir_buf_span(&b));
    }
    weir_buf_free(&b);
}

/* Runs longer than a sample, of one character each. */
static void test_runs(void)
{
    static const char *const parts[] = {" ", "\n", "a", "好", "龘", "😀", "=", "\t", "　", "。"};
    struct weir_buf b = {0};
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        b.n = 0;
        for (int i = 0; i < 5000; i++)
            weir_buf_adds(&b, parts[k]);
        assert(check(weir_buf_span(&b)));
    }
    weir_buf_free(&b);
}

/* A stream of one document with this origin, decoded. */
static int decode_origin(const char *origin)
{
    static const uint16_t tokens[] = {300, 301};
    static const uint32_t units[] = {2};
    struct weir_tok_header h = {.vocab_size = weir_spm_vocab_size(model),
                                .width = 2,
                                .bos = WEIR_NO_ID,
                                .eos = WEIR_NO_ID,
                                .pad = WEIR_NO_ID,
                                .unk = WEIR_NO_ID};
    const struct weir_tok_doc d = {.origin = weir_span(origin, strlen(origin)),
                                   .n_tokens = 2,
                                   .n_units = 1,
                                   .tokens = tokens,
                                   .units = units};
    struct weir_buf in = {0}, out = {0};
    struct weir_err err = {0};
    struct weir_job job;
    struct weir_tokenize_opt opt;
    memcpy(h.sha256, weir_spm_sha256(model), sizeof h.sha256);
    struct weir_tok_sum *sum = weir_tok_sum_new();
    weir_tok_put_header(&in, &h);
    const size_t at = in.n;
    assert(!weir_tok_put_doc(&in, &h, &d, &err));
    weir_tok_sum_frame(sum, in.p + at, in.n - at);
    weir_tok_put_end(&in, sum);
    weir_tok_sum_free(sum);
    weir_job_init(&job, "tokenize");
    job.in = weir_io_open_mem(in.p, in.n, &err);
    job.out = weir_io_open_buf(&out, &err);
    weir_tokenize_opt_init(&opt);
    opt.model = model_path;
    opt.decode = 1;
    const int rc = weir_tokenize_run(&opt, &job, &err);
    weir_job_free(&job);
    weir_buf_free(&in);
    weir_buf_free(&out);
    return rc;
}

/* What a stream says of a document's origin must not break the line of JSON that is made of it. */
static void test_origin(void)
{
    assert(!decode_origin("{\"file\":\"x\",\"offset\":1}"));
    assert(decode_origin("1},{\"text\":2") == WEIR_EBAD);
    assert(decode_origin("{\"a\":\n1}") == WEIR_EBAD);
}

int main(void)
{
    struct weir_err err = {0};
    const char *src = getenv("SRC");
    char path[4096];
    snprintf(path, sizeof path, "%s/samples/tokenizer.model", src ? src : ".");
    model_path = path;
    model = weir_spm_open(path, &err);
    if (!model)
        return 77;
    test_hostile();
    test_random();
    test_runs();
    test_origin();
    weir_spm_free(model);
    return 0;
}
