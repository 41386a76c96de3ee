#include "dedup/dedup_shards.h"

#include <stdlib.h>
#include <string.h>

static uint64_t up8(uint64_t n)
{
    return (n + 7) & ~(uint64_t)7;
}

int dedup_shard_get(struct weir_span bytes, struct dedup_shard *s)
{
    if (bytes.n != sizeof *s)
        return WEIR_EBAD;
    memcpy(s, bytes.p, sizeof *s);
    return 0;
}

struct verdict { // as it stands in the file, before the twin's id
    uint64_t row;
    double similarity;
    uint32_t kind, zero;
};
_Static_assert(sizeof(struct verdict) == 24, "no padding");

void dedup_verdict_put(struct weir_buf *b, const struct dedup_drop *drop)
{
    const struct verdict v = {
        .row = drop->order, .similarity = drop->twin.similarity, .kind = drop->verdict};
    weir_buf_add(b, &v, sizeof v);
    weir_buf_add(b, drop->twin.id.p, drop->twin.id.n);
}

int dedup_verdict_get(struct weir_span record, struct dedup_drop *drop)
{
    struct verdict v;
    if (record.n < sizeof v)
        return WEIR_EBAD;
    memcpy(&v, record.p, sizeof v);
    if ((v.kind != DEDUP_EXACT && v.kind != DEDUP_NEAR) || v.zero ||
        !(v.similarity >= 0 && v.similarity <= 1))
        return WEIR_EBAD;
    drop->order = v.row;
    drop->verdict = (enum dedup_verdict)v.kind;
    drop->twin =
        (struct dedup_twin){weir_span(record.p + sizeof v, record.n - sizeof v), v.similarity};
    return 0;
}

/* ---- signature files in a row ---- */

static int add_part(struct dedup_shards *s, struct weir_err *err)
{
    if (weir_grow(&s->part, &s->cap_part, s->n_part + 1, sizeof *s->part))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    s->next = up8(s->next);
    s->part[s->n_part++] = (struct dedup_part){.name = weir_inputs_name(s->in), .base = s->next};
    return 0;
}

/* Opens the next file; 1, or 0 behind the last. */
static int open_part(struct dedup_shards *s, struct weir_err *err)
{
    weir_io *io = weir_inputs_stream(s->in, err);
    if (!io)
        return err->code;
    s->is_open = 1;
    s->at = 0;
    int rc = dedup_read_open(&s->reader, io, DEDUP_SIG_MAGIC, "signature", err);
    if (!rc && !s->n_part) {
        rc = dedup_params_get(weir_buf_span(&s->reader.head), &s->params, &s->plan, err);
        if (rc)
            weir_err_prefix(err, "%s", weir_io_name(io));
        weir_buf_add(&s->head, s->reader.head.p, s->reader.head.n);
    }
    if (!rc)
        rc = weir_buf_check(&s->head, err);
    if (!rc && !weir_span_eq(weir_buf_span(&s->head), weir_buf_span(&s->reader.head)))
        rc = weir_err_set(err, WEIR_EUSAGE, "%s was signed with other options than %s",
                          weir_io_name(io), s->part[0].name);
    if (!rc)
        rc = add_part(s, err);
    return rc ? rc : 1;
}

static int close_part(struct dedup_shards *s, struct weir_err *err)
{
    struct dedup_part *p = &s->part[s->n_part - 1];
    p->shard = (struct dedup_shard){s->reader.n_records, s->reader.content};
    s->left += weir_io_offset(s->reader.io) - s->at;
    s->is_open = 0;
    dedup_reader_free(&s->reader);
    return weir_inputs_next(s->in, err);
}

int dedup_shards_open(struct dedup_shards *s, struct weir_job *job, struct weir_err *err)
{
    *s = (struct dedup_shards){.job = job, .in = weir_inputs_open(job, err)};
    if (!s->in)
        return err->code;
    weir_job_use_inputs(job, s->in);
    const int rc = open_part(s, err);
    return rc < 0 ? rc : 0;
}

int dedup_shards_next(struct dedup_shards *s, struct weir_batch *b, struct weir_err *err)
{
    struct weir_span record;
    int rc;
    for (;;) {
        rc = s->is_open ? 1 : open_part(s, err);
        if (rc > 0)
            rc = dedup_read_next(&s->reader, &record, err);
        else if (!rc)
            s->job->tally.framing += s->left;
        if (rc < 0 || !s->is_open)
            return rc;
        if (rc)
            break;
        rc = close_part(s, err);
        if (rc)
            return rc;
    }
    struct weir_rec *r = weir_batch_add(b, record.p, record.n);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    r->file = s->part[s->n_part - 1].name;
    r->length = record.n;
    r->offset = weir_io_offset(s->reader.io) - record.n;
    r->framing = s->left + r->offset - s->at;
    r->user[0] = s->next++;
    s->at = weir_io_offset(s->reader.io);
    s->left = 0;
    return 1;
}

void dedup_shards_free(struct dedup_shards *s)
{
    dedup_reader_free(&s->reader);
    weir_inputs_close(s->in);
    weir_buf_free(&s->head);
    free(s->part);
}

/* ---- match files ---- */

/* Head: the signatures' head, then the first and the last table. */
struct tables {
    uint32_t first, last;
};

