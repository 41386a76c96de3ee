#include "kg2instruction/kg_write.h"

#include <stdlib.h>

int kg_writer_init(struct kg_writer *w, weir_io *out, const char *temp_dir, struct weir_err *err)
{
    char head[KG_HEAD_BYTES] = KG_MAGIC;
    const uint32_t version = KG_VERSION;
    memset(w, 0, sizeof *w);
    w->out = out;
    w->temp_dir = temp_dir;
    w->hash = XXH3_createState();
    if (!w->hash)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(head + 8, &version, sizeof version);
    w->at = sizeof head;
    return weir_io_write(out, head, sizeof head, err);
}

void kg_writer_free(struct kg_writer *w)
{
    XXH3_freeState(w->hash);
    weir_io_abort(w->aside);
    w->hash = NULL;
    w->aside = NULL;
}

int kg_section_begin(struct kg_writer *w, enum kg_section_number n, struct weir_err *err)
{
    w->trailer.section[n].at = w->at;
    w->trailer.section[n].n = 0;
    return XXH3_64bits_reset(w->hash) == XXH_OK
               ? 0
               : weir_err_set(err, WEIR_EFAIL, "cannot start a checksum");
}

int kg_section_put(struct kg_writer *w, enum kg_section_number n, const void *p, size_t bytes,
                   struct weir_err *err)
{
    XXH3_64bits_update(w->hash, p, bytes);
    w->trailer.section[n].n += bytes;
    w->at += bytes;
    return weir_io_write(w->out, p, bytes, err);
}

int kg_section_end(struct kg_writer *w, enum kg_section_number n, struct weir_err *err)
{
    static const char zeros[8];
    const size_t padding = (size_t)(-w->at & 7);
    w->trailer.section[n].hash = XXH3_64bits_digest(w->hash);
    w->at += padding;
    return padding ? weir_io_write(w->out, zeros, padding, err) : 0;
}

int kg_aside_begin(struct kg_writer *w, struct weir_err *err)
{
    w->aside = weir_io_open_temp_packed(w->temp_dir, err);
    return w->aside ? 0 : err->code;
}

int kg_aside_put(struct kg_writer *w, const void *p, size_t bytes, struct weir_err *err)
{
    return weir_io_write(w->aside, p, bytes, err);
}

int kg_aside_end(struct kg_writer *w, enum kg_section_number n, struct weir_err *err)
{
    char block[16384];
    ssize_t got = 0;
    int rc = weir_io_rewind(w->aside, err);
    if (!rc)
        rc = kg_section_begin(w, n, err);
    while (!rc && (got = weir_io_read(w->aside, block, sizeof block, err)) > 0)
        rc = kg_section_put(w, n, block, (size_t)got, err);
    if (got < 0)
        rc = (int)got;
    weir_io_abort(w->aside);
    w->aside = NULL;
    return rc ? rc : kg_section_end(w, n, err);
}

int kg_writer_finish(struct kg_writer *w, struct weir_err *err)
{
    struct kg_trailer *t = &w->trailer;
    memcpy(t->magic, KG_END_MAGIC, sizeof t->magic);
    t->version = KG_VERSION;
    t->n_sections = KG_N_SECTIONS;
    t->file_bytes = w->at + sizeof *t;
    t->hash = XXH3_64bits(t, KG_TRAILER_HASHED);
    w->at += sizeof *t;
    return weir_io_write(w->out, t, sizeof *t, err);
}

/* ---- entities ---- */

int kg_write_entities(struct kg_writer *w, weir_extsort *entities, struct weir_job *job,
                      struct weir_err *err)
{
    struct weir_span key, value;
    struct kg_row row = {0};
    int got, rc = kg_section_begin(w, KG_DATA, err);
    if (!rc)
        rc = kg_aside_begin(w, err);
    while (!rc && (got = weir_extsort_next(entities, &key, &value, err)) != 0) {
        if (got < 0)
            return got;
        row.id = kg_get_be32(key.p);
        memcpy(&row.popularity, value.p, 2);
        memcpy(&row.datatype, value.p + 2, 2);
        rc = kg_aside_put(w, &row, sizeof row, err);
        if (!rc)
            rc = kg_section_put(w, KG_DATA, value.p + 4, value.n - 4, err);
        row.at += value.n - 4;
        if (row.id & KG_PROPERTY)
            w->trailer.totals.n_properties++;
        else
            w->trailer.totals.n_entities++;
        weir_job_progress(job, -1);
    }
    row.id = UINT32_MAX;
    row.popularity = row.datatype = 0;
    if (!rc)
        rc = kg_aside_put(w, &row, sizeof row, err);
    if (!rc)
        rc = kg_section_end(w, KG_DATA, err);
    return rc ? rc : kg_aside_end(w, KG_ROWS, err);
}
