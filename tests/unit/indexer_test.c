/* The indexer as a stage.  The files of a small dataset are spelled out by hand from Megatron's
 * layout and docs/formats.md; damage done to them must be named. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/xxh.h"
#include "weir/indexer.h"
#include "weir/tokens.h"

static struct weir_tok_header header = {.vocab_size = 100,
                                        .width = 2,
                                        .bos = 1,
                                        .eos = 2,
                                        .pad = WEIR_NO_ID,
                                        .unk = 0,
                                        .flags = WEIR_TOK_SAMPLES,
                                        .max_tokens = 4};

struct doc {
    const char *id;
    uint16_t tokens[8];
    uint32_t n_tokens;
    struct weir_sample samples[4];
    uint32_t n_samples;
};

static const struct doc docs[] = {
    {"a", {5, 6, 7, 8, 9}, 5, {{0, 3}, {3, 2}}, 2},
    {"bc", {1, 2}, 2, {{0, 2}}, 1},
    {"a", {11, 12, 13, 14, 15, 16}, 6, {{0, 4}, {2, 4}}, 2}, // overlapping
};

static void make(struct weir_buf *b, size_t first, size_t n)
{
    struct weir_tok_sum *sum = weir_tok_sum_new();
    b->n = 0;
    weir_tok_put_header(b, &header);
    for (size_t i = first; i < first + n; i++) {
        const struct doc *x = &docs[i];
        const struct weir_tok_doc d = {.id = weir_span(x->id, strlen(x->id)),
                                       .source = i == 1 ? weir_span("two", 3) : weir_span("one", 3),
                                       .origin = weir_span("{}", i == 0 ? 2 : 0),
                                       .tokens = x->tokens,
                                       .n_tokens = x->n_tokens,
                                       .units = &x->n_tokens,
                                       .n_units = 1,
                                       .samples = x->samples,
                                       .n_samples = header.flags & 1 ? x->n_samples : 0,
                                       .text_bytes = 10};
        const size_t at = b->n;
        assert(!weir_tok_put_doc(b, &header, &d, NULL));
        weir_tok_sum_frame(sum, b->p + at, b->n - at);
    }
    weir_tok_put_end(b, sum);
    weir_tok_sum_free(sum);
}

static int index_docs(const struct weir_indexer_opt *opt, size_t first, size_t n, const char *name,
                      struct weir_job *job, struct weir_err *err)
{
    struct weir_buf in = {0};
    make(&in, first, n);
    memset(err, 0, sizeof *err);
    weir_job_init(job, "indexer");
    job->in = weir_io_open_mem(in.p, in.n, err);
    job->output = name;
    job->temp_dir = ".";
    const int rc = weir_indexer_run(opt, job, err);
    weir_buf_free(&in);
    return rc;
}

static void write_set(const struct weir_indexer_opt *opt, size_t first, size_t n, const char *name)
{
    struct weir_job job;
    struct weir_err err;
    assert(!index_docs(opt, first, n, name, &job, &err));
    weir_job_free(&job);
}

static size_t slurp(const char *name, char *to, size_t cap)
{
    FILE *f = fopen(name, "rb");
    assert(f);
    const size_t n = fread(to, 1, cap, f);
    fclose(f);
    assert(n < cap);
    return n;
}

static void file_is(const char *name, const void *want, size_t n)
{
    char got[4096];
    assert(slurp(name, got, sizeof got) == n && !memcmp(got, want, n));
}

static void same_files(const char *a, const char *b)
{
    char got[4096];
    file_is(a, got, slurp(b, got, sizeof got));
}

static const struct weir_indexer_opt plain = {.pad = -1, .eod = -1};

#define IDX(dtype, seqs, docs_1)                                                                   \
    "MMIDIDX\0\0\1\0\0\0\0\0\0\0" dtype seqs "\0\0\0\0\0\0\0" docs_1 "\0\0\0\0\0\0\0"
#define U32(c) c "\0\0\0"
#define U64(c) c "\0\0\0\0\0\0\0"

static void test_chunks(void)
{
    struct weir_job job;
    struct weir_err err;
    assert(!index_docs(&plain, 0, 3, "set", &job, &err));
    assert(job.tally.in.records == 3 && job.tally.out.records == 5);
    assert(job.tally.in.tokens == 15 && job.tally.out.tokens == 15 && job.tally.out.bytes == 30);
    weir_job_free(&job);
    static const uint16_t bin[] = {5, 6, 7, 8, 9, 1, 2, 11, 12, 13, 14, 13, 14, 15, 16};
    file_is("set.bin", bin, sizeof bin);
    static const char idx[] = IDX("\x08", "\5", "\4") U32("\3") U32("\2") U32("\2") U32("\4")
        U32("\4") U64("\0") U64("\6") U64("\x0a") U64("\x0e") U64("\x16") U64("\0") U64("\2")
            U64("\3") "\5\0\0\0\0\0\0";
    file_is("set.idx", idx, sizeof idx);
}

/* By hand from docs/formats.md; the checksum is xxHash's own of what stands before it. */
static void test_prov(void)
{
    char prov[] = "WEIRPRV1\0\0\0\0\0\0\0\0"
                  "\1\0\0\0\3\0\0\0\2\0\0\0\0\0\0\0aone{}\0\0"
                  "\2\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0bctwo\0\0\0"
                  "\1\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0aone\0\0\0\0" U64("\0") U64("\x18") U64("\x30")
                      U64("\0") U32("\0") U32("\3") U64("\0") U32("\3") U32("\2") U64("\1")
                          U32("\0") U32("\2") U64("\2") U32("\0") U32("\4") U64("\2") U32("\2")
                              U32("\4") U64("\x48") U64("\3") U64("\5") "checksumWEIRPEND";
    const size_t n = sizeof prov - 1, sum_at = n - 16;
    const uint64_t sum = XXH3_64bits(prov, sum_at);
    memcpy(prov + sum_at, &sum, 8);
    file_is("set.prov", prov, n);
}

