#include "indexer/mix_sink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NO_DOC UINT64_MAX

static int out_of_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

int mix_sink_open(struct mix_sink *s, struct weir_job *job, const struct index_parts *parts,
                  int prov_version, struct weir_err *err)
{
    memset(s, 0, sizeof *s);
    s->job = job;
    s->parts = parts;
    s->prov.file.fd = -1;
    s->last_doc = NO_DOC;
    s->w.m.knowlm = parts->knowlm;
    s->w.m.dtype = parts->dtype;
    s->w.prov_version = prov_version;
    const int rc = index_writer_open(&s->w, job, parts->with_manifest, err);
    return rc ? rc : mix_moves_open(&s->moves, job->temp_dir, err);
}

static void free_names(struct weir_names *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->at[i].name);
    free(t->at);
    *t = (struct weir_names){0};
}

static void leave_part(struct mix_sink *s)
{
    index_prov_close(&s->prov);
    index_manifest_free(&s->m);
    free_names(&s->used);
    free(s->source_of);
    s->source_of = NULL;
    s->part_begun = 0;
}

void mix_sink_free(struct mix_sink *s)
{
    leave_part(s);
    mix_moves_free(&s->moves);
    index_writer_free(&s->w);
    weir_buf_free(&s->doc_bytes);
    weir_buf_free(&s->pieces);
}

/* ---- taking ---- */

void mix_sink_part(struct mix_sink *s, size_t part)
{
    leave_part(s);
    s->part = (uint32_t)part;
    s->doc = NO_DOC;
}

static struct weir_span name_of(struct weir_span source)
{
    return source.n ? source : WEIR_LIT("(none)");
}

static int count(struct weir_names *t, struct weir_span source, struct weir_count in,
                 struct weir_count out, struct weir_err *err)
{
    return weir_names_add(t, source, in, out) ? out_of_memory(err) : 0;
}

static uint16_t source_index(const struct weir_names *t, struct weir_span name)
{
    for (size_t i = 0; i < t->n; i++)
        if (weir_span_is(name, t->at[i].name))
            return (uint16_t)i; // at most WEIR_NAMES_MAX
    return UINT16_MAX;
}

/* Version 2 refers to its documents in any order: all are taken, and what source each is of is
 * held. */
static int take_all_docs(struct mix_sink *s, struct weir_err *err)
{
    struct index_prov_doc d;
    if (s->prov.n_docs > s->job->memory / 8)
        return weir_err_set(err, WEIR_EMEM, "%s: %" PRIu64 " documents need a larger -m",
                            s->prov.file.path.p, s->prov.n_docs);
    s->source_of = weir_calloc(s->prov.n_docs + 1, sizeof *s->source_of);
    if (!s->source_of)
        return out_of_memory(err);
    s->base = s->w.prov.n_docs;
    int rc = index_prov_append_docs(&s->w.prov, &s->prov, err);
    for (uint64_t i = 0; !rc && i < s->prov.n_docs; i++) {
        rc = index_prov_doc(&s->prov, i, &s->doc_bytes, &d, err);
        if (!rc)
            s->source_of[i] = source_index(&s->m.sources, name_of(d.source));
    }
    const struct weir_count none = {0};
    for (size_t i = 0; !rc && i < s->m.sources.n; i++) {
        const struct weir_named *x = &s->m.sources.at[i];
        const struct weir_count docs = {.records = x->in.records};
        rc = count(&s->used, weir_span(x->name, strlen(x->name)), docs, none, err);
    }
    return rc;
}

static int begin_part(struct mix_sink *s, struct weir_err *err)
{
    const char *prefix = s->parts->at[s->part].prefix;
    s->part_begun = 1;
    if (!s->parts->with_manifest) {
        s->base = s->n_docs;
        return 0;
    }
    int rc = index_manifest_read(&s->m, prefix, err);
    rc = rc < 0 ? rc : index_prov_open(&s->prov, prefix, err);
    return rc || s->prov.version == 1 ? rc : take_all_docs(s, err);
}

