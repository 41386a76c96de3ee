#include "ingest/github_tar.h"

#include <string.h>

/* POSIX.1-2017 pax, "pax Interchange Format" and "ustar Interchange Format"; for GNU's types L, K,
 * S the GNU tar manual, "Basic Tar Format". */

enum {
    BLOCK = 512,
    EXT_MAX = 1 << 20, // an extended header is names and numbers
    NAME_AT = 0,
    NAME_N = 100,
    SIZE_AT = 124,
    SIZE_N = 12,
    SUM_AT = 148,
    SUM_N = 8,
    TYPE_AT = 156,
    MAGIC_AT = 257,
    PREFIX_AT = 345,
    PREFIX_N = 155,
    SPARSE_MORE_AT = 482,     // GNU: another block of the sparse map follows
    SPARSE_MORE_NEXT_AT = 504 // the same inside such a block
};

static int all_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i])
            return 0;
    }
    return 1;
}

/* Octal with spaces or NULs around it, or GNU's base 256 (top bit of the first byte set). */
static int get_number(const char *p, size_t n, uint64_t *value)
{
    size_t i = 0;
    *value = 0;
    if (p[0] & 0x80) {
        uint64_t x = p[0] & 0x7F;
        for (i = 1; i < n; i++) {
            if (x >> 55)
                return -1;
            x = x << 8 | (unsigned char)p[i];
        }
        *value = x;
        return 0;
    }
    while (i < n && p[i] == ' ')
        i++;
    for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
        *value = *value << 3 | (uint64_t)(p[i] - '0');
    return i < n && p[i] && p[i] != ' ' ? -1 : 0;
}

static int checksum_holds(const char *p)
{
    uint64_t want, plain = 0;
    int64_t with_sign = 0; // what some old programs computed
    if (get_number(p + SUM_AT, SUM_N, &want))
        return 0;
    for (size_t i = 0; i < BLOCK; i++) {
        const char c = i >= SUM_AT && i < SUM_AT + SUM_N ? ' ' : p[i];
        plain += (unsigned char)c;
        with_sign += (signed char)c;
    }
    return want == plain || (int64_t)want == with_sign;
}

int tar_is_header(const char *p)
{
    return all_zero(p, BLOCK) || checksum_holds(p);
}

void tar_start(struct tar *t, struct window *w)
{
    t->w = w;
    t->next_at = w->offset;
    t->ended = 0;
    t->has_path = t->has_size = t->sparse = 0;
    t->global_path.n = 0;
}

void tar_free(struct tar *t)
{
    weir_buf_free(&t->path);
    weir_buf_free(&t->ext);
    weir_buf_free(&t->global_path);
}

static int bad(const struct tar *t, const char *why, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "%s: byte %llu: tar: %s", t->w->name,
                        (unsigned long long)t->w->offset, why);
}

/* Reads the next header block: 1, or 0 at the end. */
static int read_header(struct tar *t, char *h, struct weir_err *err)
{
    for (;;) {
        const int rc = window_fill(t->w, BLOCK, err);
        if (rc)
            return rc;
        const struct weir_span s = window_span(t->w);
        if (s.n < BLOCK) {
            if (!t->ended || !all_zero(s.p, s.n))
                return bad(t, "the archive is truncated", err);
            window_take(t->w, s.n);
            return 0;
        }
        memcpy(h, s.p, BLOCK);
        if (!all_zero(h, BLOCK))
            break;
        window_take(t->w, BLOCK);
        t->ended = 1;
    }
    if (!checksum_holds(h))
        return bad(t, "no valid header here", err);
    window_take(t->w, BLOCK);
    t->restarts |= t->ended;
    t->ended = 0;
    return 1;
}

static int skip_padding(struct tar *t, uint64_t size, struct weir_err *err)
{
    return window_read(t->w, NULL, (BLOCK - size % BLOCK) % BLOCK, err);
}

/* The whole data of an extension member into t->ext. */
static int read_ext(struct tar *t, uint64_t size, struct weir_err *err)
{
    if (size > EXT_MAX)
        return bad(t, "an extended header is longer than 1 MiB", err);
    t->ext.n = 0;
    if (weir_buf_reserve(&t->ext, size))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc = window_read(t->w, t->ext.p, size, err);
    if (rc)
        return rc;
    t->ext.n = size;
    return skip_padding(t, size, err);
}

static int set_path(struct tar *t, struct weir_buf *to, struct weir_span s, struct weir_err *err)
{
    to->n = 0;
    weir_buf_add(to, s.p, s.n);
    if (weir_buf_check(to, err))
        return WEIR_EMEM;
    t->has_path |= to == &t->path;
    return 0;
}

static int pax_size(struct tar *t, struct weir_span v, struct weir_err *err)
{
    uint64_t x = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] < '0' || v.p[i] > '9' || x > INT64_MAX / 10 - 1)
            return bad(t, "a pax size is no number", err);
        x = x * 10 + (uint64_t)(v.p[i] - '0');
    }
    t->size = x;
    t->has_size = 1;
    return 0;
}

static int pax_record(struct tar *t, int global, struct weir_span key, struct weir_span value,
                      struct weir_err *err)
{
    if (weir_span_is(key, "path"))
        return set_path(t, global ? &t->global_path : &t->path, value, err);
    if (global)
        return 0;
    if (weir_span_is(key, "size"))
        return pax_size(t, value, err);
    if (key.n > 11 && !memcmp(key.p, "GNU.sparse.", 11)) {
        t->sparse = 1;
        if (weir_span_is(key, "GNU.sparse.name"))
            return set_path(t, &t->path, value, err);
    }
    return 0;
}