int dedup_bits_write(const struct dedup_bits *bits, const struct dedup_shards *s, unsigned first,
                     unsigned last, weir_io *io, struct weir_err *err)
{
    const struct tables tables = {first, last};
    struct dedup_writer w;
    struct weir_buf b = {0};
    weir_buf_add(&b, s->head.p, s->head.n);
    weir_buf_add(&b, &tables, sizeof tables);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = dedup_write_begin(&w, io, DEDUP_MATCH_MAGIC, weir_buf_span(&b), err);
    for (size_t i = 0; !rc && i < s->n_part; i++) {
        const struct dedup_part *p = &s->part[i];
        b.n = 0;
        weir_buf_add(&b, &p->shard, sizeof p->shard);
        weir_buf_add(&b, bits->at + p->base / 8, up8(p->shard.documents) / 8);
        rc = weir_buf_check(&b, err);
        if (!rc)
            rc = dedup_write_record(&w, weir_buf_span(&b), err);
    }
    if (!rc)
        rc = dedup_write_end(&w, 0, err);
    dedup_writer_free(&w);
    weir_buf_free(&b);
    return rc;
}

struct loading {
    struct dedup_bits *bits;
    uint64_t memory;
    struct dedup_shard *shard;
    size_t n_shard, cap_shard;
    int first_file;
};

/* One shard's bits, at a multiple of 8 documents. */
static int load_shard(struct loading *l, struct weir_span record, size_t i, uint64_t *base,
                      struct weir_err *err)
{
    struct dedup_shard shard;
    if (record.n < sizeof shard)
        return weir_err_set(err, WEIR_EBAD, "damaged: a record of %zu bytes", record.n);
    memcpy(&shard, record.p, sizeof shard);
    const size_t n = record.n - sizeof shard;
    if (shard.documents > UINT64_MAX - 7 || n != up8(shard.documents) / 8)
        return weir_err_set(err, WEIR_EBAD, "damaged: the bits of a shard");
    if (l->first_file) {
        if (weir_grow(&l->shard, &l->cap_shard, i + 1, sizeof shard) || *base + n > l->memory)
            return weir_err_set(err, WEIR_EMEM, "a bit a document does not fit: raise -m");
        uint8_t *at = weir_realloc_array(l->bits->at, *base + n + 1, 1);
        if (!at)
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        memset(at + *base, 0, n + 1);
        *l->bits = (struct dedup_bits){at, *base + n};
        l->shard[i] = shard;
        l->n_shard = i + 1;
    } else if (i >= l->n_shard || memcmp(&l->shard[i], &shard, sizeof shard)) {
        return weir_err_set(err, WEIR_EBAD, "was made from other signature files");
    }
    const uint8_t *from = (const uint8_t *)record.p + sizeof shard;
    for (size_t k = 0; k < n; k++)
        l->bits->at[*base + k] |= from[k];
    *base += n;
    return 0;
}

static int check_head(const struct dedup_shards *s, struct weir_span head, uint8_t *seen,
                      struct weir_err *err)
{
    struct tables t;
    if (head.n != s->head.n + sizeof t || memcmp(head.p, s->head.p, s->head.n))
        return weir_err_set(err, WEIR_EUSAGE, "was made from signatures with other options");
    memcpy(&t, head.p + s->head.n, sizeof t);
    if (t.first > t.last || t.last >= dedup_plan_tables(&s->plan))
        return weir_err_set(err, WEIR_EBAD, "damaged: bands that are not there");
    memset(seen + t.first, 1, t.last - t.first + 1);
    return 0;
}

static int load_file(struct loading *l, const char *path, const struct dedup_shards *s,
                     uint8_t *seen, struct weir_err *err)
{
    struct dedup_reader r = {0};
    struct weir_span record;
    uint64_t base = 0;
    size_t i = 0;
    weir_io *io = weir_io_open_read(path, err);
    if (!io)
        return err->code;
    int rc = dedup_read_open(&r, io, DEDUP_MATCH_MAGIC, "match", err);
    int framed = rc; // an error that names the file already
    if (!rc)
        rc = check_head(s, weir_buf_span(&r.head), seen, err);
    for (int got = 0; !rc && (got = dedup_read_next(&r, &record, err)); i++) {
        rc = framed = got < 0 ? got : 0;
        if (!rc)
            rc = load_shard(l, record, i, &base, err);
    }
    if (!rc && i != l->n_shard)
        rc = weir_err_set(err, WEIR_EBAD, "was made from other signature files");
    if (rc && !framed)
        weir_err_prefix(err, "%s", path);
    dedup_reader_free(&r);
    weir_io_abort(io);
    return rc;
}

int dedup_bits_read(struct dedup_bits *bits, const struct weir_strings *files,
                    const struct dedup_shards *s, uint64_t memory, struct dedup_shard **shard,
                    size_t *n_shard, struct weir_err *err)
{
    struct loading l = {.bits = bits, .memory = memory, .first_file = 1};
    const unsigned n = dedup_plan_tables(&s->plan);
    uint8_t seen[1 + DEDUP_MAX_PERM] = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i < files->n; i++, l.first_file = 0)
        rc = load_file(&l, files->at[i], s, seen, err);
    for (unsigned t = !s->plan.exact; !rc && t < n; t++)
        if (!seen[t])
            rc = weir_err_set(err, WEIR_EUSAGE, "no --match file is about band %u of 0-%u", t,
                              n - 1);
    *shard = l.shard;
    *n_shard = l.n_shard;
    return rc;
}
