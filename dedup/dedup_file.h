/* Files of dedup (docs/formats.md, "Deduplication files"): a head, records, an end with totals and
 * a checksum; and the records of signature files, which are what dedup knows of a document. */
#ifndef WEIR_DEDUP_FILE_H
#define WEIR_DEDUP_FILE_H

#include "dedup/dedup_internal.h"
#include "lib/xxh.h"
#include "weir/io.h"

/* ---- dedup_file.c: the frame ---- */

#define DEDUP_SIG_MAGIC     "WEIRSIG1"
#define DEDUP_MATCH_MAGIC   "WEIRMAT1"
#define DEDUP_VERDICT_MAGIC "WEIRVER1"

struct dedup_writer {
    weir_io *io; // the caller's
    XXH3_state_t *hash;
    uint64_t n_records;
};

int dedup_write_begin(struct dedup_writer *w, weir_io *io, const char magic[8],
                      struct weir_span head, struct weir_err *err);
int dedup_write_record(struct dedup_writer *w, struct weir_span record, struct weir_err *err);
/* content: a checksum of what the file speaks of, kept for dedup_reader.content. */
int dedup_write_end(struct dedup_writer *w, uint64_t content, struct weir_err *err);
void dedup_writer_free(struct dedup_writer *w);

struct dedup_reader {
    weir_io *io; // the caller's
    XXH3_state_t *hash;
    struct weir_buf head, record;
    uint64_t n_records; // read so far
    uint64_t content;   // known when ended
    int ended;
};

/* kind: "signature", for messages.  To be freed also on error. */
int dedup_read_open(struct dedup_reader *r, weir_io *io, const char magic[8], const char *kind,
                    struct weir_err *err);
/* 1 and a record, valid until the next call; 0 at the verified end; negative on error. */
int dedup_read_next(struct dedup_reader *r, struct weir_span *record, struct weir_err *err);
void dedup_reader_free(struct dedup_reader *r);

/* What the end of an uncompressed file says, without reading the rest. */
int dedup_read_totals(const char *path, uint64_t *n_records, uint64_t *content,
                      struct weir_err *err);

/* Locks a folder for one run at a time, until *lock is closed; WEIR_EFAIL "DIR: another run DOES"
 * when one has it. */
int dedup_lock(const char *dir, const char *does, int *lock, struct weir_err *err);

/* ---- dedup_record.c: heads and records of signature files ---- */

enum { // dedup_params.flags
    DEDUP_P_EXACT = 1,
    DEDUP_P_NEAR = 2,
    DEDUP_P_RAW = 4,     // exact means the same bytes, not the same normalised text
    DEDUP_P_VERIFY = 8,  // records hold shingle sets
    DEDUP_P_RANKED = 16, // --keep is not first
    DEDUP_P_ALL = 31
};

#define DEDUP_SCHEME 1 // the permutations of dedup_minhash.c; 0 were earlier ones

/* Everything that signatures and verdicts depend on: the head of a signature file, as it stands
 * there.  Files go together when it is the same, byte for byte. */
struct dedup_params {
    uint32_t flags;
    uint32_t unit, n_shingle; // struct dedup_rule
    uint32_t num_perm, bands, rows;
    uint32_t value_bytes; // of one value of a signature
    uint32_t scheme;      // of the permutations: DEDUP_SCHEME
    double threshold;
    uint64_t seed;
    uint64_t member, keep; // XXH3-64 of the compared member's name and of --keep
};
_Static_assert(sizeof(struct dedup_params) == 64, "no padding");

/* A checksum of a shard's documents: update with the XXH3-64 of each line, in order. */
struct dedup_content {
    XXH3_state_t *hash;
    uint64_t n; // documents
};
int dedup_content_init(struct dedup_content *c, struct weir_err *err);
void dedup_content_add(struct dedup_content *c, uint64_t line_hash);
uint64_t dedup_content_get(const struct dedup_content *c);
void dedup_content_free(struct dedup_content *c);

/* WEIR_EUSAGE when a head is of signatures by other permutations. */
int dedup_params_scheme(struct weir_span head, struct weir_err *err);
/* Reads and checks a head, and fills the plan that follows from it. */
int dedup_params_get(struct weir_span head, struct dedup_params *p, struct dedup_plan *plan,
                     struct weir_err *err);

/* Appends what is known of a document, without a length. */
void dedup_record_put(struct weir_buf *b, const struct dedup_plan *plan, const struct dedup_key *k);
/* Views a record; WEIR_EBAD when its lengths do not fit the plan. */
int dedup_record_get(struct weir_span record, const struct dedup_plan *plan, struct dedup_key *k,
                     struct weir_err *err);

#endif