/* Records "LENGTH KEY=VALUE\n", LENGTH counting all of itself. */
static int parse_pax(struct tar *t, int global, struct weir_err *err)
{
    const char *p = t->ext.p;
    size_t left = t->ext.n;
    while (left) {
        size_t n = 0, i = 0;
        for (; i < left && p[i] >= '0' && p[i] <= '9' && n <= EXT_MAX; i++)
            n = n * 10 + (size_t)(p[i] - '0');
        if (!i || i == left || p[i] != ' ' || n > left || n < i + 3 || p[n - 1] != '\n')
            return bad(t, "a pax record is malformed", err);
        const char *key = p + i + 1, *end = p + n - 1;
        const char *eq = memchr(key, '=', (size_t)(end - key));
        if (!eq)
            return bad(t, "a pax record is malformed", err);
        const int rc = pax_record(t, global, weir_span(key, (size_t)(eq - key)),
                                  weir_span(eq + 1, (size_t)(end - eq - 1)), err);
        if (rc)
            return rc;
        p += n;
        left -= n;
    }
    return 0;
}

/* Takes an extension header in: 1 when it was one, 0 when h is a member's own. */
static int extension(struct tar *t, const char *h, uint64_t size, struct weir_err *err)
{
    const char type = h[TYPE_AT];
    int rc;
    switch (type) {
    case 'x':
    case 'X':
    case 'g':
        rc = read_ext(t, size, err);
        if (!rc)
            rc = parse_pax(t, type == 'g', err);
        return rc ? rc : 1;
    case 'L':
        rc = read_ext(t, size, err);
        if (!rc)
            rc = set_path(t, &t->path, weir_span(t->ext.p, strnlen(t->ext.p, t->ext.n)), err);
        return rc ? rc : 1;
    case 'K': // the long name of a link's target
        rc = read_ext(t, size, err);
        return rc ? rc : 1;
    default:
        return 0;
    }
}

static void header_path(struct tar *t, const char *h)
{
    t->path.n = 0;
    if (!memcmp(h + MAGIC_AT, "ustar", 6) && h[PREFIX_AT]) {
        weir_buf_add(&t->path, h + PREFIX_AT, strnlen(h + PREFIX_AT, PREFIX_N));
        weir_buf_addc(&t->path, '/');
    }
    weir_buf_add(&t->path, h + NAME_AT, strnlen(h + NAME_AT, NAME_N));
}

static enum tar_kind kind_of(const struct tar *t, char type)
{
    const char last = t->path.n ? t->path.p[t->path.n - 1] : 0;
    switch (type) {
    case '0':
    case '\0':
    case '7': // contiguous: a file like others
        return last == '/' ? TAR_FOLDER : t->sparse ? TAR_SPARSE : TAR_FILE;
    case '1':
    case '2':
        return TAR_LINK;
    case '3':
    case '4':
    case '6':
        return TAR_SPECIAL;
    case '5':
        return TAR_FOLDER;
    case 'S':
        return TAR_SPARSE;
    default:
        return TAR_UNKNOWN;
    }
}

static int skip_sparse_map(struct tar *t, const char *h, struct weir_err *err)
{
    char block[BLOCK];
    for (char more = h[SPARSE_MORE_AT]; more; more = block[SPARSE_MORE_NEXT_AT]) {
        const int rc = window_read(t->w, block, BLOCK, err);
        if (rc)
            return rc;
    }
    return 0;
}

static int fill_member(struct tar *t, struct tar_member *m, const char *h, uint64_t size,
                       struct weir_err *err)
{
    const char type = h[TYPE_AT];
    if (!t->has_path) {
        if (t->global_path.n) {
            t->path.n = 0;
            weir_buf_add(&t->path, t->global_path.p, t->global_path.n);
        } else {
            header_path(t, h);
        }
    }
    if (weir_buf_check(&t->path, err))
        return WEIR_EMEM;
    m->type = type;
    m->restarts = t->restarts;
    m->kind = kind_of(t, type);
    m->path = weir_buf_span(&t->path);
    /* Links, devices and folders carry no data, whatever their size field says. */
    m->size = type >= '1' && type <= '6' ? 0 : t->has_size ? t->size : size;
    if (type == 'S') {
        const int rc = skip_sparse_map(t, h, err);
        if (rc)
            return rc;
    }
    m->data_at = t->w->offset;
    if (m->size > INT64_MAX - BLOCK - m->data_at)
        return bad(t, "a member's size is impossible", err);
    t->next_at = m->data_at + (m->size + BLOCK - 1) / BLOCK * BLOCK;
    return 1;
}

int tar_next(struct tar *t, struct tar_member *m, struct weir_err *err)
{
    char h[BLOCK];
    uint64_t size;
    int extended = 0;
    int rc = window_read(t->w, NULL, t->next_at - t->w->offset, err);
    t->has_path = t->has_size = t->sparse = t->restarts = 0;
    while (!rc) {
        const int got = read_header(t, h, err);
        if (!got && extended)
            return bad(t, "an extended header without its member", err);
        if (got <= 0)
            return got;
        if (get_number(h + SIZE_AT, SIZE_N, &size))
            return bad(t, "a member's size is no number", err);
        const int ext = extension(t, h, size, err);
        if (ext < 0)
            return ext;
        if (!ext)
            return fill_member(t, m, h, size, err);
        extended = 1;
    }
    return rc;
}
