/* Signature files of several shards, read one after another as one sequence of documents; and what
 * match and verdict files hold. */
#ifndef WEIR_DEDUP_SHARDS_H
#define WEIR_DEDUP_SHARDS_H

#include "dedup/dedup_file.h"
#include "dedup/dedup_greedy.h"
#include "weir/stream.h"

/* A shard as it was signed: what a match file says of each of its shards before the bits, and the
 * head of a verdict file, 16 bytes. */
struct dedup_shard {
    uint64_t documents, content;
};

int dedup_shard_get(struct weir_span bytes, struct dedup_shard *s); // 0, or WEIR_EBAD
void dedup_verdict_put(struct weir_buf *b, const struct dedup_drop *drop);
int dedup_verdict_get(struct weir_span record, struct dedup_drop *drop); // 0, or WEIR_EBAD

/* ---- dedup_verdicts.c: a verdict file, beside the shard that it is about ---- */

struct dedup_verdicts {
    weir_io *io;
    struct dedup_reader in;
    struct dedup_shard shard; // as it was signed
    struct dedup_drop next;   // its order is a row of the shard
    int has_next;
};

/* Opens the file and reads its first verdict; to be closed also on error. */
int dedup_verdicts_open(struct dedup_verdicts *v, const char *path, struct weir_err *err);
/* Goes on to the next one. */
int dedup_verdicts_step(struct dedup_verdicts *v, struct weir_err *err);
/* WEIR_EBAD when what was read is not what was signed. */
int dedup_verdicts_check(const struct dedup_verdicts *v, const struct dedup_content *c,
                         struct weir_err *err);
void dedup_verdicts_close(struct dedup_verdicts *v);

/* ---- dedup_shards.c ---- */

/* The documents of all shards are numbered through; the first number of a shard is a multiple of 8,
 * so that a bit a document is whole bytes a shard. */
struct dedup_part {
    struct dedup_shard shard; // known when it was read to its end
    const char *name;         // of its signature file
    uint64_t base;            // number of its first document
};

struct dedup_shards {
    struct weir_job *job;
    weir_inputs *in;
    struct dedup_reader reader;
    int is_open;
    uint64_t at;   // bytes of the open file that were counted
    uint64_t left; // bytes of files read before that belong to no record
    struct weir_buf head;
    struct dedup_params params;
    struct dedup_plan plan;
    struct dedup_part *part;
    size_t n_part, cap_part;
    uint64_t next; // number of the next document
};

/* Opens the job's inputs and reads the first head: params and plan. */
int dedup_shards_open(struct dedup_shards *s, struct weir_job *job, struct weir_err *err);
/* The next() of a stage: a record's raw bytes are the document's record, user[0] its number. */
int dedup_shards_next(struct dedup_shards *s, struct weir_batch *b, struct weir_err *err);
void dedup_shards_free(struct dedup_shards *s);

/* Match files: for each part the bits of its documents. */
struct dedup_bits {
    uint8_t *at;
    size_t n; // bytes
};

int dedup_bits_write(const struct dedup_bits *bits, const struct dedup_shards *s, unsigned first,
                     unsigned last, weir_io *io, struct weir_err *err);
/* Reads match files of the same signatures, together for all tables, into one set of bits and the
 * shards they were made from. */
int dedup_bits_read(struct dedup_bits *bits, const struct weir_strings *files,
                    const struct dedup_shards *s, uint64_t memory, struct dedup_shard **shard,
                    size_t *n_shard, struct weir_err *err);

#endif
