/* Between texts and tokens: the tokenizer of a model, and an answer as it comes.
 */
#ifndef WEIR_INFER_TEXT_H
#define WEIR_INFER_TEXT_H

#include "infer/model.h"
#include "lib/template.h"
#include "weir/tok.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tongue { // a tokenizer, and whether BOS stands before a prompt: decided here and only here
    weir_tok *tok;
    uint32_t bos; // UINT32_MAX: none
};

/* tokenizer NULL: tokenizer.model or tokenizer.json in the model's folder.  WEIR_EBAD when it has
 * more ids than the model. */
int tongue_open(struct tongue *t, const char *model_path, const char *tokenizer,
                const struct model_config *c, struct weir_err *err);
void tongue_close(struct tongue *t);

/* ---- an answer, token by token ---- */

struct answer {
    const struct tongue *tongue;
    const char *const *stop;
    size_t n_stop;
    struct weir_tok_stream stream, start; // start: behind the prompt
    struct weir_buf text;
    int stopped; // a stop text was met and cut off
};

/* The prompt's tokens are decoded first, so that the answer keeps its leading space. */
int answer_start(struct answer *a, const struct tongue *t, const uint32_t *prompt, size_t n,
                 struct weir_err *err);
/* 1 when a stop text came, else 0, or negative. */
int answer_token(struct answer *a, uint32_t id, struct weir_err *err);
/* Forgets the answer, not the prompt. */
void answer_again(struct answer *a);
int answer_end(struct answer *a, struct weir_err *err);
/* Bytes of text that no stop text can take back any more. */
size_t answer_certain(const struct answer *a);
void answer_free(struct answer *a);

#ifdef __cplusplus
}
#endif
#endif
