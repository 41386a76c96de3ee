/* Streams: every format in and out, in pieces, concatenated, and cut at every byte. */
#undef NDEBUG
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weir/io.h"

static const char *const suffixes[] = {"", ".zst", ".gz", ".bz2", ".xz"};
enum { N_SUFFIXES = 5 };

static struct weir_buf slurp_io(weir_io *io, size_t step, int *rc)
{
    struct weir_buf b = {0};
    struct weir_err err = {0};
    char piece[4096];
    ssize_t got;
    while ((got = weir_io_read(io, piece, step, &err)) > 0)
        weir_buf_add(&b, piece, (size_t)got);
    *rc = (int)got;
    assert(got == 0 || err.code == got);
    return b;
}

static struct weir_buf slurp(const char *path)
{
    struct weir_buf b = {0};
    char piece[4096];
    FILE *f = fopen(path, "rb");
    assert(f);
    for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
        weir_buf_add(&b, piece, n);
    fclose(f);
    return b;
}

/* Text that compresses, with bytes that do not. */
static void make_text(struct weir_buf *b, size_t n, unsigned seed)
{
    while (b->n < n) {
        seed = seed * 1664525u + 1013904223u;
        weir_buf_addf(b, "%08x 天下大势，分久必合\n", seed);
    }
}

static void write_file(const char *path, const struct weir_buf *text)
{
    struct weir_err err = {0};
    weir_io *io = weir_io_open_write(path, &err);
    assert(io);
    for (size_t at = 0; at < text->n; at += 7777) {
        const size_t n = text->n - at < 7777 ? text->n - at : 7777;
        assert(!weir_io_write(io, text->p + at, n, &err));
    }
    assert(!weir_io_close(io, &err) && !err.code);
}

static void round_trips(void)
{
    struct weir_buf text = {0};
    make_text(&text, 700000, 1);
    for (int s = 0; s < N_SUFFIXES; s++) {
        char path[32];
        struct weir_err err = {0};
        int rc;
        snprintf(path, sizeof path, "t%s", suffixes[s]);
        write_file(path, &text);
        for (size_t step = 1000; step <= 4096; step += 3096) {
            weir_io *io = weir_io_open_read(path, &err);
            struct weir_buf back = slurp_io(io, step, &rc);
            assert(!rc && back.n == text.n && !memcmp(back.p, text.p, text.n));
            assert(weir_io_offset(io) == text.n);
            assert(weir_io_raw_offset(io) == weir_io_raw_size(io));
            assert(!weir_io_close(io, &err));
            weir_buf_free(&back);
        }
    }
    weir_buf_free(&text);
}

static void concatenated(void)
{
    struct weir_buf a = {0}, b = {0}, both = {0};
    make_text(&a, 5000, 2);
    make_text(&b, 300000, 3);
    weir_buf_add(&both, a.p, a.n);
    weir_buf_add(&both, b.p, b.n);
    for (int s = 1; s < N_SUFFIXES; s++) {
        char pa[32], pb[32];
        struct weir_err err = {0};
        int rc;
        snprintf(pa, sizeof pa, "a%s", suffixes[s]);
        snprintf(pb, sizeof pb, "b%s", suffixes[s]);
        write_file(pa, &a);
        write_file(pb, &b);
        struct weir_buf raw = slurp(pa), second = slurp(pb);
        weir_buf_add(&raw, second.p, second.n);
        weir_io *io = weir_io_open_mem(raw.p, raw.n, &err);
        struct weir_buf back = slurp_io(io, 4096, &rc);
        assert(!rc && back.n == both.n && !memcmp(back.p, both.p, both.n));
        assert(!weir_io_close(io, &err));
        weir_buf_free(&back);
        weir_buf_free(&raw);
        weir_buf_free(&second);
    }
    weir_buf_free(&a);
    weir_buf_free(&b);
    weir_buf_free(&both);
}

/* A file cut anywhere behind its magic is an error; what was read before is a prefix. */
static void truncated(void)
{
    struct weir_buf text = {0};
    make_text(&text, 3000, 4);
    for (int s = 1; s < N_SUFFIXES; s++) {
        char path[32];
        snprintf(path, sizeof path, "c%s", suffixes[s]);
        write_file(path, &text);
        struct weir_buf raw = slurp(path);
        for (size_t n = 10; n < raw.n; n++) {
            struct weir_err err = {0};
            int rc;
            weir_io *io = weir_io_open_mem(raw.p, n, &err);
            assert(io);
            struct weir_buf back = slurp_io(io, 4096, &rc);
            assert(rc == WEIR_EBAD);
            assert(back.n <= text.n && !memcmp(back.p ? back.p : "", text.p, back.n));
            weir_io_abort(io);
            weir_buf_free(&back);
        }
        weir_buf_free(&raw);
    }
    weir_buf_free(&text);
}

