/* A verdict on every document of a dataset, and with it on every sequence. */
#ifndef WEIR_MIX_JUDGE_H
#define WEIR_MIX_JUDGE_H

#include "indexer/mix_part.h"

/* A small number, below 255, or a negative WEIR_E…. */
typedef int mix_verdict_fn(void *ctx, const struct index_prov_doc *d, struct weir_err *err);

/* Start with mix_judge_open(). */
struct mix_judge {
    struct index_prov prov;
    mix_verdict_fn *verdict;
    void *ctx;
    struct weir_buf doc;
    uint64_t last_doc; // version 1: documents come in order
    int last;
    uint8_t *all; // version 2: they do not
};

/* WEIR_EUSAGE when the dataset has no provenance. */
WEIR_MUST_CHECK int mix_judge_open(struct mix_judge *j, const struct mix_one *o,
                                   mix_verdict_fn *verdict, void *ctx, struct weir_err *err);
/* The verdict on all documents of a sequence; 255 when they differ. */
WEIR_MUST_CHECK int mix_judge_seq(struct mix_judge *j, const struct mix_seq *q,
                                  struct weir_err *err);
void mix_judge_close(struct mix_judge *j);

enum { MIX_DIFFER = 255 };

/* ---- sets of strings, by their XXH3-128 ---- */

struct mix_hash {
    uint64_t low, high;
};

struct mix_hashes {
    struct mix_hash *at;
    size_t n, cap;
};

struct mix_hash mix_hash_of(struct weir_span s);
int mix_hash_compare(const void *a, const void *b);
WEIR_MUST_CHECK int mix_hashes_add(struct mix_hashes *h, struct mix_hash x, struct weir_err *err);
/* Sorts, and leaves each once. */
void mix_hashes_sort(struct mix_hashes *h);
/* Its number after sorting; h->n when it is not there. */
size_t mix_hashes_find(const struct mix_hashes *h, struct mix_hash x);

#endif
