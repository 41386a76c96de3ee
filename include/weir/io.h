/* Byte streams: files, standard streams and memory, compressed or not.
 *
 * Reading recognises plain, zstd, gzip, bzip2 and xz by content, also several frames, members or
 * streams in a row; an input that ends in the middle of one is an error, never a shorter output.
 * Writing chooses by name (.zst .gz .bz2 .xz), goes to an unnamed temporary in the same folder and
 * appears under its name only when weir_io_close() has written, synced and renamed it. */
#ifndef WEIR_IO_H
#define WEIR_IO_H

#include <sys/types.h>
#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weir_io weir_io;

/* path "-" is standard input.  Returns NULL after filling err.  Close with weir_io_close(). */
WEIR_API weir_io *weir_io_open_read(const char *path, struct weir_err *err);
/* path "-" is standard output (not atomic, not compressed). */
WEIR_API weir_io *weir_io_open_write(const char *path, struct weir_err *err);
/* Like weir_io_open_write() without looking at the name: bytes as given. */
WEIR_API weir_io *weir_io_open_write_plain(const char *path, struct weir_err *err);
/* Reads n bytes at p, which stay the caller's (compressed content is recognised too). */
WEIR_API weir_io *weir_io_open_mem(const void *p, size_t n, struct weir_err *err);
/* Appends to *b, which stays the caller's. */
WEIR_API weir_io *weir_io_open_buf(struct weir_buf *b, struct weir_err *err);
/* An unnamed read-write temporary in dir: write, then weir_io_rewind(), then read. */
WEIR_API weir_io *weir_io_open_temp(const char *dir, struct weir_err *err);
/* The same, compressed fast (zstd). */
WEIR_API weir_io *weir_io_open_temp_packed(const char *dir, struct weir_err *err);
/* Back to the begin, to be read from there; may be called again. */
WEIR_API int weir_io_rewind(weir_io *io, struct weir_err *err);
/* n bytes from an absolute place of a temporary that is being written and is not packed. */
WEIR_API WEIR_MUST_CHECK int weir_io_pread(weir_io *io, uint64_t at, void *p, size_t n,
                                           struct weir_err *err);

/* Up to n uncompressed bytes; 0 at the end (then the end was verified), negative on error. */
WEIR_API WEIR_MUST_CHECK ssize_t weir_io_read(weir_io *io, void *p, size_t n, struct weir_err *err);
/* Exactly n bytes, or 0 at a clean end; anything between is WEIR_EBAD "truncated". Returns 1 or 0.
 */
WEIR_API WEIR_MUST_CHECK int weir_io_read_all(weir_io *io, void *p, size_t n, struct weir_err *err);
/* Passes over n uncompressed bytes; a plain file is not read for it, so that weir_io_hash() says
 * nothing of the file any more.  WEIR_EBAD when it ends before. */
WEIR_API WEIR_MUST_CHECK int weir_io_skip(weir_io *io, uint64_t n, struct weir_err *err);
WEIR_API WEIR_MUST_CHECK int weir_io_write(weir_io *io, const void *p, size_t n,
                                           struct weir_err *err);
/* Hands what was written to the operating system (to the compressor, where there is one). */
WEIR_API WEIR_MUST_CHECK int weir_io_flush(weir_io *io, struct weir_err *err);
/* Overwrites n bytes at an absolute place of a plain file being written (headers known last). */
WEIR_API WEIR_MUST_CHECK int weir_io_pwrite(weir_io *io, uint64_t at, const void *p, size_t n,
                                            struct weir_err *err);
/* Finishes: flush, sync and rename when writing.  Frees io always.  io may be NULL. */
WEIR_API WEIR_MUST_CHECK int weir_io_close(weir_io *io, struct weir_err *err);
/* The first half of closing an output: everything is written and synced, only the name is missing;
 * says what the file is: its bytes as they stand on disk and their XXH3-128 as weir_io_hash() gives
 * it.  What belongs to the file (a ledger line) can be saved before weir_io_close() names it. */
WEIR_API WEIR_MUST_CHECK int weir_io_prepare(weir_io *io, uint64_t *raw_bytes, char hex[33],
                                             struct weir_err *err);
/* Gives up: nothing appears under the name.  Frees io; io may be NULL. */
WEIR_API void weir_io_abort(weir_io *io);

WEIR_API const char *weir_io_name(const weir_io *io);
/* Uncompressed bytes read or written so far. */
WEIR_API uint64_t weir_io_offset(const weir_io *io);
/* Bytes of the file itself consumed so far, and its whole size (0 when unknown: a pipe). */
WEIR_API uint64_t weir_io_raw_offset(const weir_io *io);
WEIR_API uint64_t weir_io_raw_size(const weir_io *io);
/* XXH3-128 (canonical form) of the file's bytes read or written so far, as 32 hex digits and NUL:
 * what xxh128sum prints for the file. */
WEIR_API void weir_io_hash(const weir_io *io, char hex[33]);
/* 1 when both are the same file, or neither is there and both would be made as the same. */
WEIR_API int weir_io_same_file(const char *a, const char *b);
/* WEIR_EUSAGE when an output is an input too, or two outputs are one file.  Outputs that are NULL,
 * "-" or in /dev are left out. */
WEIR_API WEIR_MUST_CHECK int weir_io_apart(const char *const *in, size_t n_in,
                                           const char *const *out, size_t n_out,
                                           struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