static void broken(void)
{
    struct weir_buf text = {0};
    make_text(&text, 3000, 5);
    for (int s = 1; s < N_SUFFIXES; s++) {
        char path[32];
        struct weir_err err = {0};
        int rc;
        snprintf(path, sizeof path, "d%s", suffixes[s]);
        write_file(path, &text);
        struct weir_buf raw = slurp(path);
        raw.p[raw.n / 2] ^= 0x55;
        weir_io *io = weir_io_open_mem(raw.p, raw.n, &err);
        struct weir_buf back = slurp_io(io, 4096, &rc);
        assert(rc == WEIR_EBAD);
        weir_io_abort(io);
        weir_buf_free(&back);
        weir_buf_free(&raw);
    }
    weir_buf_free(&text);
}

static void plain_that_looks_packed(void)
{
    struct weir_err err = {0};
    int rc;
    const char text[] = "BZh9 is how a bzip2 file begins";
    weir_io *io = weir_io_open_mem(text, sizeof text - 1, &err);
    struct weir_buf back = slurp_io(io, 5, &rc);
    assert(!rc && back.n == sizeof text - 1);
    assert(!weir_io_close(io, &err));
    weir_buf_free(&back);
}

/* The name appears at close, not before; an abort leaves what was there. */
static void atomic(void)
{
    struct weir_err err = {0};
    struct stat st;
    weir_io *io = weir_io_open_write("new", &err);
    assert(io && !weir_io_write(io, "half", 4, &err));
    assert(stat("new", &st));
    weir_io_abort(io);
    assert(stat("new", &st));
    io = weir_io_open_write("new", &err);
    assert(!weir_io_write(io, "one", 3, &err) && !weir_io_close(io, &err));
    assert(!stat("new", &st) && st.st_size == 3);
    io = weir_io_open_write("new", &err);
    assert(!weir_io_write(io, "second", 6, &err));
    assert(!stat("new", &st) && st.st_size == 3);
    uint64_t bytes;
    char hex[33];
    assert(!weir_io_prepare(io, &bytes, hex, &err) && bytes == 6);
    assert(!stat("new", &st) && st.st_size == 3);
    assert(!weir_io_close(io, &err));
    assert(!stat("new", &st) && st.st_size == 6);
    /* A symbolic link stays one. */
    assert(!symlink("new", "link"));
    io = weir_io_open_write("link", &err);
    assert(!weir_io_write(io, "x", 1, &err) && !weir_io_close(io, &err));
    assert(!lstat("link", &st) && S_ISLNK(st.st_mode));
    assert(!stat("new", &st) && st.st_size == 1);
}

/* xxh128sum of "abc" and of nothing, from that tool. */
static void hashes(void)
{
    struct weir_err err = {0};
    char hex[33];
    struct weir_buf sink = {0};
    weir_io *io = weir_io_open_buf(&sink, &err);
    weir_io_hash(io, hex);
    assert(!strcmp(hex, "99aa06d3014798d86001c324468d497f"));
    assert(!weir_io_write(io, "abc", 3, &err));
    assert(!weir_io_prepare(io, NULL, hex, &err));
    assert(!strcmp(hex, "06b05ab6733a618578af5f94892f3950"));
    assert(!weir_io_close(io, &err));
    weir_buf_free(&sink);
}

static void failures(void)
{
    struct weir_err err = {0};
    assert(!weir_io_open_read("no such file", &err) && err.code == WEIR_EIO);
    assert(strstr(err.msg, "no such file: cannot open"));
    err = (struct weir_err){0};
    assert(!weir_io_open_read(".", &err) && strstr(err.msg, "is a directory"));
    err = (struct weir_err){0};
    assert(!weir_io_open_write("no such folder/x", &err) && err.code == WEIR_EIO);
    err = (struct weir_err){0};
    weir_io *io = weir_io_open_write("/dev/full", &err);
    assert(io && !weir_io_write(io, "x", 1, &err));
    assert(weir_io_close(io, &err) == WEIR_EIO && strstr(err.msg, "No space left"));
}

