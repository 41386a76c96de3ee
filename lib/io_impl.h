/* A stream from within; used by io.c and io_temp.c only. */
#ifndef WEIR_IO_IMPL_H
#define WEIR_IO_IMPL_H

#include "lib/io_atomic.h"
#include "lib/io_codec.h"
#include "lib/xxh.h"
#include "weir/io.h"

#define WEIR_IO_BLOCK ((size_t)256 << 10)

struct weir_io {
    char *name;
    int fd;                // -1 for memory
    struct weir_buf *sink; // writing to memory
    const char *mem;       // reading from memory
    size_t mem_n, mem_at;
    int writing, temp;
    int prepared; // everything is written and synced
    char *block;  // WEIR_IO_BLOCK bytes of the file: read ahead, or not yet written
    size_t at, n;
    int eof; // nothing behind block
    uint64_t offset, raw_offset, raw_size;
    XXH3_state_t *hash;
    const struct weir_codec *codec;
    void *codec_state;
    int inside; // inside a frame: the end here would be a truncated file
    struct weir_atomic atomic;
};

weir_io *weir_io_new(const char *name, struct weir_err *err);
/* Ends a compressed stream. */
WEIR_MUST_CHECK int weir_io_end_frame(weir_io *io, struct weir_err *err);

#endif
