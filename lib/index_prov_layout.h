/* The records of NAME.prov as they lie in the file: docs/formats.md, "Provenance". */
#ifndef WEIR_INDEX_PROV_LAYOUT_H
#define WEIR_INDEX_PROV_LAYOUT_H

#include <stdint.h>

#define PROV_MAGIC "WEIRPRV" // and a byte that is the version, '1' or '2'
#define PROV_END   "WEIRPEND"

struct prov_header {
    char magic[8];
    uint64_t zero;
};

struct prov_doc {
    uint32_t n_id, n_source, n_origin, zero; // then their bytes, zeros up to a multiple of 8
};

struct prov_seq { // version 1
    uint64_t doc;
    uint32_t at, n;
};

/* Version 2 has pieces, struct index_piece, and the first piece of each sequence as u64, with one
 * more entry: their number. */

struct prov_trailer {
    uint64_t n_pieces; // version 2 only: version 1 begins behind it
    uint64_t docs_bytes, n_docs, n_seqs;
    uint64_t checksum; // XXH3-64 of all bytes before it
    char magic[8];
};

_Static_assert(sizeof(struct prov_header) == 16, "");
_Static_assert(sizeof(struct prov_doc) == 16, "");
_Static_assert(sizeof(struct prov_seq) == 16, "");
_Static_assert(sizeof(struct prov_trailer) == 48, "");

#endif
