/* Hugging Face's tokenizer.json, byte-level BPE: the ids of the `tokenizers` package.  The same
 * interface as weir/tok.h, which hands files that begin with "{" to this one. */
#ifndef WEIR_HFTOK_H
#define WEIR_HFTOK_H

#include "weir/spm.h"

typedef struct hftok hftok;
typedef struct hftok_scratch hftok_scratch;

/* The file's text, with WEIR_PADDING readable bytes behind it; not kept.  WEIR_EUSAGE: a sound file
 * of a kind that is not supported; the message names it. */
hftok *hftok_open(struct weir_span json, struct weir_err *err);
/* The same from a file, and its SHA-256. */
hftok *hftok_load(const char *path, uint8_t sha256[32], struct weir_err *err);
/* 1 when the file begins with "{", as no SentencePiece model does. */
int hftok_is_json(const char *path);
void hftok_free(hftok *t);
/* Its tables of chunks take up to cache bytes, at least 96 KB. */
hftok_scratch *hftok_scratch_new(const hftok *t, uint64_t cache, struct weir_err *err);
void hftok_scratch_free(hftok_scratch *s);

/* One more than the highest id, added tokens included. */
uint32_t hftok_vocab_size(const hftok *t);
/* The id or WEIR_NO_ID. */
uint32_t hftok_bos(const hftok *t);
uint32_t hftok_eos(const hftok *t);
uint32_t hftok_pad(const hftok *t);
uint32_t hftok_unk(const hftok *t);
uint64_t hftok_memory(const hftok *t);
uint64_t hftok_scratch_memory(uint64_t cache);
/* As the file spells it; empty for an id that nothing has. */
struct weir_span hftok_piece(const hftok *t, uint32_t id);

/* As weir_tok_encode(): added tokens in the text are recognised, none are put around it.  A byte
 * that is no UTF-8 counts as U+FFFD.  Tokens that end inside a character end there. */
int hftok_encode(const hftok *t, hftok_scratch *s, uint64_t limit, struct weir_span text,
                 struct weir_piece **p, size_t *cap, size_t *n, struct weir_err *err);
/* As weir_tok_is_exact(), and what it tells from now on. */
int hftok_is_exact(const hftok_scratch *s);
void hftok_set_exact(hftok_scratch *s, int exact);
/* As weir_tok_cut(). */
size_t hftok_cut(const hftok *t, struct weir_span text, size_t at, size_t want);
/* As weir_tok_folded(). */
uint64_t hftok_folded(const hftok *t, struct weir_span text, const struct weir_piece *p, size_t n);
/* Appends the text of ids, special tokens included; what is no UTF-8 becomes U+FFFD as the
 * reference has it: one for each longest part that could begin a character. */
int hftok_decode(const hftok *t, const uint32_t *ids, size_t n, struct weir_buf *text,
                 struct weir_err *err);
/* 1: a converted SentencePiece model, whose tokens are texts and bytes, one by one: 1 and the byte,
 * 0 and the text, or WEIR_EBAD.  hftok_strips(): a space in front of all is dropped. */
int hftok_is_pieces(const hftok *t);
int hftok_strips(const hftok *t);
int hftok_surface(const hftok *t, uint32_t id, struct weir_span *text, struct weir_err *err);
/* Of others step by step: bytes[0 … *n) are those of a character whose rest is still to come. */
int hftok_decode_next(const hftok *t, uint8_t bytes[4], uint8_t *n, uint32_t id,
                      struct weir_buf *text, struct weir_err *err);
void hftok_decode_end(uint8_t *n, struct weir_buf *text);

#endif
