/* The binary stream between tokenize, chunker and indexer: docs/formats.md, "Token stream".
 * Little-endian; a stream without its end marker is truncated, and that is an error. */
#ifndef WEIR_TOKENS_H
#define WEIR_TOKENS_H

#include "weir/stream.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_NO_ID 0xFFFFFFFFu

enum {
    WEIR_TOK_SAMPLES = 1, // frames carry a sample table (the chunker was here)
    WEIR_TOK_KNOWLM = 2
}; // --compat knowlm: units are KnowLM's pieces, BOS and EOS inside

struct weir_tok_header {
    uint8_t sha256[32]; // of the tokenizer's file
    uint32_t vocab_size;
    uint32_t width;              // bytes a token: 2 when every id of the vocabulary fits, else 4
    uint32_t flags;              // WEIR_TOK_…
    uint32_t bos, eos, pad, unk; // WEIR_NO_ID when the tokenizer has none
    uint32_t max_tokens; // longest sample (-n) when WEIR_TOK_SAMPLES or WEIR_TOK_KNOWLM, else 0
};

/* What may follow a token: where a long sentence may be cut, best first.  Bits of bounds[i] speak
 * of the place behind token i. */
enum weir_bound {
    WEIR_BOUND_NONE = 0, // inside a character
    WEIR_BOUND_CHAR = 1,
    WEIR_BOUND_WORD = 2,
    WEIR_BOUND_CLAUSE = 3, // behind , ; : 、 and the like, or a newline
};

struct weir_sample {
    uint32_t at, n; // tokens of its document: first, count; samples may overlap
};

/* A document's frame.  Pointers are into the frame's bytes (reading) or the caller's (writing). */
struct weir_tok_doc {
    struct weir_span id;
    struct weir_span source;
    struct weir_span origin; // raw JSON object, may be empty
    uint32_t n_tokens, n_units, n_samples;
    const void *tokens;    // n_tokens of header.width bytes, aligned
    const uint32_t *ids;   // writing: the tokens where tokens is NULL
    const uint32_t *units; // tokens of each sentence; they add up to n_tokens
    const uint8_t *bounds; // n_tokens of enum weir_bound, or NULL
    const struct weir_sample *samples;
    uint64_t text_bytes; // bytes of the document's text
};

/* ---- writing ---- */
WEIR_API void weir_tok_put_header(struct weir_buf *b, const struct weir_tok_header *h);
/* Appends one frame.  WEIR_EBAD when counts do not fit or units do not add up. */
WEIR_API WEIR_MUST_CHECK int weir_tok_put_doc(struct weir_buf *b, const struct weir_tok_header *h,
                                              const struct weir_tok_doc *d, struct weir_err *err);
/* Totals and checksum of what was written, for the end marker. */
struct weir_tok_sum; // opaque: running XXH3 and totals
WEIR_API struct weir_tok_sum *weir_tok_sum_new(void);
WEIR_API void weir_tok_sum_free(struct weir_tok_sum *s);
/* Call for each frame written, in order. */
WEIR_API void weir_tok_sum_frame(struct weir_tok_sum *s, const void *frame, size_t n);
WEIR_API void weir_tok_put_end(struct weir_buf *b, const struct weir_tok_sum *s);

/* ---- reading ---- */
/* Frames of the job's inputs as records for weir_stage_run(): streams may stand one behind another,
 * within one input too, when their headers are equal.  Each record's raw bytes are one frame. */
typedef struct weir_tok_reader weir_tok_reader;
/* Reads the first header (*h filled).  A frame of more than max_record bytes becomes a WEIR_BAD
 * record with its first bytes. */
WEIR_API weir_tok_reader *weir_tok_reader_open(weir_inputs *in, uint64_t max_record,
                                               struct weir_tok_header *h, struct weir_err *err);
/* A weir_stage.next with the reader as ctx: verifies the end marker and checksum at each end. */
WEIR_API int weir_tok_reader_next(void *reader, struct weir_batch *b, struct weir_err *err);
/* Input bytes of headers and end markers not yet counted as a record's framing. */
WEIR_API uint64_t weir_tok_reader_tail(const weir_tok_reader *r);
WEIR_API void weir_tok_reader_close(weir_tok_reader *r);
/* Views a frame, which must be aligned to 8 bytes (a reader's records are): every count checked
 * against n, ids against the vocabulary.  WEIR_EBAD when not. */
WEIR_API WEIR_MUST_CHECK int weir_tok_get_doc(const void *frame, size_t n,
                                              const struct weir_tok_header *h,
                                              struct weir_tok_doc *d, struct weir_err *err);

static inline uint32_t weir_tok_at(const struct weir_tok_header *h, const struct weir_tok_doc *d,
                                   size_t i)
{
    return h->width == 2 ? ((const uint16_t *)d->tokens)[i] : ((const uint32_t *)d->tokens)[i];
}

#ifdef __cplusplus
}
#endif
#endif
