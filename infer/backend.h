/* What may run a model's steps in place of the engine's own loops: a device with memory of its own.
 * The engine keeps sequences and counts pages; the backend holds the weights and what is in the
 * pages. */
#ifndef WEIR_INFER_BACKEND_H
#define WEIR_INFER_BACKEND_H

#include "infer/model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct backend_row {      // a token of a sequence
    uint32_t at;          // its position
    const uint32_t *page; // of the sequence, those that hold positions 0…at at least
    int wanted;           // its logits are
};

typedef struct backend backend;
struct backend {
    const char *name;
    char device[300];    // in words, for people
    uint64_t page_bytes; // of a page, in all memories together
    uint32_t max_pages;  // that there is room for beside the weights
    size_t max_rows;     // of a step
    float *x;            // max_rows × hidden: the rows' embeddings go in here before a step
    /* Pages 0…n - 1 can be used from now on. */
    int (*reserve)(backend *b, uint32_t n, struct weir_err *err);
    int (*copy_page)(backend *b, uint32_t from, uint32_t to, struct weir_err *err);
    /* Stores keys and values of each row, and fills logits with n_vocab numbers for each that is
     * wanted.  Rows with the same page pointer are of one sequence. */
    int (*step)(backend *b, const struct backend_row *rows, size_t n, float *logits,
                struct weir_err *err);
    void (*free)(backend *b);
};

enum { BACKEND_AUTO, BACKEND_CPU, BACKEND_CUDA };

/* Puts *to the backend that is asked for, NULL for the CPU's own loops: BACKEND_AUTO is CUDA where
 * there is a device that can take the model, and why, of n bytes, says what speaks against it (""
 * when nothing was tried).  WEIR_EUSAGE when BACKEND_CUDA cannot be had.  n_devices: that the
 * layers are spread over; 1…, the first ones.  The model must outlive it. */
int backend_open(backend **to, int which, int n_devices, const model *m, char *why, size_t n,
                 struct weir_err *err);
/* 1 when this program has been built with CUDA. */
int backend_has_cuda(void);

#ifdef __cplusplus
}
#endif
#endif