static void test_manifest(void)
{
    char hex[3][33], json[1024], want[4096], got[4096];
    static const char *const names[] = {"set.bin", "set.idx", "set.prov"};
    size_t bytes[3];
    for (int i = 0; i < 3; i++) {
        char data[4096];
        XXH128_canonical_t c;
        bytes[i] = slurp(names[i], data, sizeof data);
        XXH128_canonicalFromHash(&c, XXH3_128bits(data, bytes[i]));
        for (int k = 0; k < 16; k++)
            sprintf(hex[i] + 2 * k, "%02x", c.digest[k]);
    }
    snprintf(json, sizeof json,
             "{\n  \"weir_dataset\": 1,\n  \"format\": \"megatron\",\n  \"dtype\": \"uint16\",\n"
             "  \"unit\": \"chunk\",\n  \"max_tokens\": 4,\n  \"pad\": null,\n  \"eod\": null,\n"
             "  \"max_id\": 99,\n  \"tokenizer\": {\"sha256\": \"%064d\", \"vocab_size\": 100},\n"
             "  \"sequences\": 5,\n  \"documents\": 3,\n  \"tokens\": 15,\n",
             0);
    snprintf(
        want, sizeof want,
        "%s  \"bin\": {\"bytes\": %zu, \"xxh128\": \"%s\"},\n"
        "  \"idx\": {\"bytes\": %zu, \"xxh128\": \"%s\"},\n"
        "  \"prov\": {\"bytes\": %zu, \"xxh128\": \"%s\"},\n"
        "  \"sources\": {\n"
        "    \"one\": {\"documents\": 2, \"text_bytes\": 20, \"sequences\": 4, \"tokens\": 13},\n"
        "    \"two\": {\"documents\": 1, \"text_bytes\": 10, \"sequences\": 1, \"tokens\": 2}\n"
        "  },\n  \"commands\": [\"weir indexer --unit chunk\"],\n",
        json, bytes[0], hex[0], bytes[1], hex[1], bytes[2], hex[2]);
    const size_t n = strlen(want);
    sprintf(want + n, "  \"checksum\": \"%016llx\"\n}\n", (unsigned long long)XXH3_64bits(want, n));
    got[slurp("set.json", got, sizeof got)] = 0;
    assert(!strcmp(got, want));
}

