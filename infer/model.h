/* A dense LLaMA-family model: what config.json says, and its weights bound to their places.
 *
 *      x ─ norm ─ q,k,v ─ RoPE ─ attention over the cache ─ o ─ + ─ norm ─ gate,up ─ SiLU·up ─ down
 * ─ +
 *
 * Root mean square norms, rotary positions, grouped query heads (Touvron et al. 2023; Ainslie et
 * al. 2023); biases on q, k, v (Qwen2), norms of q and k (Qwen3). */
#ifndef WEIR_INFER_MODEL_H
#define WEIR_INFER_MODEL_H

#include "infer/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

enum rope_scaling { ROPE_PLAIN, ROPE_LINEAR, ROPE_LLAMA3 };

struct model_config {
    uint32_t n_layers, n_heads, n_kv_heads, head_dim, hidden, intermediate, n_vocab;
    uint32_t max_positions;
    uint32_t window;      // positions a token looks back on, itself included; 0: all
    uint32_t bos, eos[8]; // ids; bos UINT32_MAX: none
    unsigned n_eos;
    float norm_eps;
    double rope_theta;
    enum rope_scaling rope_scaling;
    double rope_factor, rope_low, rope_high; // of the scaling
    uint32_t rope_original;                  // positions before it
    int rope_adjacent; // rotates pairs (2i, 2i+1), as llama2.c does, not (i, i + head_dim / 2)
    int bos_first;     // prompts begin with BOS, unless the tokenizer's settings say otherwise
    int tied;          // the output matrix is the embedding
    int qkv_bias, o_bias, mlp_bias, qk_norm;
};

/* Reads config.json; WEIR_EBAD names what is missing, absurd, or a kind of model that is not
 * supported. */
int model_config_read(struct model_config *c, const char *path, struct weir_err *err);
/* head_dim / 2 angular frequencies, in radians a position. */
void model_rope_frequencies(const struct model_config *c, float *to);

enum matrix_type { MATRIX_F32, MATRIX_F16, MATRIX_BF16, MATRIX_I8 };

/* An adapter of a matrix: y = W x + scale · B (A x) (Hu et al. 2021). */
struct side_path {
    const float *a, *b; // rank × cols, rows × rank
    size_t rank;
    float scale;
};

struct matrix { // rows × cols numbers, a row after the other: y = W x
    const void *data;
    const float *scale; // MATRIX_I8: a number is data * scale of its row
    enum matrix_type type;
    size_t rows, cols;
    const struct side_path *side; // NULL: none
};

struct layer {
    struct matrix q, k, v, o, gate, up, down;
    const float *attention_norm, *mlp_norm; // hidden numbers
    const float *q_norm, *k_norm;           // head_dim numbers, or NULL
    const float *q_bias, *k_bias, *v_bias, *o_bias, *gate_bias, *up_bias, *down_bias; // or NULL
};

enum model_dtype { MODEL_AS_STORED, MODEL_F32, MODEL_F16, MODEL_BF16, MODEL_I8 };

typedef struct model model;
struct model {
    struct model_config config;
    struct matrix embedding, output; // n_vocab × hidden
    struct layer *layer;
    const float *norm;
    weights *weights;        // of a folder
    struct adapter *adapter; // whose whole tensors may be used where they are mapped
    struct mapped file;      // of llama2.c
    void **owned;            // what was converted
    size_t n_owned, cap_owned;
    uint64_t owned_bytes;
    size_t side_rank; // largest of a side path
};

/* Opens a Hugging Face folder, or a llama2.c file.  dtype: what the large matrices become (int8
 * leaves embedding and output as they are); as stored, they are used where they are mapped.
 * WEIR_EMEM, before anything is read, when what is converted takes more than limit bytes. */
model *model_open(const char *path, enum model_dtype dtype, uint64_t limit, struct weir_err *err);
/* The same with a LoRA adapter of PEFT beside the weights, or with whole tensors and a vocabulary
 * of its own in their place; NULL: none.  WEIR_EBAD when it does not fit the model in all its
 * parts. */
model *model_open_adapted(const char *path, const char *adapter, enum model_dtype dtype,
                          uint64_t limit, struct weir_err *err);
void model_close(model *m);
/* Bytes of weights that a step reads. */
uint64_t model_weight_bytes(const model *m);

uint64_t matrix_bytes(const struct matrix *w);
/* Row r as float, cols numbers. */
void matrix_row(const struct matrix *w, size_t r, float *to);

#ifdef __cplusplus
}
#endif
#endif
