/* Weir's own tokenizer: the ids of the reference implementation, much faster.
 *
 *      weir_tok *t = weir_tok_open("tokenizer.model", &err);
 *      weir_tok_scratch *s = weir_tok_scratch_new(t, &err);
 *      weir_tok_encode(t, s, text, &pieces, &cap, &n, &err);
 *
 * A loaded tokenizer is read-only and shared by threads; each thread has its own scratch.
 * SentencePiece models (BPE and unigram) are read, and Hugging Face's tokenizer.json of byte-level
 * BPE and of converted SentencePiece BPE models, where the reference is the `tokenizers` package; a
 * file that begins with "{" is one of those. */
#ifndef WEIR_TOK_H
#define WEIR_TOK_H

#include "weir/spm.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weir_tok weir_tok;
typedef struct weir_tok_scratch weir_tok_scratch;

/* WEIR_EUSAGE: a sound model of a kind that this encoder does not know (SentencePiece's library
 * may); the message names it.  WEIR_EFAIL: the same of a tokenizer.json. */
WEIR_API weir_tok *weir_tok_open(const char *path, struct weir_err *err);
WEIR_API void weir_tok_free(weir_tok *t);

/* A thread's buffers and cache of encoded chunks: bounded, as weir_tok_cache() says, plus a few
 * times the longest text.  Ids do not depend on what was encoded before. */
WEIR_API weir_tok_scratch *weir_tok_scratch_new(const weir_tok *t, struct weir_err *err);
WEIR_API void weir_tok_scratch_free(weir_tok_scratch *s);

WEIR_API uint32_t weir_tok_vocab_size(const weir_tok *t);
/* The id, or WEIR_NO_ID (0xFFFFFFFF) when the model has none. */
WEIR_API uint32_t weir_tok_unk(const weir_tok *t);
WEIR_API uint32_t weir_tok_bos(const weir_tok *t);
WEIR_API uint32_t weir_tok_eos(const weir_tok *t);
WEIR_API uint32_t weir_tok_pad(const weir_tok *t);
/* 1: read from a tokenizer.json. */
WEIR_API int weir_tok_is_json(const weir_tok *t);
/* SHA-256 of the model file. */
WEIR_API const uint8_t *weir_tok_sha256(const weir_tok *t);
/* Bytes that the tables hold, and what a scratch holds besides its text. */
WEIR_API uint64_t weir_tok_memory(const weir_tok *t);
WEIR_API uint64_t weir_tok_scratch_memory(const weir_tok *t);
/* About how many bytes of memory encoding takes for a byte of ordinary text. */
WEIR_API unsigned weir_tok_cost(const weir_tok *t);
/* Bounds what one call of weir_tok_encode() takes, about: a text that needs more is WEIR_EMEM.
 * Call it before the tokenizer is shared; without it there is no bound. */
WEIR_API void weir_tok_limit(weir_tok *t, uint64_t bytes);
/* Bounds the cache of each scratch made from now on; without it 24 MB, of which memory is taken as
 * texts differ.  12 KB at least. */
WEIR_API void weir_tok_cache(weir_tok *t, uint64_t bytes);
/* The piece as the model spells it ("▁the", "<0x0A>"), alive as long as t; empty for a bad id. */
WEIR_API struct weir_span weir_tok_piece(const weir_tok *t, uint32_t id);

/* Encodes text (no BOS or EOS): ids, and the bytes of text that each stands for, as SentencePiece
 * reports them; tokens of a tokenizer.json that end inside a character end at that byte.  *p is
 * (re)allocated with weir_grow(); the caller frees it.  Returns 0 or WEIR_E…; *n pieces. */
WEIR_API WEIR_MUST_CHECK int weir_tok_encode(const weir_tok *t, weir_tok_scratch *s,
                                             struct weir_span text, struct weir_piece **p,
                                             size_t *cap, size_t *n, struct weir_err *err);
/* The same by n_threads threads, the calling one among them, for texts of some hundred kilobytes
 * and more: parts of the text are encoded at once, each other thread with a scratch of its own for
 * the time of the call.  A text that weir_tok_cut() cannot cut is encoded by the calling thread
 * alone. */
WEIR_API WEIR_MUST_CHECK int weir_tok_encode_parallel(const weir_tok *t, weir_tok_scratch *s,
                                                      size_t n_threads, struct weir_span text,
                                                      struct weir_piece **p, size_t *cap, size_t *n,
                                                      struct weir_err *err);
/* The end, near at + want, of a part of text that begins at `at`: at a place where parts encoded
 * one by one (of a SentencePiece model without the dummy prefix from the second on) have the ids of
 * the whole.  text.n where no such place is found or known to be: unigram models, normalisation
 * rules, unused pieces; of a tokenizer.json, added tokens that look at what is beside them. */
WEIR_API size_t weir_tok_cut(const weir_tok *t, struct weir_span text, size_t at, size_t want);
/* Bytes of text that decoding its pieces would not give back; 0 only when decode(ids) is the text
 * (which may also come back by chance, where it holds what <unk> decodes to). */
WEIR_API uint64_t weir_tok_folded(const weir_tok *t, struct weir_span text,
                                  const struct weir_piece *p, size_t n);

/* 1 when it is certain without looking that decoding what was encoded last gives its text back. */
WEIR_API int weir_tok_is_exact(const weir_tok_scratch *s);

/* Appends the text of ids. */
WEIR_API WEIR_MUST_CHECK int weir_tok_decode(const weir_tok *t, const uint32_t *ids, size_t n,
                                             struct weir_buf *text, struct weir_err *err);

/* Decoding as ids come.  Start with zeros; each call appends what is certain by then, always whole
 * characters; weir_tok_stream_end() appends what is left and starts afresh.  All together is the
 * text of weir_tok_decode(); but where byte tokens of a tokenizer.json with byte_fallback are no
 * UTF-8, that writes U+FFFD for each of the bytes that stand together, as its reference does, and
 * this only for the broken ones. */
struct weir_tok_stream {
    uint8_t n_bytes, bytes[4];           // of a character whose other bytes are still to come
    uint8_t any_text, space_seen, parts; // parts: bytes that begin a character are one U+FFFD
};
WEIR_API WEIR_MUST_CHECK int weir_tok_stream_next(const weir_tok *t, struct weir_tok_stream *s,
                                                  uint32_t id, struct weir_buf *text,
                                                  struct weir_err *err);
WEIR_API WEIR_MUST_CHECK int weir_tok_stream_end(struct weir_tok_stream *s, struct weir_buf *text,
                                                 struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
