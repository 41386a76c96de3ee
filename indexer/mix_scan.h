/* The sequences of a dataset one after another, each with where it lies and what it holds.  The
 * dataset was checked before (index_part_check()). */
#ifndef WEIR_MIX_SCAN_H
#define WEIR_MIX_SCAN_H

#include "lib/index_prov.h"

struct mix_seq {
    uint64_t seq;
    uint64_t at; // first byte in .bin
    uint32_t n;  // tokens
    uint32_t n_pieces;
    struct index_piece *p; // valid until the next call; without provenance one piece, whose
                           // document is the one of the document index (KnowLM: the sequence)
};

struct mix_scan {
    struct index_reader r;
    struct index_prov prov; // fd -1: none
    uint64_t next;          // sequence
    size_t n, i;            // block: its sequences, how many are given
    struct index_seq *seqs;
    uint64_t *firsts;
    struct index_piece *pieces; // of the block when it has one a sequence, else of one sequence
    size_t cap_pieces;
    int single;
    uint64_t doc, doc_end; // without provenance: current document, first sequence behind it
};

/* with_prov: it has provenance, which is read too. */
WEIR_MUST_CHECK int mix_scan_open(struct mix_scan *s, const char *prefix, int with_prov,
                                  struct weir_err *err);
/* 1, 0 at the end, negative on error. */
WEIR_MUST_CHECK int mix_scan_next(struct mix_scan *s, struct mix_seq *q, struct weir_err *err);
void mix_scan_close(struct mix_scan *s);

#endif
