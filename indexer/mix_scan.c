#include "indexer/mix_scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int mix_scan_open(struct mix_scan *s, const char *prefix, int with_prov, struct weir_err *err)
{
    memset(s, 0, sizeof *s);
    s->prov.file.fd = -1;
    s->seqs = weir_calloc(INDEX_BLOCK, sizeof *s->seqs);
    s->firsts = weir_calloc(INDEX_BLOCK + 1, sizeof *s->firsts);
    s->r.idx.fd = s->r.bin.fd = -1;
    if (!s->seqs || !s->firsts ||
        weir_grow(&s->pieces, &s->cap_pieces, INDEX_BLOCK, sizeof *s->pieces))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc = index_reader_open(&s->r, prefix, err);
    return rc || !with_prov ? rc : index_prov_open(&s->prov, prefix, err);
}

void mix_scan_close(struct mix_scan *s)
{
    index_reader_close(&s->r);
    index_prov_close(&s->prov);
    free(s->seqs);
    free(s->firsts);
    free(s->pieces);
    memset(s, 0, sizeof *s);
    s->prov.file.fd = s->r.idx.fd = s->r.bin.fd = -1;
}

static int read_block(struct mix_scan *s, struct weir_err *err)
{
    const uint64_t left = s->r.n_seqs - s->next;
    s->n = left < INDEX_BLOCK ? (size_t)left : INDEX_BLOCK;
    s->i = 0;
    int rc = index_reader_seqs(&s->r, s->next, s->n, s->seqs, err);
    if (rc || s->prov.file.fd < 0)
        return rc;
    rc = index_prov_firsts(&s->prov, s->next, s->n, s->firsts, err);
    s->single = !rc && s->firsts[s->n] - s->firsts[0] == s->n;
    for (size_t i = 0; s->single && i < s->n; i++)
        s->single = s->firsts[i + 1] == s->firsts[i] + 1;
    return rc || !s->single ? rc : index_prov_pieces(&s->prov, s->firsts[0], s->n, s->pieces, err);
}

static int read_pieces(struct mix_scan *s, struct mix_seq *q, struct weir_err *err)
{
    const uint64_t n = s->firsts[s->i + 1] - s->firsts[s->i];
    if (n > q->n + UINT64_C(1)) // pieces do not overlap, few are empty
        return weir_err_set(err, WEIR_EBAD, "%s: sequence %" PRIu64 ": more pieces than tokens",
                            s->prov.file.path.p, q->seq);
    if (weir_grow(&s->pieces, &s->cap_pieces, n, sizeof *s->pieces))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    q->n_pieces = (uint32_t)n;
    q->p = s->pieces;
    return index_prov_pieces(&s->prov, s->firsts[s->i], n, s->pieces, err);
}

/* Without provenance: the document index says where documents end. */
static int make_piece(struct mix_scan *s, struct mix_seq *q, struct weir_err *err)
{
    int rc = 0;
    if (s->r.knowlm)
        s->doc = q->seq;
    else
        while (!rc && q->seq >= s->doc_end && s->doc < s->r.n_docs) {
            int64_t end;
            rc = index_reader_docs(&s->r, ++s->doc, 1, &end, err);
            s->doc_end = (uint64_t)end;
        }
    s->pieces[0] = (struct index_piece){s->doc, 0, q->n, 0, 0};
    q->n_pieces = 1;
    q->p = s->pieces;
    return rc;
}

int mix_scan_next(struct mix_scan *s, struct mix_seq *q, struct weir_err *err)
{
    if (s->i == s->n) {
        if (s->next == s->r.n_seqs)
            return 0;
        const int rc = read_block(s, err);
        if (rc)
            return rc;
    }
    const struct index_seq *seq = &s->seqs[s->i];
    if (seq->n < 0 || seq->at > s->r.bin.size ||
        (uint64_t)seq->n * s->r.width > s->r.bin.size - seq->at)
        return weir_err_set(err, WEIR_EBAD, "%s: sequence %" PRIu64 " does not lie in .bin",
                            s->r.idx.path.p, s->next);
    *q = (struct mix_seq){.seq = s->next, .at = seq->at, .n = (uint32_t)seq->n};
    int rc = 0;
    if (s->prov.file.fd < 0) {
        rc = make_piece(s, q, err);
    } else if (s->single) {
        q->n_pieces = 1;
        q->p = &s->pieces[s->i];
    } else {
        rc = read_pieces(s, q, err);
    }
    s->i++;
    s->next++;
    return rc ? rc : 1;
}
