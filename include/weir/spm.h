/* SentencePiece models behind C: the reference encoder and decoder, and what a model says of
 * itself.  A loaded model is read-only and may be shared by threads. */
#ifndef WEIR_SPM_H
#define WEIR_SPM_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weir_spm weir_spm;

WEIR_API weir_spm *weir_spm_open(const char *path, struct weir_err *err);
WEIR_API void weir_spm_free(weir_spm *m);

WEIR_API uint32_t weir_spm_vocab_size(const weir_spm *m);
/* bos, eos, pad, unk: the id, or WEIR_NO_ID (0xFFFFFFFF) when the model has none. */
WEIR_API uint32_t weir_spm_bos(const weir_spm *m);
WEIR_API uint32_t weir_spm_eos(const weir_spm *m);
WEIR_API uint32_t weir_spm_pad(const weir_spm *m);
WEIR_API uint32_t weir_spm_unk(const weir_spm *m);
/* About how many bytes the loaded model holds. */
WEIR_API uint64_t weir_spm_memory(const weir_spm *m);
/* Bounds what one call of weir_spm_encode() takes, about: a text that needs more is WEIR_EMEM.
 * Call it before the model is shared; without it there is no bound. */
WEIR_API void weir_spm_limit(weir_spm *m, uint64_t bytes);
/* About how many bytes of memory encoding takes for a byte of text. */
WEIR_API unsigned weir_spm_cost(const weir_spm *m);
/* SHA-256 of the model file. */
WEIR_API const uint8_t *weir_spm_sha256(const weir_spm *m);

struct weir_piece {
    uint32_t id;
    uint32_t begin, end; // bytes of the given text it stands for (as SentencePiece reports them)
};

/* Encodes text (no BOS or EOS).  *p is (re)allocated with weir_grow(); the caller frees it. Returns
 * 0 or WEIR_E…; *n pieces. */
WEIR_API WEIR_MUST_CHECK int weir_spm_encode(const weir_spm *m, struct weir_span text,
                                             struct weir_piece **p, size_t *cap, size_t *n,
                                             struct weir_err *err);
/* Bytes of text that decoding its pieces would not give back (what the model folds: U+2581,
 * characters it normalises or does not know); 0 only when decode(ids) is the text. */
WEIR_API uint64_t weir_spm_folded(const weir_spm *m, struct weir_span text,
                                  const struct weir_piece *p, size_t n);
/* Appends the text of ids. */
WEIR_API WEIR_MUST_CHECK int weir_spm_decode(const weir_spm *m, const uint32_t *ids, size_t n,
                                             struct weir_buf *text, struct weir_err *err);
/* The piece of an id as the model spells it ("▁the", "<0x0A>"), alive as long as m. */
WEIR_API struct weir_span weir_spm_piece(const weir_spm *m, uint32_t id);
/* 1 for byte-fallback pieces, and the byte. */
WEIR_API int weir_spm_byte(const weir_spm *m, uint32_t id, uint8_t *byte);

#ifdef __cplusplus
}
#endif
#endif
