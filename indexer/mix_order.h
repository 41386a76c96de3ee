/* The samples of a plan in their order, through an external sort: bounded memory, any size. */
#ifndef WEIR_MIX_ORDER_H
#define WEIR_MIX_ORDER_H

#include "indexer/mix_plan.h"
#include "indexer/mix_visit.h"
#include "weir/extsort.h"

/* Takes every sample of the plan into sort, with its place in the order as the key; the first two
 * bytes of a key are the phase. */
WEIR_MUST_CHECK int mix_order_take(const struct mix_plan *p, struct mix_sink *sink,
                                   weir_extsort *sort, struct weir_tally *tally,
                                   struct weir_err *err);
/* Adds a place of the order to a key of sort: most significant byte first. */
void mix_key_put(struct weir_buf *key, uint64_t v, size_t bytes);
/* The next sample in order, copied to item (aligned), and its phase.  1, 0 at the end. */
WEIR_MUST_CHECK int mix_order_next(weir_extsort *sort, struct weir_buf *item, uint32_t *phase,
                                   struct weir_err *err);

#endif