static void test_eod_and_padding(void)
{
    const struct weir_indexer_opt eod = {.pad = -1, .eod = 3};
    write_set(&eod, 0, 2, "eod");
    static const uint16_t with_eod[] = {5, 6, 7, 8, 9, 3, 1, 2, 3};
    file_is("eod.bin", with_eod, sizeof with_eod);
    const struct weir_indexer_opt both = {.pad = 0, .eod = 3};
    write_set(&both, 0, 2, "pad");
    static const uint16_t padded[] = {5, 6, 7, 0, 8, 9, 3, 0, 1, 2, 3, 0};
    file_is("pad.bin", padded, sizeof padded);
    static const char idx[] = IDX("\x08", "\3", "\3") U32("\4") U32("\4") U32("\4") U64("\0")
        U64("\x08") U64("\x10") U64("\0") U64("\2") "\3\0\0\0\0\0\0";
    file_is("pad.idx", idx, sizeof idx);
    /* the last sample of the third document is full: no room for the id behind it */
    struct weir_job job;
    struct weir_err err;
    assert(index_docs(&both, 2, 1, "over", &job, &err) == WEIR_EBAD && strstr(err.msg, "-n 5"));
    assert(access("over.idx", F_OK) && access("over.bin", F_OK) && access("over.json", F_OK));
    weir_job_free(&job);
    const struct weir_indexer_opt five = {.pad = 0, .eod = 3, .length = 5};
    write_set(&five, 2, 1, "over");
    static const uint16_t fits[] = {11, 12, 13, 14, 0, 13, 14, 15, 16, 3};
    file_is("over.bin", fits, sizeof fits);
}

/* 65,535 is the last id of 16 bits; the next makes the whole dataset 32 bits wide. */
static void test_dtype(void)
{
    const struct weir_indexer_opt last = {.pad = -1, .eod = 65535};
    write_set(&last, 1, 1, "u16");
    static const uint16_t narrow[] = {1, 2, 65535};
    file_is("u16.bin", narrow, sizeof narrow);
    const struct weir_indexer_opt next = {.pad = -1, .eod = 65536};
    write_set(&next, 1, 1, "i32");
    static const uint32_t wide[] = {1, 2, 65536};
    file_is("i32.bin", wide, sizeof wide);
    static const char idx[] =
        IDX("\x04", "\1", "\2") U32("\3") U64("\0") U64("\0") "\1\0\0\0\0\0\0";
    file_is("i32.idx", idx, sizeof idx);
    const struct weir_indexer_opt knowlm = {.pad = -1, .eod = 65536, .format = WEIR_FORMAT_KNOWLM};
    struct weir_job job;
    struct weir_err err;
    assert(index_docs(&knowlm, 1, 1, "no", &job, &err) == WEIR_EUSAGE);
    weir_job_free(&job);
}

static void test_documents(void)
{
    const struct weir_indexer_opt whole = {.unit = WEIR_UNIT_DOCUMENT, .pad = -1, .eod = -1};
    header.flags = header.max_tokens = 0;
    write_set(&whole, 0, 3, "whole");
    struct weir_job job;
    struct weir_err err;
    assert(index_docs(&plain, 0, 3, "no", &job, &err) == WEIR_EUSAGE);
    weir_job_free(&job);
    header.flags = WEIR_TOK_SAMPLES;
    header.max_tokens = 4;
    static const uint16_t bin[] = {5, 6, 7, 8, 9, 1, 2, 11, 12, 13, 14, 15, 16};
    file_is("whole.bin", bin, sizeof bin);
    static const char idx[] = IDX("\x08", "\3", "\4") U32("\5") U32("\2") U32("\6") U64("\0")
        U64("\x0a") U64("\x0e") U64("\0") U64("\1") U64("\2") "\3\0\0\0\0\0\0";
    file_is("whole.idx", idx, sizeof idx);
}

static void test_knowlm(void)
{
    const struct weir_indexer_opt opt = {.pad = -1, .eod = -1, .format = WEIR_FORMAT_KNOWLM};
    write_set(&opt, 0, 2, "klm");
    static const char idx[] = U64("\0") U64("\3") U64("\5") "\3\0\2\0\2";
    file_is("klm.idx", idx, sizeof idx);
    static const uint16_t bin[] = {5, 6, 7, 8, 9, 1, 2};
    file_is("klm.bin", bin, sizeof bin);
    char tmp[1024];
    assert(slurp("klm.tmp", tmp, sizeof tmp) > 80);
    /* BOS only 0, EOS only 0, neither 2, both 1 */
    assert(!memcmp(tmp + 64, "\x80\x02]q\0(K\0K\0K\2K\1e.", 15));
    assert(slurp("klm.dis", tmp, sizeof tmp) > 80 && !memcmp(tmp + 64, "\x80\x02]q\0K\3a.", 9));
}

