/* Between texts and tokens: the tokenizer of a model, prompt templates, and an answer as it comes.
 */
#ifndef WEIR_INFER_TEXT_H
#define WEIR_INFER_TEXT_H

#include "infer/model.h"
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

/* ---- templates: {instruction} and {input} in a text ---- */

struct template
{
    char *with_input, *without_input;
    int takes_schema; // an information extraction task is one object: template_task()
};

/* "plain", "alpaca", "knowlm" (the same), "ie", or a JSON file with prompt_input and
 * prompt_no_input, as KnowLM and alpaca-lora keep theirs. */
int template_open(struct template *t, const char *name, struct weir_err *err);
void template_close(struct template *t);
/* Appends the object of a task that is the instruction of "ie"; schema is JSON, an empty
 * instruction is to extract entities. */
void template_task(struct weir_span instruction, struct weir_span schema, struct weir_span input,
                   struct weir_buf *to);
/* Appends the prompt; braces in the user's text are text. */
void template_fill(const struct template *t, struct weir_span instruction, struct weir_span input,
                   struct weir_buf *to);

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
