/* The records of NAME.prov as they lie in the file: docs/formats.md, "Provenance". */
#ifndef WEIR_INDEX_PROV_LAYOUT_H
#define WEIR_INDEX_PROV_LAYOUT_H

#include <stdint.h>

#define PROV_MAGIC "WEIRPRV1" // the last byte is the version
#define PROV_END   "WEIRPEND"

struct prov_header {
    char magic[8];
    uint64_t zero;
};

struct prov_doc {
    uint32_t n_id, n_source, n_origin, zero; // then their bytes, zeros up to a multiple of 8
};

struct prov_seq {
    uint64_t doc;
    uint32_t at, n;
};

struct prov_trailer {
    uint64_t docs_bytes, n_docs, n_seqs;
    uint64_t checksum; // XXH3-64 of all bytes before it
    char magic[8];
};

_Static_assert(sizeof(struct prov_header) == 16, "");
_Static_assert(sizeof(struct prov_doc) == 16, "");
_Static_assert(sizeof(struct prov_seq) == 16, "");
_Static_assert(sizeof(struct prov_trailer) == 40, "");

#endif
