/* What the programs that write weights share: a list of what each tensor is made of, and the way
 * from there to the folder. */
#ifndef WEIR_INFER_WEIGHTS_TOOL_H
#define WEIR_INFER_WEIGHTS_TOOL_H

#include "infer/lora.h"
#include "infer/pool.h"
#include "infer/weights_write.h"
#include "weir/weights.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tool_item { // x, x + y, x - y, or x with an adapter's product
    const struct tensor *x, *y;
    int subtract;
    const struct low_rank *lora; // of this matrix, or NULL
};

struct tool {
    const struct weir_weights_opt *opt;
    struct weir_job *job;
    pool *pool;
    weights *in[2];
    struct tensors list; // what is written
    struct tool_item *item;
    size_t cap_item;
    enum tensor_dtype round_to; // what is read for a sum is rounded to it first; F32: not at all
    uint64_t done, total;       // bytes, for the progress
    struct number_sums sum, inverse; // of all numbers written; of rotary_emb.inv_freq alone
    adapter *adapter;                // of merge, or NULL
};

/* Opens the job's inputs, n of them; call tool_close() whatever it returns. */
int tool_open(struct tool *t, size_t n, struct weir_err *err);
void tool_close(struct tool *t);
/* One more tensor to write, of x's name and shape and, unless the options say another, of dtype. */
int tool_add(struct tool *t, struct tool_item item, enum tensor_dtype dtype, struct weir_err *err);
/* Writes the folder with the small files of folder `small`, those of a tokenizer from `first`
 * (NULL: none) where that has them. */
int tool_write(struct tool *t, const char *small, const char *first, struct weir_err *err);

/* 1 for the frequencies of RoPE that releases of transformers before 4.31 store.  They stay float
 * whatever the weights become. */
int tool_is_inverse(const char *name);
/* sum is what `want` says, give or take what adding in another order changes in floats: 0.5; with
 * `inverse` (the numbers of inv_freq among them) or without.  WEIR_EBAD when not. */
int tool_check_sum(const char *want, const struct number_sums *sum,
                   const struct number_sums *inverse, struct weir_err *err);

/* ---- small files of a model's folder ---- */

struct config_change { // a member of config.json
    const char *name;
    struct weir_buf raw;
};

struct tool_texts {
    struct weights_text *at; // config.json last
    size_t n, cap;
};

/* config.json with the changes, the tokenizer's files, licences: all of `folder` that is small and
 * no weights; files of a tokenizer from `first` (NULL: none) where both have them.  Of a file
 * there are none. */
int tool_texts_read(struct tool_texts *t, const char *folder, const char *first,
                    const struct config_change *change, size_t n, struct weir_err *err);
void tool_texts_free(struct tool_texts *t);

#ifdef __cplusplus
}
#endif
#endif