static int merge(const char *const *names, size_t n, const char *to, struct weir_err *err)
{
    struct weir_job job;
    memset(err, 0, sizeof *err);
    weir_job_init(&job, "indexer");
    job.inputs = names;
    job.n_inputs = n;
    job.output = to;
    job.temp_dir = ".";
    const struct weir_indexer_merge_opt opt = {0};
    const int rc = weir_indexer_merge_run(&opt, &job, err);
    weir_job_free(&job);
    return rc;
}

/* Shards merged are the whole, all four files. */
static void test_merge(void)
{
    struct weir_err err;
    write_set(&plain, 0, 1, "part-1");
    write_set(&plain, 1, 0, "part-2");
    write_set(&plain, 1, 2, "part-3");
    const char *const parts[] = {"part-1", "part-2", "part-3", "eod"};
    assert(!merge(parts, 3, "merged", &err));
    same_files("merged.bin", "set.bin");
    same_files("merged.idx", "set.idx");
    same_files("merged.prov", "set.prov");
    same_files("merged.json", "set.json");
    assert(!merge(parts, 4, "mixed", &err));
    assert(merge(parts, 3, "./part-1", &err) == WEIR_EUSAGE);
    header.sha256[5] = 1;
    write_set(&plain, 1, 1, "other");
    header.sha256[5] = 0;
    const char *const tokenizers[] = {"part-1", "other"};
    assert(merge(tokenizers, 2, "no", &err) == WEIR_EBAD && strstr(err.msg, "tokenizer"));
    const char *const types[] = {"part-1", "i32"};
    assert(merge(types, 2, "no", &err) == WEIR_EBAD && strstr(err.msg, "int32"));
    const char *const formats[] = {"part-1", "klm"};
    assert(merge(formats, 2, "no", &err) == WEIR_EBAD && strstr(err.msg, "knowlm"));
    assert(access("no.bin", F_OK) && access("no.idx", F_OK));
}

static int check(const char *name, int64_t vocab_size, struct weir_err *err)
{
    struct weir_job job;
    struct weir_buf out = {0};
    memset(err, 0, sizeof *err);
    weir_job_init(&job, "indexer");
    job.inputs = &name;
    job.n_inputs = 1;
    job.out = weir_io_open_buf(&out, err);
    const struct weir_indexer_check_opt opt = {.vocab_size = vocab_size};
    const int rc = weir_indexer_check_run(&opt, &job, err);
    assert(rc || (out.n && out.p[out.n - 1] == '\n'));
    weir_job_free(&job);
    weir_buf_free(&out);
    return rc;
}

/* A copy of set (without manifest when bare) with bytes at a place of one file replaced. */
static void damaged(const char *ext, size_t at, const char *bytes, size_t n, int cut, int bare,
                    const char *words)
{
    static const char *const exts[] = {".bin", ".idx", ".prov", ".json"};
    struct weir_err err;
    for (int i = 0; i < 4; i++) {
        char from[32], to[32], data[4096];
        snprintf(from, sizeof from, "set%s", exts[i]);
        snprintf(to, sizeof to, "bad%s", exts[i]);
        remove(to);
        if (bare && i >= 2)
            continue;
        size_t size = slurp(from, data, sizeof data);
        if (!strcmp(exts[i], ext)) {
            memcpy(data + at, bytes, n);
            size = at + n > size ? at + n : size;
            size -= (size_t)cut;
        }
        FILE *f = fopen(to, "wb");
        assert(f && fwrite(data, 1, size, f) == size && !fclose(f));
    }
    assert(check("bad", 0, &err) == WEIR_EBAD);
    if (!strstr(err.msg, words)) {
        printf("%s: got \"%s\", wanted \"%s\"\n", ext, err.msg, words);
        abort();
    }
}

