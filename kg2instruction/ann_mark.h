/* Inside ann_mark.c and its neighbours. */
#ifndef WEIR_ANN_MARK_H
#define WEIR_ANN_MARK_H

#include "kg2instruction/ann_doc.h"
#include "lib/json_tree.h"

/* Marks bytes that no other mark has yet.  0 or WEIR_EMEM. */
WEIR_MUST_CHECK int ann_place(struct ann_doc *d, size_t src, size_t n, uint32_t entity,
                              uint32_t value, enum ann_by by);
/* Marks the last part of the subject's name where it stands alone: Lincoln, 爱因斯坦. */
WEIR_MUST_CHECK int ann_name_parts(struct ann_doc *d);

/* The bytes of a text of n_text bytes that an object with "at" and "n" names; 0: it does not. */
int ann_link_place(struct json_node node, size_t n_text, size_t *at, size_t *n);

#endif
