/* What tokenize's parts share: the running stage, and a thread's scratch. */
#ifndef WEIR_TOKENIZE_STAGE_H
#define WEIR_TOKENIZE_STAGE_H

#include <pthread.h>

#include "lib/talk.h"
#include "lib/template.h"
#include "weir/doc.h"
#include "weir/sentence.h"
#include "weir/tok.h"
#include "weir/tokenize.h"
#include "weir/tokens.h"

struct tokenize_thread;

struct tokenize {
    const struct weir_tokenize_opt *opt;
    struct weir_job *job;
    weir_tok *tok;   // Weir's encoder, NULL where the library encodes
    weir_spm *model; // the library, NULL where it is not needed
    struct weir_tok_header header;
    struct weir_tok_sum *sum; // of frames written
    weir_inputs *inputs;      // where the stage reads itself
    weir_tok_reader *frames;  // --decode
    weir_lines *lines;        // --lines
    int (*work)(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                struct weir_rec *r, struct weir_err *err);
    struct template template; // --instructions
    size_t large;             // records longer than this are encoded one at a time
    pthread_mutex_t one_large;
};

/* A thread's scratch.  A document's ids and units are made here, by tokenize_split() or
 * tokenize_knowlm(). */
struct tokenize_thread {
    weir_json *json;
    weir_tok_scratch *scratch;
    struct weir_piece *pieces, *checked; // checked: the library's
    size_t cap_pieces, cap_checked;
    uint32_t *ids, *units;
    size_t n_ids, cap_ids, n_units, cap_units;
    uint8_t *bounds; // of each id
    size_t cap_bounds;
    uint8_t *places; // weir_places() of the text
    size_t cap_places;
    struct weir_buf text; // decoded
    struct weir_buf prompt,
        system; // of an instruction: its text; the first with the system message
    struct talk talk;
    size_t text_bytes; // of an instruction record
    uint64_t folded;   // bytes of the text that decoding would not give back
};

/* tokenize_encode.c: opens the model and fills t->header. */
int tokenize_open(struct tokenize *t, struct weir_err *err);
void tokenize_close(struct tokenize *t);
/* Bytes that the encoders hold, and a thread's scratch; bytes that a text takes for each of its
 * bytes, about; the bound of what one text may take. */
uint64_t tokenize_memory(const struct tokenize *t);
uint64_t tokenize_thread_memory(const struct tokenize *t);
unsigned tokenize_cost(const struct tokenize *t);
void tokenize_limit(struct tokenize *t, uint64_t bytes);
/* Makes th->pieces.  With --check an id that is not the library's is an error. */
int tokenize_encode(const struct tokenize *t, struct tokenize_thread *th, struct weir_span text,
                    size_t *n, struct weir_err *err);
uint64_t tokenize_folded(const struct tokenize *t, const struct tokenize_thread *th,
                         struct weir_span text, size_t n);
int tokenize_decode(const struct tokenize *t, const uint32_t *ids, size_t n, struct weir_buf *text,
                    struct weir_err *err);

/* tokenize_map.c.  Ids of pieces from the i-th on, of n, and the bound behind each token, up to the
 * first one that does not end before `end`: its index, or n.  What is written behind it holds too.
 * Behind a piece that moves nothing on in the text a character is not complete: all its byte pieces
 * but the last, or the parts of what it was normalised to.  `places` are weir_places() of the text.
 */
typedef size_t tokenize_tokens_kernel(const struct weir_piece *p, size_t i, size_t n, size_t end,
                                      const uint8_t *places, uint32_t *ids, uint8_t *bounds);
/* "scalar", "avx512": NULL where the processor has it not. */
tokenize_tokens_kernel *tokenize_tokens(const char *name);
/* Ids, bounds and units of the n pieces, at least one, of a text whose places are known.  The dummy
 * prefix, which moves nothing on, is a character for all that. */
int tokenize_map(struct tokenize_thread *th, struct weir_span text, size_t n,
                 enum weir_sentence_rules rules, struct weir_err *err);

/* Encodes text as one and cuts it at its sentences. */
int tokenize_split(const struct tokenize *t, struct tokenize_thread *th, struct weir_span text,
                   struct weir_span lang, struct weir_span code_lang, struct weir_err *err);
/* Cuts text as KnowLM does and encodes each piece alone.  Makes no ids for a text it skips. */
int tokenize_knowlm(const struct tokenize *t, struct tokenize_thread *th, struct weir_span text,
                    struct weir_err *err);
/* A further sentence of the last n ids; none when n is 0. */
int tokenize_add_unit(struct tokenize_thread *th, size_t n, struct weir_err *err);
/* Appends an id and the character behind it; printf would take most of a program's time here. */
void tokenize_add_id(struct weir_buf *b, uint32_t id, char behind);

/* The work of a record: tokenize_doc.c, tokenize_lines.c, tokenize_decode.c. */
int tokenize_doc_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                      struct weir_rec *r, struct weir_err *err);
int tokenize_instruct_work(const struct tokenize *t, struct tokenize_thread *th,
                           struct weir_batch *b, struct weir_rec *r, struct weir_err *err);
/* What th holds of a record as its frame or line. */
int tokenize_put(const struct tokenize *t, struct tokenize_thread *th, const struct weir_doc *d,
                 struct weir_batch *b, struct weir_rec *r, struct weir_err *err);
int tokenize_line_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                       struct weir_rec *r, struct weir_err *err);
int tokenize_unline_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                         struct weir_rec *r, struct weir_err *err);
int tokenize_undoc_work(const struct tokenize *t, struct tokenize_thread *th, struct weir_batch *b,
                        struct weir_rec *r, struct weir_err *err);

#endif
