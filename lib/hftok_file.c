#include "hftok.h"

#include <sha2.h>
#include <stdio.h>

int hftok_is_json(const char *path)
{
    FILE *f = fopen(path, "rb");
    const int c = f ? getc(f) : EOF;
    if (f)
        fclose(f);
    return c == '{';
}

static int read_file(struct weir_buf *b, const char *path, struct weir_err *err)
{
    enum { LIMIT = 1 << 28, PART = 1 << 20 };
    int rc = 0;
    size_t got = 1;
    FILE *f = fopen(path, "rb");
    if (!f)
        return weir_err_errno(err, "%s", path);
    while (!rc && got) {
        if (b->n > LIMIT)
            rc = weir_err_set(err, WEIR_EBAD, "more than 256 MiB");
        else if (weir_buf_reserve(b, PART))
            rc = weir_err_set(err, WEIR_EMEM, "out of memory");
        else
            b->n += got = fread(b->p + b->n, 1, PART, f);
    }
    if (!rc && ferror(f))
        rc = weir_err_errno(err, "reading");
    fclose(f);
    return rc;
}

hftok *hftok_load(const char *path, uint8_t sha256[32], struct weir_err *err)
{
    struct weir_buf b = {0};
    SHA2_CTX sha;
    hftok *t = NULL;
    if (!read_file(&b, path, err)) {
        SHA256Init(&sha);
        SHA256Update(&sha, (const uint8_t *)b.p, b.n);
        SHA256Final(sha256, &sha);
        t = hftok_open(weir_buf_span(&b), err);
    }
    weir_buf_free(&b);
    if (!t)
        weir_err_prefix(err, "%s", path);
    return t;
}
