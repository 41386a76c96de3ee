/* The torch.save() writer.  The expected file is spelled out by hand from APPNOTE.TXT and Python's
 * pickletools; with $SHARED the files that KnowLM itself wrote are compared too. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_torch.h"

/* [276] saved as en.dis: "80 02 ] q 00 M 14 01 a ." has CRC 71AF1557 (Python's zlib.crc32). */
static void test_bytes(void)
{
    static const char want[] =
        "PK\3\4\0\0\x08\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b\0\x17\0"
        "en/data.pklFB\x13\0ZZZZZZZZZZZZZZZZZZZ"
        "\x80\x02]q\0M\x14\x01"
        "a."
        "PK\7\10\x57\x15\xaf\x71\x0a\0\0\0\x0a\0\0\0"
        "PK\3\4\0\0\x08\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0a\0\x3e\0"
        "en/versionFB\x3a\0"
        "ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ"
        "3\nPK\7\10\xd1\x9e\x67\x55\x02\0\0\0\x02\0\0\0"
        "PK\1\2\0\0\0\0\x08\x08\0\0\0\0\0\0\x57\x15\xaf\x71\x0a\0\0\0\x0a\0\0\0\x0b\0"
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0en/data.pkl"
        "PK\1\2\0\0\0\0\x08\x08\0\0\0\0\0\0\xd1\x9e\x67\x55\x02\0\0\0\x02\0\0\0\x0a\0"
        "\0\0\0\0\0\0\0\0\0\0\0\0\x5a\0\0\0en/version"
        "PK\6\6\x2c\0\0\0\0\0\0\0\x1e\x03\x2d\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
        "\x71\0\0\0\0\0\0\0\xd2\0\0\0\0\0\0\0"
        "PK\6\7\0\0\0\0\x43\x01\0\0\0\0\0\0\1\0\0\0"
        "PK\5\6\0\0\0\0\2\0\2\0\x71\0\0\0\xd2\0\0\0\0";
    struct weir_buf b = {0};
    weir_buf_adds(&b, "before"); // places are the file's own, not the buffer's
    index_torch_put(&b, "en", (const uint64_t[]){276}, 1);
    assert(b.n == 6 + sizeof want && !memcmp(b.p + 6, want, sizeof want));
    weir_buf_free(&b);
}

static void pickles_as(const uint64_t *v, size_t n, const char *want, size_t want_n)
{
    struct weir_buf b = {0};
    index_torch_put(&b, "x", v, n);
    assert(b.n > 64 + want_n && !memcmp(b.p + 64, want, want_n));
    assert(!memcmp(b.p + 64 + want_n, "PK\7\10", 4));
    uint64_t *back;
    size_t n_back;
    assert(index_torch_get(b.p, b.n, &back, &n_back, NULL) == 0);
    assert(n_back == n && (!n || !memcmp(back, v, n * sizeof *v)));
    free(back);
    for (size_t cut = 0; cut < 64 + want_n; cut++)
        assert(index_torch_get(b.p, cut, &back, &n_back, NULL) == WEIR_EBAD);
    weir_buf_free(&b);
}

/* What pickle.dumps(v, 2) of CPython 3.11 gives. */
static void test_pickle(void)
{
#define GIVES(s, ...)                                                                              \
    pickles_as((const uint64_t[]){__VA_ARGS__}, sizeof(uint64_t[]){__VA_ARGS__} / 8, s,            \
               sizeof s - 1)
    pickles_as(NULL, 0, "\x80\x02]q\0.", 6);
    GIVES("\x80\x02]q\0K\0a.", 0);
    GIVES("\x80\x02]q\0(K\xffM\0\1M\xff\xffJ\0\0\1\0e.", 255, 256, 65535, 65536);
    GIVES("\x80\x02]q\0(J\xff\xff\xff\x7f\x8a\x05\0\0\0\x80\0e.", 2147483647, 2147483648);
    GIVES("\x80\x02]q\0\x8a\x06\0\0\0\0\0\1a.", 1099511627776);
    uint64_t many[1001];
    char want[5 + 2 + 1000 * 2 + 2 + 2 + 1], *w = want;
    memcpy(w, "\x80\x02]q\0(", 6), w += 6;
    for (int i = 0; i < 1001; i++) {
        many[i] = (uint64_t)i % 100;
        if (i == 1000)
            *w++ = 'e', *w++ = '(';
        *w++ = 'K', *w++ = (char)many[i];
    }
    *w++ = 'e', *w++ = '.';
    pickles_as(many, 1001, want, (size_t)(w - want));
}

static void test_refuses(void)
{
    uint64_t *v;
    size_t n;
    struct weir_buf b = {0};
    index_torch_put(&b, "x", (const uint64_t[]){1u << 20}, 1);
    b.p[64 + 9] = '\x80'; // negative
    assert(index_torch_get(b.p, b.n, &v, &n, NULL) == WEIR_EBAD);
    b.p[64 + 5] = '}'; // a dictionary
    assert(index_torch_get(b.p, b.n, &v, &n, NULL) == WEIR_EBAD);
    b.p[8] = 8; // deflated
    assert(index_torch_get(b.p, b.n, &v, &n, NULL) == WEIR_EBAD);
    weir_buf_free(&b);
}

static void test_golden(const char *shared, const char *name, const char *ext, const uint64_t *v,
                        size_t n)
{
    char path[4096], file[2048];
    snprintf(path, sizeof path, "%s/data/golden/knowlm/%s%s", shared, name, ext);
    FILE *f = fopen(path, "rb");
    assert(f);
    const size_t file_n = fread(file, 1, sizeof file, f);
    fclose(f);
    struct weir_buf b = {0};
    index_torch_put(&b, name, v, n);
    assert(b.n == file_n && !memcmp(b.p, file, file_n));
    uint64_t *back;
    size_t n_back;
    assert(index_torch_get(file, file_n, &back, &n_back, NULL) == 0 && n_back == n);
    assert(!memcmp(back, v, n * sizeof *v));
    free(back);
    weir_buf_free(&b);
}

int main(void)
{
    test_bytes();
    test_pickle();
    test_refuses();
    const char *shared = getenv("SHARED");
    if (!shared || !*shared)
        return 0;
    /* counted from the .idx and .bin files beside them by another program */
    test_golden(shared, "en-whole-1024", ".dis", (const uint64_t[]){276}, 1);
    test_golden(shared, "en-whole-1024", ".tmp", (const uint64_t[]){29, 29, 211, 7}, 4);
    test_golden(shared, "zh-keep-64", ".dis", (const uint64_t[]){11466}, 1);
    test_golden(shared, "zh-keep-64", ".tmp", (const uint64_t[]){497, 497, 10470, 2}, 4);
    test_golden(shared, "zh-drop-1024", ".tmp", (const uint64_t[]){156, 156, 91, 347}, 4);
    test_golden(shared, "merge-types", ".dis", (const uint64_t[]){1513, 276}, 2);
    return 0;
}
