/* Low-rank adapters as PEFT saves them (Hu et al. 2021; peft's adapter_config.json). */
#ifndef WEIR_INFER_LORA_H
#define WEIR_INFER_LORA_H

#include "infer/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- adapter_config.json ---- */

struct adapter_pattern { // rank or alpha of the modules whose names match
    char *key;
    int is_alpha;
    double value;
    struct hs_database *db; // of a regular expression; NULL: the key is a name
};

struct adapter_config {
    int64_t rank;
    double alpha;
    int root_scale;  // rslora: alpha / sqrt(rank), not alpha / rank
    int some_layers; // it may leave out layers
    struct adapter_pattern *pattern;
    size_t n_pattern, cap_pattern;
};

/* WEIR_EBAD names what is missing, or of a kind that is not supported.  Call adapter_config_free()
 * whatever it returns. */
int adapter_config_read(struct adapter_config *c, const char *path, struct weir_err *err);
void adapter_config_free(struct adapter_config *c);
/* Rank and scale of a module ("model.layers.0.mlp.up_proj"): by the first pattern of each kind that
 * is, as a regular expression, its name or what ends it behind a dot. */
int adapter_config_of(const struct adapter_config *c, const char *module, int64_t *rank,
                      float *scale, struct weir_err *err);

/* ---- the adapter ---- */

/* What is added to a matrix of rows × cols: scale · B · A. */
struct low_rank {
    char *name;             // of the matrix: "model.layers.0.mlp.up_proj.weight"
    const struct tensor *a; // rank × cols; of an embedding, which is turned: rank × rows
    const struct tensor *b; // rows × rank; turned: cols × rank
    int turned;
    size_t rank, rows, cols;
    float scale;
    int used;
};

typedef struct adapter adapter;

/* A folder with adapter_config.json and adapter_model.safetensors or .bin.  WEIR_EBAD when it holds
 * no adapter, or half of one. */
adapter *adapter_open(const char *folder, struct weir_err *err);
void adapter_close(adapter *a);
const weights *adapter_weights(const adapter *a);

/* What is to be added to tensor `name` of rows × cols, and counts as used then: 1 and *l, 0 where
 * there is nothing, or WEIR_EBAD for another shape. */
int adapter_low_rank(adapter *a, const char *name, uint64_t rows, uint64_t cols,
                     const struct low_rank **l, struct weir_err *err);
/* The tensor that stands in place of `name` (modules_to_save, trained biases), which counts as used
 * then; NULL: none. */
const struct tensor *adapter_whole(adapter *a, const char *name);
/* 1: there is one, or something is to be added. */
int adapter_touches(const adapter *a, const char *name);
/* Of a model whose output matrix is its embedding: 0 when the adapter leaves both alone or has a
 * whole one in place of each, else WEIR_EBAD. */
int adapter_check_tied(const adapter *a, struct weir_err *err);
/* 0 when all of it was used and no layer of n_layers (0: not known) is left out by mistake;
 * WEIR_EBAD lists what has no place in the model. */
int adapter_check_used(const adapter *a, uint32_t n_layers, struct weir_err *err);

/* y += scale · B · A for the numbers from … from + n of the matrix, row after row.  A number of B ·
 * A is a sum over the rank in order, each step a fused multiply-add.  room: n numbers. */
void low_rank_add(const struct low_rank *l, uint64_t from, size_t n, float *room, float *y);

#ifdef __cplusplus
}
#endif
#endif
