/* A dataset made of sequences of others.  First the documents and samples are taken, in the order
 * of the datasets that they come from; then the sequences are added in their final order; bytes are
 * moved at the end. */
#ifndef WEIR_MIX_SINK_H
#define WEIR_MIX_SINK_H

#include "indexer/index_parts.h"
#include "indexer/index_writer.h"
#include "indexer/mix_move.h"
#include "indexer/mix_scan.h"

/* A sample on its way: this, then its pieces.  Memory that holds one is aligned to 8 bytes. */
struct mix_item {
    uint64_t at; // first byte in the part's .bin
    uint32_t part;
    uint32_t n; // tokens
    uint32_t n_pieces, zero;
};

struct mix_sink {
    struct weir_job *job;
    const struct index_parts *parts;
    struct index_writer w;
    struct mix_moves moves;
    uint32_t pad;
    uint64_t n_pad;
    uint32_t length; // of a sequence, for the manifest; 0: as the parts say
    int joined;      // sequences hold several samples
    /* the part being taken from */
    uint32_t part;
    int part_begun; // something was taken from it
    struct index_manifest m;
    struct index_prov prov; // fd -1: none
    struct weir_names used; // what is taken of the part, by source, as in a manifest
    uint64_t base;          // number here of the part's first document, but for version 1
    uint64_t doc, new_doc;  // version 1: the document met last, and its number here
    uint64_t n_docs;        // without provenance
    uint16_t *source_of;    // version 2: of each document, in m.sources
    struct weir_span source;
    struct weir_buf doc_bytes;
    /* the sequence added last */
    uint64_t last_doc;
    int last_single;
    struct weir_buf pieces;
};

/* prov_version: 1 only when samples are added whole, as they lie and once. */
WEIR_MUST_CHECK int mix_sink_open(struct mix_sink *s, struct weir_job *job,
                                  const struct index_parts *parts, int prov_version,
                                  struct weir_err *err);
/* ---- taking, part by part ---- */
void mix_sink_part(struct mix_sink *s, size_t part);
/* The first n tokens of a sample will be used, for the copy-th time (0: the first): fills item with
 * a struct mix_item and its pieces, and counts them to their sources. */
WEIR_MUST_CHECK int mix_sink_take(struct mix_sink *s, const struct mix_seq *q, uint32_t n,
                                  uint32_t copy, struct weir_buf *item, struct weir_err *err);
WEIR_MUST_CHECK int mix_sink_part_end(struct mix_sink *s, struct weir_err *err);

/* ---- adding ---- */
/* The next sequence: samples, one behind another, then padding. */
WEIR_MUST_CHECK int mix_sink_add(struct mix_sink *s, const struct mix_item *const *items, size_t n,
                                 uint64_t n_pad, struct weir_err *err);
WEIR_MUST_CHECK int mix_sink_finish(struct mix_sink *s, struct weir_err *err);
void mix_sink_free(struct mix_sink *s);

static inline const struct index_piece *mix_item_pieces(const struct mix_item *i)
{
    return (const struct index_piece *)(i + 1);
}

#endif