/* Version 1: documents come one after another, so that those that are used are numbered on the way.
 */
static int take_doc(struct mix_sink *s, uint64_t doc, struct weir_err *err)
{
    struct index_prov_doc d;
    if (doc == s->doc)
        return 0;
    s->doc = doc;
    s->new_doc = s->w.prov.n_docs;
    int rc = index_prov_doc(&s->prov, doc, &s->doc_bytes, &d, err);
    if (!rc)
        rc = index_prov_add_doc(&s->w.prov, d.id, d.source, d.origin, err);
    const struct weir_count one = {.records = 1}, none = {0};
    s->source = name_of(d.source);
    return rc ? rc : count(&s->used, s->source, one, none, err);
}

/* The number here of a piece's document; counts n tokens to its source. */
static int take_piece(struct mix_sink *s, struct index_piece *p, uint32_t n, uint32_t n_seqs,
                      struct weir_err *err)
{
    const struct weir_count none = {0}, out = {.records = n_seqs, .tokens = n};
    if (!s->parts->with_manifest) {
        s->n_docs = s->base + p->doc + 1 > s->n_docs ? s->base + p->doc + 1 : s->n_docs;
        p->doc += s->base;
        return 0;
    }
    int rc = 0;
    struct weir_span name = WEIR_LIT("(other)");
    if (s->prov.version == 1) {
        rc = take_doc(s, p->doc, err);
        p->doc = s->new_doc;
        name = s->source;
    } else if (p->doc >= s->prov.n_docs) {
        rc = weir_err_set(err, WEIR_EBAD, "%s: there is no document %" PRIu64, s->prov.file.path.p,
                          p->doc);
    } else {
        const uint16_t i = s->source_of[p->doc];
        p->doc += s->base;
        if (i < s->m.sources.n)
            name = weir_span(s->m.sources.at[i].name, strlen(s->m.sources.at[i].name));
    }
    return rc ? rc : count(&s->used, name, none, out, err);
}

int mix_sink_take(struct mix_sink *s, const struct mix_seq *q, uint32_t n, uint32_t copy,
                  struct weir_buf *item, struct weir_err *err)
{
    struct mix_item head = {.at = q->at, .part = s->part, .n = n};
    int rc = s->part_begun ? 0 : begin_part(s, err);
    item->n = 0;
    weir_buf_add(item, &head, sizeof head);
    for (uint32_t i = 0; !rc && i < q->n_pieces; i++) {
        struct index_piece p = q->p[i];
        if (i && p.begin >= n)
            break;
        const uint32_t end = i + 1 < q->n_pieces && q->p[i + 1].begin < n ? q->p[i + 1].begin : n;
        p.n = p.begin >= n ? 0 : p.n < n - p.begin ? p.n : n - p.begin;
        p.copy += copy;
        /* what stands behind a piece, padding and end-of-document ids, counts to it */
        rc = take_piece(s, &p, i ? end - p.begin : end, !i, err);
        weir_buf_add(item, &p, sizeof p);
        head.n_pieces++;
    }
    if (!rc)
        rc = weir_buf_check(item, err);
    if (!rc)
        memcpy(item->p, &head, sizeof head);
    return rc;
}

/* The text of a source is known when all of its tokens were taken once: bytes of text and tokens of
 * a source must speak of the same. */
int mix_sink_part_end(struct mix_sink *s, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < s->used.n; i++) {
        const struct weir_named *u = &s->used.at[i];
        const struct weir_span name = weir_span(u->name, strlen(u->name));
        const uint16_t k = source_index(&s->m.sources, name);
        struct weir_count in = {.records = u->in.records, .tokens = 1};
        if (k < s->m.sources.n && s->m.sources.at[k].in.records == u->in.records &&
            s->m.sources.at[k].out.tokens == u->out.tokens) {
            in.bytes = s->m.sources.at[k].in.bytes;
            in.tokens = s->m.sources.at[k].in.tokens;
        }
        rc = count(&s->w.m.sources, name, in, u->out, err);
    }
    leave_part(s);
    return rc;
}

