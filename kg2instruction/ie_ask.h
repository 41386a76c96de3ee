/* Which labels the instructions of one record ask for. */
#ifndef WEIR_KG2INSTRUCTION_IE_ASK_H
#define WEIR_KG2INSTRUCTION_IE_ASK_H

#include "kg2instruction/ie_answer.h"
#include "weir/kg2instruction.h"

struct ie_random {
    uint64_t state;
};
uint64_t ie_random_next(struct ie_random *r);
/* Below n, n > 0; every number is as likely. */
size_t ie_random_below(struct ie_random *r, size_t n);

struct ie_ask {
    const struct weir_instruct_opt *opt;
    const struct ie_schema *schema;
    int split; // labels of an instruction; -1: all
    int hard;  // absent labels are those near to the present ones first
};

/* The groups of a record: from its member "schema" (lists of labels as IEPile's records have them),
 * or drawn.  In d's arena.  0; -1 with *why; WEIR_EMEM.  No group: nothing can be asked. */
int ie_ask_groups(const struct ie_ask *ask, struct ie_doc *d, const struct ie_val *rec,
                  const struct ie_facts *f, struct ie_random *r, struct ie_group **groups,
                  size_t *n, const char **why);

#endif
