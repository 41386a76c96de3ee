#include "spm_model.h"

#include <errno.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- protocol buffer wire format: https://protobuf.dev/programming-guides/encoding ---- */

struct field {
    uint32_t number, wire;
    uint64_t value;         // wire type 0
    struct weir_span bytes; // wire type 2
    struct weir_span all;   // tag and everything
};

static int get_varint(struct weir_span *s, uint64_t *v)
{
    *v = 0;
    for (unsigned shift = 0; s->n && shift < 64; shift += 7) {
        const uint8_t c = (uint8_t)*s->p++;
        s->n--;
        *v |= (uint64_t)(c & 0x7F) << shift;
        if (!(c & 0x80))
            return 1;
    }
    return 0;
}

/* 1: a field was taken from the front of s; 0: s is empty; -1: not a message. */
static int next_field(struct weir_span *s, struct field *f)
{
    uint64_t tag, n = 0;
    memset(f, 0, sizeof *f);
    if (!s->n)
        return 0;
    f->all.p = s->p;
    if (!get_varint(s, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1FFFFFFF)
        return -1;
    f->number = (uint32_t)(tag >> 3);
    f->wire = tag & 7;
    if (f->wire == 0 && !get_varint(s, &f->value))
        return -1;
    if (f->wire == 2 && !get_varint(s, &n))
        return -1;
    if (f->wire == 1 || f->wire == 5)
        n = f->wire == 1 ? 8 : 4;
    if (f->wire == 3 || f->wire == 4 || f->wire > 5 || n > s->n)
        return -1;
    f->bytes = weir_span(s->p, (size_t)n);
    s->p += n;
    s->n -= (size_t)n;
    f->all.n = (size_t)(s->p - f->all.p);
    return 1;
}

static float get_float(const char *p)
{
    const uint8_t *u = (const uint8_t *)p;
    const uint32_t bits =
        (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
    float v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static int read_piece(struct spm_model *m, struct weir_span s, struct weir_err *err)
{
    struct field f;
    struct spm_piece p = {.type = SPM_NORMAL};
    int rc;
    while ((rc = next_field(&s, &f)) > 0) {
        if (f.number == 1 && f.wire == 2)
            p.text = f.bytes;
        else if (f.number == 2 && f.wire == 5)
            p.score = get_float(f.bytes.p);
        else if (f.number == 3 && f.wire == 0)
            p.type = f.value > SPM_BYTE ? 0 : (uint8_t)f.value;
    }
    if (rc < 0 || p.type < SPM_NORMAL || p.type > SPM_BYTE)
        return weir_err_set(err, WEIR_EBAD, "damaged piece %zu", m->n_pieces);
    if (m->n_pieces >= INT32_MAX ||
        weir_grow(&m->pieces, &m->cap_pieces, m->n_pieces + 1, sizeof *m->pieces))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    m->pieces[m->n_pieces++] = p;
    return 0;
}

static int read_trainer(struct spm_model *m, struct weir_span s)
{
    struct field f;
    int rc;
    while ((rc = next_field(&s, &f)) > 0) {
        if (f.wire == 2 && f.number == 44)
            m->unk_surface = f.bytes;
        else if (f.wire == 2 && f.number >= 45 && f.number <= 48 && f.bytes.n)
            m->special[f.number - 45] = f.bytes;
        if (f.wire)
            continue;
        if (f.number == 3)
            m->type = (int)f.value;
        else if (f.number == 24)
            m->whitespace_suffix = !!f.value;
        else if (f.number == 35)
            m->byte_fallback = !!f.value;
    }
    return rc;
}

static int read_normalizer(struct spm_model *m, struct weir_span s)
{
    struct field f;
    int rc;
    while ((rc = next_field(&s, &f)) > 0) {
        if (f.number == 2 && f.wire == 2) {
            m->charsmap = f.bytes;
            m->folds = f.bytes.n > 0;
        } else if (f.wire)
            continue;
        else if (f.number == 3)
            m->dummy_prefix = !!f.value;
        else if (f.number == 4)
            m->remove_spaces = !!f.value;
        else if (f.number == 5)
            m->escape_spaces = !!f.value;
    }
    return rc;
}

static int read_denormalizer(struct spm_model *m, struct weir_span s)
{
    struct field f;
    int rc;
    while ((rc = next_field(&s, &f)) > 0)
        if (f.number == 2 && f.wire == 2)
            m->unfolds = f.bytes.n > 0;
    return rc;
}

static int read_model(struct spm_model *m, struct weir_err *err)
{
    struct weir_span s = weir_buf_span(&m->file);
    struct field f;
    int rc;
    m->type = SPM_UNIGRAM;
    m->unk_surface = WEIR_LIT(" \xE2\x81\x87 ");
    m->special[0] = WEIR_LIT("<unk>");
    m->special[1] = WEIR_LIT("<s>");
    m->special[2] = WEIR_LIT("</s>");
    m->special[3] = WEIR_LIT("<pad>");
    m->dummy_prefix = m->remove_spaces = m->escape_spaces = 1;
    while ((rc = next_field(&s, &f)) > 0) {
        if (f.wire != 2)
            continue;
        if (f.number == 1 && read_piece(m, f.bytes, err))
            return err->code;
        if ((f.number == 2 && read_trainer(m, f.bytes) < 0) ||
            (f.number == 3 && read_normalizer(m, f.bytes) < 0) ||
            (f.number == 5 && read_denormalizer(m, f.bytes) < 0))
            rc = -1;
        if (rc < 0)
            break;
    }
    if (rc < 0 || !m->n_pieces)
        return weir_err_set(err, WEIR_EBAD, "not a SentencePiece model");
    return 0;
}

/* ---- surfaces ---- */

/* "<0x0A>" → 10. */
static int byte_piece(struct weir_span s, uint8_t *byte)
{
    unsigned v;
    char t[7];
    if (s.n != 6 || memcmp(s.p, "<0x", 3) || s.p[5] != '>')
        return 0;
    memcpy(t, s.p, 6);
    t[6] = 0;
    if (sscanf(t + 3, "%2X", &v) != 1)
        return 0;
    *byte = (uint8_t)v;
    return 1;
}

static int make_surfaces(struct spm_model *m, struct weir_err *err)
{
    static const char space[] = "\xE2\x96\x81";
    if (weir_buf_reserve(&m->surfaces, m->file.n)) // surfaces never outgrow the pieces
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < m->n_pieces; i++) {
        struct spm_piece *p = &m->pieces[i];
        const size_t at = m->surfaces.n;
        if (p->type == SPM_BYTE) {
            if (!byte_piece(p->text, &p->byte))
                return weir_err_set(err, WEIR_EBAD, "piece %zu is no byte", i);
            weir_buf_addc(&m->surfaces, (char)p->byte);
        } else if (p->type != SPM_CONTROL && p->type != SPM_UNKNOWN) {
            for (size_t k = 0; k < p->text.n;) {
                const int is_space = p->text.n - k >= 3 && !memcmp(p->text.p + k, space, 3);
                weir_buf_addc(&m->surfaces, is_space ? ' ' : p->text.p[k]);
                k += is_space ? 3 : 1;
            }
        }
        p->surface = weir_span(m->surfaces.p + at, m->surfaces.n - at);
    }
    return 0;
}

/* Bytes of the text that this run of pieces, which stands for [begin, end), would not give back. */
static uint64_t folded_run(const struct spm_model *m, struct weir_span text,
                           const struct weir_piece *p, size_t n, size_t begin, size_t end,
                           int strip)
{
    size_t at = begin;
    for (size_t i = 0; i < n; i++) {
        struct weir_span s = m->pieces[p[i].id].surface;
        if (i == 0 && strip && s.n && s.p[0] == ' ')
            s = weir_span(s.p + 1, s.n - 1);
        if (m->pieces[p[i].id].type == SPM_UNKNOWN || s.n > end - at ||
            memcmp(text.p + at, s.p, s.n))
            return end > begin ? end - begin : 1;
        at += s.n;
    }
    return end - at;
}

uint64_t spm_model_folded(const struct spm_model *m, struct weir_span text,
                          const struct weir_piece *p, size_t n)
{
    const int strips = m->dummy_prefix || m->remove_spaces;
    uint64_t folded = 0;
    size_t at = 0;
    for (size_t i = 0, k; i < n; i = k) {
        /* A run reaches to the piece that moves on in the text: a character's byte pieces stand at
         * its begin, only the last of them has its end. */
        for (k = i + 1; k < n && p[k - 1].end <= at;)
            k++;
        const size_t end = p[k - 1].end;
        if (end < at || end > text.n)
            return text.n;
        folded += folded_run(m, text, p + i, k - i, at, end, i == 0 && strips);
        at = end;
    }
    return folded + (text.n - at);
}

/* ---- loading ---- */

static int read_file(struct spm_model *m, const char *path, struct weir_err *err)
{
    enum { PART = 1 << 16, LIMIT = 1 << 30 };
    int rc = 0;
    FILE *f = fopen(path, "rb");
    if (!f)
        return weir_err_errno(err, "%s", path);
    for (size_t got = 1; got && !rc;) {
        if (m->file.n > LIMIT)
            rc = weir_err_set(err, WEIR_EBAD, "%s: too large for a model", path);
        else if (weir_buf_reserve(&m->file, PART))
            rc = weir_err_set(err, WEIR_EMEM, "%s: out of memory", path);
        else
            m->file.n += got = fread(m->file.p + m->file.n, 1, PART, f);
    }
    if (!rc && ferror(f))
        rc = weir_err_errno(err, "%s", path);
    fclose(f);
    return rc;
}

int spm_model_load(struct spm_model *m, const char *path, struct weir_err *err)
{
    int rc = read_file(m, path, err);
    if (rc)
        return rc;
    SHA2_CTX sha;
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)m->file.p, m->file.n);
    SHA256Final(m->sha256, &sha);
    rc = read_model(m, err);
    if (!rc)
        rc = make_surfaces(m, err);
    if (!rc)
        rc = spm_cuts_build(m, err);
    if (rc)
        weir_err_prefix(err, "%s", path);
    return rc;
}

void spm_model_free(struct spm_model *m)
{
    weir_buf_free(&m->file);
    weir_buf_free(&m->surfaces);
    free(m->pieces);
    spm_cuts_free(m->cuts);
}

void spm_model_without_prefix(const struct spm_model *m, struct weir_buf *to)
{
    /* Messages of a field that is given twice are merged, the later value wins: field 3,
     * normalizer_spec, with its field 3, add_dummy_prefix, false. */
    static const char no_prefix[] = "\x1a\x02\x18\x00";
    struct weir_span s = weir_buf_span(&m->file);
    struct field f;
    while (next_field(&s, &f) > 0)
        if (f.number != 4) // self_test_data
            weir_buf_add(to, f.all.p, f.all.n);
    weir_buf_add(to, no_prefix, 4);
}