/* ---- adding ---- */

static int put_pieces(struct mix_sink *s, const struct mix_item *const *items, size_t n,
                      struct weir_err *err)
{
    uint32_t begin = 0;
    s->pieces.n = 0;
    for (size_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < items[i]->n_pieces; k++) {
            struct index_piece p = mix_item_pieces(items[i])[k];
            p.begin += begin;
            weir_buf_add(&s->pieces, &p, sizeof p);
        }
        begin += items[i]->n;
    }
    const int rc = weir_buf_check(&s->pieces, err);
    return rc || !s->parts->with_manifest
               ? rc
               : index_prov_add_pieces(&s->w.prov, (const struct index_piece *)s->pieces.p,
                                       s->pieces.n / sizeof(struct index_piece), err);
}

/* Neighbouring sequences that are of one document each, the same one, are one entry of the document
 * index. */
static int put_doc(struct mix_sink *s, struct weir_err *err)
{
    const int single = s->pieces.n == sizeof(struct index_piece);
    const uint64_t doc = s->pieces.n ? ((const struct index_piece *)s->pieces.p)->doc : NO_DOC;
    const int goes_on = single && s->last_single && doc == s->last_doc;
    const uint64_t end = s->w.m.n_seqs;
    s->last_single = single;
    s->last_doc = doc;
    return goes_on || !end ? 0 : index_writer_add_docs(&s->w, &end, 1, err);
}

int mix_sink_add(struct mix_sink *s, const struct mix_item *const *items, size_t n, uint64_t n_pad,
                 struct weir_err *err)
{
    const uint32_t width = s->parts->width;
    uint64_t length = n_pad;
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++) {
        length += items[i]->n;
        rc = mix_moves_add(&s->moves, items[i]->part, items[i]->at, (uint64_t)items[i]->n * width,
                           err);
    }
    if (!rc && n_pad)
        rc = mix_moves_add(&s->moves, MIX_PAD, 0, n_pad * width, err);
    if (!rc && length > INT32_MAX)
        rc = weir_err_set(err, WEIR_EBAD, "a sequence of %" PRIu64 " tokens", length);
    if (!rc)
        rc = put_pieces(s, items, n, err);
    if (!rc)
        rc = put_doc(s, err);
    const uint32_t l = (uint32_t)length;
    s->n_pad += n_pad;
    return rc ? rc : index_writer_add_lengths(&s->w, &l, 1, err);
}

/* What the parts said stays; what was counted while writing is the truth for the rest. */
static void take_manifest(struct mix_sink *s)
{
    const struct index_manifest *all = &s->parts->all;
    struct index_manifest *m = &s->w.m;
    m->unit = s->joined ? -1 : all->unit;
    m->max_tokens = s->length ? (int64_t)s->length : all->max_tokens;
    m->pad = s->n_pad ? (int64_t)s->pad : all->pad;
    m->eod = all->eod;
    m->max_id = all->max_id;
    if (s->n_pad && s->pad > m->max_id)
        m->max_id = s->pad;
    m->vocab_size = all->vocab_size;
    memcpy(m->tokenizer, all->tokenizer, sizeof m->tokenizer);
}

int mix_sink_finish(struct mix_sink *s, struct weir_err *err)
{
    const uint64_t end = s->w.m.n_seqs;
    int rc = end ? index_writer_add_docs(&s->w, &end, 1, err) : 0;
    if (!rc)
        rc = mix_moves_run(&s->moves, s->parts, s->pad, s->job, s->w.bin, err);
    mix_moves_free(&s->moves);
    if (!rc && s->parts->with_manifest)
        take_manifest(s);
    if (!rc && s->w.m.knowlm && s->parts->with_manifest)
        s->w.m.n_docs = s->w.prov.n_docs;
    return rc ? rc : index_writer_finish(&s->w, err);
}