static void test_check(void)
{
    struct weir_err err;
    static const char *const good[] = {"set", "eod", "pad",    "over",  "u16",
                                       "i32", "klm", "merged", "mixed", "whole"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert(!check(good[i], 0, &err));
    assert(check("set", 16, &err) == WEIR_EBAD && strstr(err.msg, "sequence 4, token 3: id 16"));
    assert(!check("set", 17, &err));
    enum { LENGTHS = 34, POINTERS = 34 + 20, DOCS = 34 + 20 + 40, END = DOCS + 32 };
    for (int bare = 0; bare < 2; bare++) {
        damaged(".idx", 0, "x", 1, 0, bare, "neither Megatron's index nor KnowLM's");
        damaged(".idx", 9, "\2", 1, 0, bare, "version 2");
        damaged(".idx", 17, "\7", 1, 0, bare, "dtype code 7");
        damaged(".idx", 18, "\6", 1, 0, bare, "truncated");
        damaged(".idx", 25, "\xff", 1, 0, bare, "truncated");
        damaged(".idx", 0, "", 0, 1, bare, "truncated");
        damaged(".idx", END, "12345", 5, 0, bare, "5 bytes behind the document index (modes");
        damaged(".idx", LENGTHS + 4, "\xff\xff\xff\xff", 4, 0, bare, "sequence 1: length -1");
        damaged(".idx", LENGTHS + 4, "\3", 1, 0, bare, "sequence 2 starts at byte 10");
        damaged(".idx", POINTERS + 8, "\4", 1, 0, bare, "sequence 1 starts at byte 4");
        damaged(".idx", LENGTHS + 16, "\5", 1, 0, bare, "its index speaks of 32");
        damaged(".idx", DOCS, "\1", 1, 0, bare, "document entry 0 is 1");
        damaged(".idx", DOCS + 16, "\1", 1, 0, bare, "document entry 2 is 1 after 2");
        damaged(".idx", DOCS + 24, "\4", 1, 0, bare, "ends at sequence 4 of 5");
        damaged(".bin", 0, "", 0, 2, bare, "28 bytes, its index speaks of 30");
        damaged(".bin", 30, "x", 1, 0, bare, "31 bytes");
    }
    damaged(".bin", 14, "\x64", 1, 0, 0, "sequence 3, token 0: id 100");
    damaged(".bin", 14, "\x63", 1, 0, 0, "XXH3-128");
    damaged(".idx", DOCS + 8, "\1", 1, 0, 0, "XXH3-128");
    damaged(".prov", 40, "x", 1, 0, 0, "XXH3-128");
    damaged(".prov", 0, "", 0, 1, 0, "bad.prov");
    damaged(".json", 0, "[", 1, 0, 0, "bad.json");
}

/* A bit wrong anywhere in any of the four files. */
static void test_check_sees_all(void)
{
    static const char *const exts[] = {".bin", ".idx", ".prov", ".json"};
    struct weir_err err;
    for (int i = 0; i < 4; i++) {
        char name[32], data[4096];
        snprintf(name, sizeof name, "set%s", exts[i]);
        const size_t n = slurp(name, data, sizeof data);
        for (size_t at = 0; at < n; at++) {
            FILE *f = fopen(name, "r+b");
            assert(f && !fseek(f, (long)at, SEEK_SET) && fputc(data[at] ^ 1 << at % 8, f) != EOF);
            assert(!fclose(f));
            if (check("set", 0, &err) != WEIR_EBAD)
                printf("%s: byte %zu: not seen\n", name, at), abort();
            f = fopen(name, "r+b");
            assert(f && !fseek(f, (long)at, SEEK_SET) && fputc(data[at], f) != EOF && !fclose(f));
        }
    }
    assert(!check("set", 0, &err));
}

static void test_prefix_is_needed(void)
{
    struct weir_job job;
    struct weir_err err;
    assert(index_docs(&plain, 0, 1, "-", &job, &err) == WEIR_EUSAGE);
    weir_job_free(&job);
    assert(index_docs(&plain, 0, 1, "folder/", &job, &err) == WEIR_EUSAGE);
    weir_job_free(&job);
}

int main(void)
{
    test_chunks();
    test_prov();
    test_manifest();
    test_eod_and_padding();
    test_dtype();
    test_documents();
    test_knowlm();
    test_merge();
    test_check();
    test_check_sees_all();
    test_prefix_is_needed();
    return 0;
}
