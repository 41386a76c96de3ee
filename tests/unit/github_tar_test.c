/* The tar framer on archives written here by the rules of POSIX and the GNU manual. */
#include "ingest/github_tar.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct weir_buf archive;

static void put_header(const char *name, char type, uint64_t size, int posix, const char *prefix)
{
    char h[512] = {0};
    unsigned sum = 0;
    memcpy(h, name, strnlen(name, 100));
    memcpy(h + 100, "0000644", 7);
    for (int i = 10; i >= 0; i--, size >>= 3)
        h[124 + i] = (char)('0' + (size & 7));
    memset(h + 148, ' ', 8);
    h[156] = type;
    memcpy(h + 257, posix ? "ustar\00000" : "ustar  ", 8);
    if (prefix)
        memcpy(h + 345, prefix, strlen(prefix));
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)h[i];
    snprintf(h + 148, 8, "%06o", sum);
    h[155] = ' ';
    weir_buf_add(&archive, h, sizeof(h));
}

static void put_data(const char *data, size_t n)
{
    static const char zero[512];
    weir_buf_add(&archive, data, n);
    weir_buf_add(&archive, zero, (512 - n % 512) % 512);
}

static void put_file(const char *name, char type, const char *data)
{
    put_header(name, type, strlen(data), 1, NULL);
    put_data(data, strlen(data));
}

static void put_end(void)
{
    static const char zero[1024];
    weir_buf_add(&archive, zero, sizeof(zero));
}

/* Lists "kind:path:size:first bytes\n" for each member; returns the last code. */
static int list(size_t n, struct weir_buf *out, int take_data)
{
    static const char kinds[] = "fdls*?";
    struct weir_err err = {0};
    struct window w = {0};
    struct tar t = {0};
    struct tar_member m;
    weir_io *io = weir_io_open_mem(archive.p, n, &err);
    int got = 1;
    assert(io);
    out->n = 0;
    window_start(&w, io, "input");
    tar_start(&t, &w);
    while ((got = tar_next(&t, &m, &err)) > 0) {
        assert(m.data_at + m.size <= n || m.size > n);
        weir_buf_addf(out, "%c:%.*s:%llu:", kinds[m.kind], (int)m.path.n, m.path.p,
                      (unsigned long long)m.size);
        if (m.data_at + m.size <= n)
            weir_buf_add(out, archive.p + m.data_at, m.size < 8 ? m.size : 8);
        weir_buf_addc(out, '\n');
        if (take_data && m.size < 10000) {
            char *data = malloc(m.size + 1);
            if ((got = window_read(&w, data, m.size, &err)) < 0) {
                free(data);
                break;
            }
            assert(!memcmp(data, archive.p + m.data_at, m.size));
            free(data);
        }
    }
    assert(got == err.code);
    tar_free(&t);
    window_free(&w);
    weir_io_abort(io);
    return got;
}

static void expect(const char *want)
{
    struct weir_buf out = {0};
    for (int take = 0; take < 2; take++) {
        assert(!list(archive.n, &out, take));
        if (!weir_span_is(weir_buf_span(&out), want)) {
            fprintf(stderr, "got\n%.*swant\n%s", (int)out.n, out.p, want);
            abort();
        }
    }
    /* Cut anywhere before the end marker it is an error, never fewer members. */
    for (size_t n = 1; n + 1024 < archive.n; n += 97)
        assert(list(n, &out, 0) == WEIR_EBAD);
    weir_buf_free(&out);
    archive.n = 0;
}

static void kinds(void)
{
    put_header("dir/", '5', 0, 1, NULL);
    put_file("dir/a.txt", '0', "hello");
    put_file("dir/empty", '0', "");
    put_header("dir/link", '2', 77, 1, NULL); // no data, whatever the size says
    put_header("dir/hard", '1', 5, 1, NULL);
    put_header("dir/fifo", '6', 0, 1, NULL);
    put_file("old", '\0', "v7 file");
    put_header("olddir/", '\0', 0, 1, NULL);
    put_file("cont", '7', "contig");
    put_file("odd", 'Z', "what");
    put_header("name.c", '0', 3, 1, "a/long/prefix");
    put_data("abc", 3);
    put_end();
    expect("d:dir/:0:\nf:dir/a.txt:5:hello\nf:dir/empty:0:\nl:dir/link:0:\nl:dir/hard:0:\n"
           "s:dir/fifo:0:\nf:old:7:v7 file\nd:olddir/:0:\nf:cont:6:contig\n?:odd:4:what\n"
           "f:a/long/prefix/name.c:3:abc\n");
}

