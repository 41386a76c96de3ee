/* Compression formats behind one step function each; used by io.c and io_temp.c only. */
#ifndef WEIR_IO_CODEC_H
#define WEIR_IO_CODEC_H

#include "weir/base.h"

struct weir_flow {
    const char *in; // advanced by a step
    size_t n_in;
    char *out; // advanced by a step
    size_t n_out;
    int last; // no input behind in[n_in]; when encoding: finish the stream
};

struct weir_codec {
    const char *name;   // "zstd"
    const char *suffix; // ".zst"
    int (*sniff)(const unsigned char *p, size_t n);
    void *(*decoder_new)(void);
    /* Returns 1 when the flow stands between two frames (members, streams), 0 inside one. */
    int (*decode)(void *state, struct weir_flow *f, struct weir_err *err);
    void (*decoder_free)(void *state);
    void *(*encoder_new)(void);
    /* With last: returns 1 when everything is out, 0 to be called again. */
    int (*encode)(void *state, struct weir_flow *f, struct weir_err *err);
    void (*encoder_free)(void *state);
};

/* Bytes that a decoder may take for its window from now on; without a call 128 MiB. */
void weir_codec_memory(uint64_t bytes);
/* The format of these first bytes of a stream, or NULL for plain. */
const struct weir_codec *weir_codec_sniff(const unsigned char *p, size_t n);
/* What temporary files are packed with: speed before size. */
const struct weir_codec *weir_codec_fast(void);
/* The format that a file name asks for, or NULL for plain. */
const struct weir_codec *weir_codec_by_name(const char *path);

#endif
