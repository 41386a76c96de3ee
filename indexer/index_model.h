/* The tokenizer of a dataset, for showing ids as text. */
#ifndef WEIR_INDEX_MODEL_H
#define WEIR_INDEX_MODEL_H

#include "weir/tok.h"

/* Start with {0}. */
struct index_model {
    weir_tok *tok;
    weir_spm *spm; // of models that the former does not know: words and characters
    struct weir_tok_stream stream;
    uint32_t last; // spm: the id before
    int begun;
};

WEIR_MUST_CHECK int index_model_open(struct index_model *m, const char *path, struct weir_err *err);
void index_model_close(struct index_model *m);
struct weir_span index_model_piece(const struct index_model *m, uint32_t id);
/* The id that stands for text which the model does not know, or WEIR_NO_ID. */
uint32_t index_model_unk(const struct index_model *m);

/* A text from its front: each id appends what is certain by then, whole characters. */
void index_model_begin(struct index_model *m);
WEIR_MUST_CHECK int index_model_next(struct index_model *m, uint32_t id, struct weir_buf *text,
                                     struct weir_err *err);
/* Bytes of a character that is not whole yet. */
size_t index_model_pending(const struct index_model *m);
/* Appends what is left of them. */
WEIR_MUST_CHECK int index_model_end(struct index_model *m, struct weir_buf *text,
                                    struct weir_err *err);

#endif