static void long_names(void)
{
    char name[301];
    memset(name, 'n', 300);
    name[300] = '\0';
    put_header("././@LongLink", 'K', 6, 0, NULL);
    put_data("target", 6);
    put_header("././@LongLink", 'L', 301, 0, NULL);
    put_data(name, 301);
    put_header("nnnn", '0', 2, 0, NULL);
    put_data("hi", 2);
    put_end();
    char want[400];
    snprintf(want, sizeof(want), "f:%s:2:hi\n", name);
    expect(want);
}

static void pax(void)
{
    put_file("g", 'g', "19 comment=abcdefg\n");
    put_file("x", 'x', "20 path=caf\xC3\xA9/\xE5\xA4\xA9.c\n9 size=4\n");
    put_header("short", '0', 0, 1, NULL);
    put_data("data", 4);
    put_file("plain", '0', "p");
    put_file("x", 'x', "22 GNU.sparse.major=1\n28 GNU.sparse.name=real.bin\n");
    put_file("GNUSparseFile.0/real.bin", '0', "map");
    put_end();
    expect("f:caf\xC3\xA9/\xE5\xA4\xA9.c:4:data\nf:plain:1:p\n*:real.bin:3:map\n");
}

/* Two archives one behind the other, as cat makes them. */
static void several(void)
{
    put_file("a", '0', "1");
    put_end();
    put_end();
    put_file("b", '0', "2");
    put_end();
    struct weir_buf out = {0};
    assert(!list(archive.n, &out, 0));
    assert(weir_span_is(weir_buf_span(&out), "f:a:1:1\nf:b:1:2\n"));
    weir_buf_free(&out);
    archive.n = 0;
}

static void base256(void)
{
    put_header("big", '0', 0, 0, NULL);
    char *h = archive.p + archive.n - 512;
    memset(h + 124, 0, 12);
    h[124] = (char)0x80;
    h[135] = 3; // size 3
    memset(h + 148, ' ', 8);
    unsigned sum = 0;
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)h[i];
    snprintf(h + 148, 8, "%06o", sum);
    put_data("abc", 3);
    put_end();
    expect("f:big:3:abc\n");
}

static void refuse(void)
{
    struct weir_buf out = {0};
    archive.n = 0;
    assert(list(archive.n, &out, 0) == WEIR_EBAD); // nothing at all: not even an end marker
    static const char *const bad_pax[] = {"5 a=b\n",   "999 path=x\n",  "0 \n",    "path=x\n",
                                          "6 pathx\n", "12 size=12x\n", "7 a=b12", "1 "};
    for (size_t i = 0; i < sizeof(bad_pax) / sizeof(*bad_pax); i++) {
        archive.n = 0;
        put_file("x", 'x', bad_pax[i]);
        put_file("f", '0', "");
        put_end();
        assert(list(archive.n, &out, 0) == WEIR_EBAD);
    }
    archive.n = 0;
    put_file("x", 'x', "9 size=4\n"); // of what?
    put_end();
    assert(list(archive.n, &out, 0) == WEIR_EBAD);
    archive.n = 0;
    put_file("a", '0', "1");
    archive.p[0] ^= 1; // checksum
    put_end();
    assert(list(archive.n, &out, 0) == WEIR_EBAD);
    archive.n = 0;
    put_header("huge", '0', 07777777777, 1, NULL);
    assert(list(archive.n, &out, 0) == WEIR_EBAD);
    weir_buf_free(&out);
}

int main(void)
{
    kinds();
    long_names();
    pax();
    several();
    base256();
    refuse();
    weir_buf_free(&archive);
    return 0;
}
