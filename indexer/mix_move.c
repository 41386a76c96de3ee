#include "indexer/mix_move.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

enum {
    VIEW_BYTES = MIX_MOVE_BYTES, // the longest move fits
    VIEW_MIN = 64 << 10,
    LARGE = 64 << 10 // reading a move of so many bytes at its place costs little more than them
};

int mix_moves_open(struct mix_moves *m, const char *temp_dir, struct weir_err *err)
{
    m->list = weir_io_open_temp(temp_dir, err);
    return m->list ? 0 : err->code;
}

static int put_last(struct mix_moves *m, struct weir_err *err)
{
    if (!m->last.bytes)
        return 0;
    m->n++;
    return weir_io_write(m->list, &m->last, sizeof m->last, err);
}

/* Neighbours become one move, as far as it stays short enough. */
int mix_moves_add(struct mix_moves *m, uint32_t part, uint64_t at, uint64_t bytes,
                  struct weir_err *err)
{
    struct mix_move *l = &m->last;
    m->bytes += bytes;
    for (; bytes; at += l->bytes, bytes -= l->bytes) {
        const int joins = l->bytes && l->part == part &&
                          (part == MIX_PAD || l->at + l->bytes == at) &&
                          bytes <= (uint64_t)MIX_MOVE_BYTES - l->bytes;
        if (joins) {
            l->bytes += (uint32_t)bytes;
            return 0;
        }
        const int rc = put_last(m, err);
        if (rc)
            return rc;
        if (part != MIX_PAD && (part < l->part || (part == l->part && at < l->at)) && l->bytes &&
            l->part != MIX_PAD)
            m->descends = 1;
        if (part == MIX_PAD)
            at = 0;
        *l = (struct mix_move){at, part, bytes < MIX_MOVE_BYTES ? (uint32_t)bytes : MIX_MOVE_BYTES};
    }
    return 0;
}

void mix_moves_free(struct mix_moves *m)
{
    weir_io_abort(m->list);
    m->list = NULL;
}

int mix_moves_read(struct mix_moves *m, struct mix_move *to, size_t n, struct weir_err *err)
{
    const int rc = n ? weir_io_read_all(m->list, to, n * sizeof *to, err) : 1;
    return rc > 0 ? 0 : rc ? rc : weir_err_set(err, WEIR_EIO, "a temporary file became shorter");
}

void mix_fill(char *p, size_t bytes, uint32_t pad, uint32_t width)
{
    const uint64_t v = pad;
    for (size_t i = 0; i + width <= bytes && i < 4096; i += width)
        memcpy(p + i, &v, width); // little-endian
    for (size_t i = 4096; i < bytes; i += 4096)
        memcpy(p + i, p, bytes - i < 4096 ? bytes - i : 4096);
}

/* ---- the view ---- */

int mix_view_open(struct mix_view *v, const struct index_parts *parts, struct weir_err *err)
{
    *v = (struct mix_view){.parts = parts, .part = MIX_PAD, .block = malloc(VIEW_BYTES)};
    v->file.fd = -1;
    return v->block ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static int change_part(struct mix_view *v, uint32_t part, struct weir_err *err)
{
    index_file_close(&v->file);
    v->part = part;
    v->n = 0;
    v->step = VIEW_MIN;
    return index_file_open(&v->file, v->parts->at[part].prefix, ".bin", err);
}

/* Reads on from the move.  Where moves follow each other closely more and more is read at once,
 * where they lie far apart little. */
static int read_block(struct mix_view *v, const struct mix_move *m, struct weir_err *err)
{
    const uint64_t end = v->at + v->n;
    const int close = v->n && m->at >= v->at && m->at < end + VIEW_MIN;
    v->step = v->exact ? 0 : !close ? VIEW_MIN : v->step < (1 << 20) ? 2 * v->step : v->step;
    v->at = m->at;
    v->n = m->bytes > v->step ? m->bytes : v->step;
    if (v->at < v->file.size && v->n > v->file.size - v->at && m->bytes <= v->file.size - v->at)
        v->n = (size_t)(v->file.size - v->at);
    return index_file_read(&v->file, v->at, v->block, v->n, err);
}

int mix_view_get(struct mix_view *v, const struct mix_move *m, const char **p, struct weir_err *err)
{
    int rc = m->part != v->part ? change_part(v, m->part, err) : 0;
    if (!rc && (m->at < v->at || m->at + m->bytes > v->at + v->n))
        rc = read_block(v, m, err);
    *p = v->block + (m->at - v->at);
    return rc;
}

void mix_view_close(struct mix_view *v)
{
    index_file_close(&v->file);
    free(v->block);
    v->block = NULL;
}

enum { N_PROBES = 64 };

/* Whether the files are in the system's cache, as far as probes say: reading two thousand bytes at
 * any place costs a microsecond then, and a hundred when they are not. */
static int are_cached(const struct index_parts *parts)
{
    uint64_t total = 0, before = 0;
    int probe = 0, cached = 1;
    for (size_t i = 0; i < parts->n; i++)
        total += parts->at[i].bin_bytes;
    for (size_t i = 0; cached && i < parts->n && probe < N_PROBES; i++) {
        struct weir_err ignored = {0};
        struct index_file f = {.fd = -1};
        const uint64_t end = before + parts->at[i].bin_bytes;
        char byte;
        const struct iovec v = {&byte, 1};
        uint64_t at = total / N_PROBES * (uint64_t)probe;
        if (at < end && index_file_open(&f, parts->at[i].prefix, ".bin", &ignored))
            cached = 0;
        for (; cached && at < end && probe < N_PROBES; at = total / N_PROBES * (uint64_t)++probe)
            cached = preadv2(f.fd, &v, 1, (off_t)(at - before), RWF_NOWAIT) == 1;
        index_file_close(&f);
        before = end;
    }
    return cached;
}

int mix_moves_run(struct mix_moves *m, const struct index_parts *parts, uint32_t pad,
                  struct weir_job *job, weir_io *out, struct weir_err *err)
{
    int rc = put_last(m, err);
    m->last.bytes = 0;
    if (!rc)
        rc = weir_io_rewind(m->list, err);
    if (rc || !m->n)
        return rc;
    if (are_cached(parts))
        return mix_windows_run(m, parts, pad, m->descends ? MIX_CACHED : MIX_IN_ORDER, job, out,
                               err);
    if (!m->descends || m->bytes <= job->memory / 2)
        return mix_windows_run(m, parts, pad, MIX_IN_ORDER, job, out, err);
    if (m->bytes / m->n >= LARGE)
        return mix_windows_run(m, parts, pad, MIX_APART, job, out, err);
    return mix_buckets_run(m, parts, pad, job, out, err);
}