static void temporaries(void)
{
    struct weir_err err = {0};
    int rc;
    struct weir_buf text = {0};
    make_text(&text, 600000, 6);
    for (int packed = 0; packed < 2; packed++) {
        weir_io *io = packed ? weir_io_open_temp_packed(".", &err) : weir_io_open_temp(".", &err);
        assert(io && !weir_io_write(io, text.p, text.n, &err) && !weir_io_rewind(io, &err));
        assert(packed ? weir_io_raw_size(io) < text.n : weir_io_raw_size(io) == text.n);
        for (int pass = 0; pass < 2; pass++) {
            struct weir_buf back = slurp_io(io, 4096, &rc);
            assert(!rc && back.n == text.n && !memcmp(back.p, text.p, text.n));
            weir_buf_free(&back);
            assert(!weir_io_rewind(io, &err));
        }
        assert(!weir_io_close(io, &err));
    }
    // At a place: what is on disk, what still waits in memory, and beyond.
    weir_io *io = weir_io_open_temp(".", &err);
    char piece[100];
    assert(!weir_io_write(io, text.p, text.n, &err));
    assert(!weir_io_pread(io, 5, piece, 100, &err) && !memcmp(piece, text.p + 5, 100));
    const size_t last = text.n - 100;
    assert(!weir_io_pread(io, last, piece, 100, &err) && !memcmp(piece, text.p + last, 100));
    assert(!weir_io_write(io, "more", 4, &err));
    assert(!weir_io_pread(io, text.n, piece, 4, &err) && !memcmp(piece, "more", 4));
    assert(weir_io_pread(io, text.n, piece, 5, NULL) == WEIR_EIO);
    assert(!weir_io_close(io, &err));
    weir_buf_free(&text);
}

static void exact_reads(void)
{
    struct weir_err err = {0};
    char four[4];
    weir_io *io = weir_io_open_mem("abcdef", 6, &err);
    assert(weir_io_read_all(io, four, 4, &err) == 1 && !memcmp(four, "abcd", 4));
    assert(weir_io_read_all(io, four, 4, &err) == WEIR_EBAD);
    weir_io_abort(io);
    err = (struct weir_err){0};
    io = weir_io_open_mem("abcd", 4, &err);
    assert(weir_io_read_all(io, four, 4, &err) == 1);
    assert(weir_io_read_all(io, four, 4, &err) == 0);
    assert(!weir_io_close(io, &err));
}

/* Passing over bytes: by seeking in a plain file, by reading in memory and in compressed files; in
 * what was read ahead and far behind it. */
static void skips_in(const char *path, const char *want)
{
    static const uint64_t steps[] = {3, 0, 10, 300000, 1, 262144, 99};
    struct weir_err err = {0};
    char got[5];
    uint64_t at = 0;
    weir_io *io = weir_io_open_read(path, &err);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert(!weir_io_skip(io, steps[i], &err));
        at += steps[i];
        assert(weir_io_offset(io) == at);
        assert(weir_io_read_all(io, got, 5, &err) == 1 && !memcmp(got, want + at, 5));
        at += 5;
    }
    assert(weir_io_skip(io, 1000000, &err) == WEIR_EBAD);
    weir_io_abort(io);
}

static void skips(void)
{
    struct weir_err err = {0};
    const size_t n = 600000;
    char *text = malloc(n);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(i * 31 % 251 + i / 251 % 7);
    static const char *const names[] = {"skip", "skip.zst"};
    for (size_t i = 0; i < 2; i++) {
        weir_io *io = weir_io_open_write(names[i], &err);
        assert(io && !weir_io_write(io, text, n, &err) && !weir_io_close(io, &err));
        skips_in(names[i], text);
    }
    char four[4];
    weir_io *io = weir_io_open_mem("abcdefgh", 8, &err);
    assert(!weir_io_skip(io, 4, &err) && weir_io_read_all(io, four, 4, &err) == 1);
    assert(!memcmp(four, "efgh", 4));
    weir_io_abort(io);
    free(text);
}

/* An input cut while it is read is a failure, not a shorter input. */
static void shrinks(void)
{
    struct weir_err err = {0};
    struct weir_buf text = {0};
    char some[1000];
    make_text(&text, 2000000, 3);
    write_file("shrinks", &text);
    weir_io *io = weir_io_open_read("shrinks", &err);
    assert(io && weir_io_read_all(io, some, sizeof some, &err) == 1);
    assert(!truncate("shrinks", 1000000));
    ssize_t got;
    while ((got = weir_io_read(io, some, sizeof some, &err)) > 0)
        ;
    assert(got == WEIR_EIO && strstr(err.msg, "shrinks: became shorter while it was read"));
    weir_io_abort(io);
    weir_buf_free(&text);
}

int main(void)
{
    shrinks();
    skips();
    round_trips();
    concatenated();
    truncated();
    broken();
    plain_that_looks_packed();
    atomic();
    hashes();
    failures();
    temporaries();
    exact_reads();
    return 0;
}
