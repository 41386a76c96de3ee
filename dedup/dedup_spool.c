#include <string.h>

#include "dedup/dedup_sign.h"

/* The record as it is in memory, then its bytes, its source, its detail.  Pointers in it (file,
 * reason) live as long as the process reads the spool. */

int dedup_spool_put(weir_io *spool, const struct weir_batch *b, const struct weir_rec *r,
                    struct weir_err *err)
{
    int rc = weir_io_write(spool, r, sizeof *r, err);
    if (!rc)
        rc = weir_io_write(spool, b->raw.p + r->raw_at, r->raw_n, err);
    if (!rc && r->source_n)
        rc = weir_io_write(spool, b->aux.p + r->source_at, r->source_n, err);
    if (!rc && r->detail_n)
        rc = weir_io_write(spool, b->aux.p + r->detail_at, r->detail_n, err);
    return rc;
}

static int get(weir_io *spool, void *p, size_t n, struct weir_err *err)
{
    const int got = n ? weir_io_read_all(spool, p, n, err) : 1;
    if (got < 0)
        return got;
    return got ? 0 : weir_err_set(err, WEIR_EIO, "a temporary file is cut short");
}

static int get_aux(weir_io *spool, struct weir_batch *b, size_t *at, size_t n, struct weir_err *err)
{
    *at = b->aux.n;
    if (weir_buf_reserve(&b->aux, n))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    b->aux.n += n;
    return get(spool, b->aux.p + *at, n, err);
}

int dedup_spool_get(weir_io *spool, struct weir_batch *b, struct weir_err *err)
{
    struct weir_rec was;
    int rc = weir_io_read_all(spool, &was, sizeof was, err);
    if (rc <= 0)
        return rc;
    struct weir_rec *r = weir_batch_add(b, NULL, was.raw_n);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    was.raw_at = r->raw_at;
    was.aux_n = 0;
    *r = was;
    rc = get(spool, b->raw.p + r->raw_at, r->raw_n, err);
    if (!rc)
        rc = get_aux(spool, b, &r->source_at, r->source_n, err);
    if (!rc)
        rc = get_aux(spool, b, &r->detail_at, r->detail_n, err);
    return rc ? rc : 1;
}
