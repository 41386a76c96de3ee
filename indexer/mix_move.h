/* Bytes of many files in a given order, in bounded memory.
 *
 * What fits in memory, lies in order, is large or is in the system's cache is read at its place.
 * For the rest the files are read once from front to back and dealt out into buckets, each a
 * stretch of the result that fits in memory, in a temporary file: two reads and two writes of every
 * byte, all of them long. */
#ifndef WEIR_MIX_MOVE_H
#define WEIR_MIX_MOVE_H

#include "indexer/index_parts.h"
#include "weir/io.h"

enum { MIX_MOVE_BYTES = 8 << 20 }; // longer ones are cut
#define MIX_PAD UINT32_MAX

struct mix_move {
    uint64_t at; // in the part's .bin
    uint32_t part;
    uint32_t bytes;
};

struct mix_moves {
    weir_io *list; // a temporary of struct mix_move
    struct mix_move last;
    uint64_t n, bytes;
    int descends; // some move lies before the one before it
};

WEIR_MUST_CHECK int mix_moves_open(struct mix_moves *m, const char *temp_dir, struct weir_err *err);
/* The next bytes of the result: of a part, or (MIX_PAD) the pad token again and again. */
WEIR_MUST_CHECK int mix_moves_add(struct mix_moves *m, uint32_t part, uint64_t at, uint64_t bytes,
                                  struct weir_err *err);
/* Writes all of it to out.  pad: a token of parts->width bytes. */
WEIR_MUST_CHECK int mix_moves_run(struct mix_moves *m, const struct index_parts *parts,
                                  uint32_t pad, struct weir_job *job, weir_io *out,
                                  struct weir_err *err);
void mix_moves_free(struct mix_moves *m);

/* ---- one file of many, read at rising places ---- */

struct mix_view {
    const struct index_parts *parts;
    struct index_file file;
    uint32_t part; // open; MIX_PAD: none
    char *block;
    uint64_t at; // of block in the file
    size_t n, step;
    int exact; // nothing is read but what is asked for
};

WEIR_MUST_CHECK int mix_view_open(struct mix_view *v, const struct index_parts *parts,
                                  struct weir_err *err);
/* The bytes of a move, valid until the next call. */
WEIR_MUST_CHECK int mix_view_get(struct mix_view *v, const struct mix_move *m, const char **p,
                                 struct weir_err *err);
void mix_view_close(struct mix_view *v);

/* How the moves of a window lie: close together, so that much is read at once; anywhere in the
 * system's cache; far apart on disk, where windows are as large as memory allows, to be read in the
 * disk's order. */
enum mix_reading { MIX_IN_ORDER, MIX_CACHED, MIX_APART };

/* The result in windows, each filled from the parts. */
WEIR_MUST_CHECK int mix_windows_run(struct mix_moves *m, const struct index_parts *parts,
                                    uint32_t pad, enum mix_reading reading, struct weir_job *job,
                                    weir_io *out, struct weir_err *err);
/* The result by buckets. */
WEIR_MUST_CHECK int mix_buckets_run(struct mix_moves *m, const struct index_parts *parts,
                                    uint32_t pad, struct weir_job *job, weir_io *out,
                                    struct weir_err *err);
/* Reads the next n moves of the list, which was rewound. */
WEIR_MUST_CHECK int mix_moves_read(struct mix_moves *m, struct mix_move *to, size_t n,
                                   struct weir_err *err);
void mix_fill(char *p, size_t bytes, uint32_t pad, uint32_t width);

#endif
