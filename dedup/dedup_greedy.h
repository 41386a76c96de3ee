/* The verdicts, within any memory.
 *
 * Documents are offered in processing order.  One is dropped when it is a copy of an earlier one
 * that was kept, and its twin is the earliest of those (docs/deduplication.md says why so and not
 * by connected components).  An index of the kept documents decides at once, until it is full.
 * From then on it is only asked: what is no copy of anything in it is left, in a temporary file,
 * and offered to an empty index in the next pass; and so on until nothing is left.  Every document
 * meets the kept ones in their order, so that verdicts do not depend on how many passes it took:
 *
 *      offered ──► index 1 ── full ──► left ──► index 2 ── full ──► left ──► … ──► nothing left
 *                    │ copies              │ copies
 *                    ▼                     ▼
 *                  verdicts, sorted by the documents' order numbers                          */
#ifndef WEIR_DEDUP_GREEDY_H
#define WEIR_DEDUP_GREEDY_H

#include "dedup/dedup_internal.h"
#include "weir/job.h"

/* ---- dedup_match.c: which documents can have a copy at all ---- */

/* Tables of a plan: 0 the texts' hashes, then a table a band. */
static inline unsigned dedup_plan_tables(const struct dedup_plan *p)
{
    return 1 + (p->near ? p->bands : 0);
}

typedef struct dedup_match dedup_match;
/* Looks at the tables first to last only. */
dedup_match *dedup_match_new(const struct dedup_plan *plan, unsigned first, unsigned last,
                             uint64_t memory, const char *temp_dir, struct weir_err *err);
int dedup_match_add(dedup_match *m, uint64_t number, const struct dedup_key *k,
                    struct weir_err *err);
/* Sets the bit of every number that shares a bucket with another one (and, once in 2^64 / n pairs,
 * of one that does not: that costs a look, not a verdict). */
int dedup_match_finish(dedup_match *m, uint8_t *bits, struct weir_err *err);
uint64_t dedup_match_temp(const dedup_match *m); // bytes of temporary files
void dedup_match_free(dedup_match *m);

static inline int dedup_bit(const uint8_t *bits, uint64_t i)
{
    return bits[i / 8] >> i % 8 & 1;
}

/* ---- dedup_greedy.c ---- */

enum { DEDUP_LEFT = DEDUP_NEAR + 1 }; // beside enum dedup_verdict: decided later

struct dedup_drop { // a document that goes
    uint64_t order;
    enum dedup_verdict verdict;
    struct dedup_twin twin;
};

struct dedup_greedy_stats {
    uint64_t indexed;     // documents in the fullest index
    uint64_t index_bytes; // and its size
    uint64_t temp_bytes;  // most that temporary files held at once
    uint64_t left;        // documents that the first index could not decide
    unsigned passes;
};

typedef struct dedup_greedy dedup_greedy;
dedup_greedy *dedup_greedy_new(const struct dedup_plan *plan, uint64_t memory, const char *temp_dir,
                               struct weir_err *err);
/* Shows progress of the passes, and what temporary files hold besides job->temp_bytes; job must
 * outlive it. */
void dedup_greedy_watch(dedup_greedy *g, struct weir_job *job);
/* Do not look for documents without any possible copy: the caller has left them out. */
void dedup_greedy_matched(dedup_greedy *g);
/* The next document: DEDUP_NEW when it is kept, DEDUP_EXACT or DEDUP_NEAR and the drop, valid until
 * the next call, or DEDUP_LEFT; negative on error.  order: a number of the document's own. */
int dedup_greedy_offer(dedup_greedy *g, uint64_t order, const struct dedup_key *k,
                       struct dedup_drop *drop, struct weir_err *err);
/* Puts a drop among those of dedup_greedy_next(). */
int dedup_greedy_note(dedup_greedy *g, const struct dedup_drop *drop, struct weir_err *err);
/* Decides what is left.  Call once, also when nothing is, before the first next. */
int dedup_greedy_finish(dedup_greedy *g, struct weir_err *err);
/* 1 and the next drop, by order, of those noted and of those that were left; 0 at the end. */
int dedup_greedy_next(dedup_greedy *g, struct dedup_drop *drop, struct weir_err *err);
void dedup_greedy_look(const dedup_greedy *g, struct dedup_greedy_stats *stats);
void dedup_greedy_free(dedup_greedy *g);

/* ---- dedup_ranked.c: offering in another order than that of arrival ---- */

typedef struct dedup_ranked dedup_ranked;
dedup_ranked *dedup_ranked_new(uint64_t memory, const char *temp_dir, struct weir_err *err);
/* record: k as dedup_record_put() writes it. */
int dedup_ranked_add(dedup_ranked *r, uint64_t order, const struct dedup_key *k,
                     struct weir_span record, struct weir_err *err);
/* Offers all, the lowest rank first, and notes the drops.  Call once. */
int dedup_ranked_offer(dedup_ranked *r, const struct dedup_plan *plan, dedup_greedy *g,
                       struct weir_err *err);
uint64_t dedup_ranked_temp(const dedup_ranked *r); // bytes of temporary files
void dedup_ranked_free(dedup_ranked *r);

#endif
