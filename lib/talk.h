/* Instruction records in the forms that are about, as one talk: Alpaca (with LLaMA-Factory's system
 * and history), ShareGPT's conversations, OpenAI's messages. */
#ifndef WEIR_TALK_H
#define WEIR_TALK_H

#include "lib/json_tree.h"

struct talk_turn {
    struct weir_span instruction, input, answer; // input: of Alpaca, or empty
};

struct talk { // start with {0}; texts are the record's or the tree's, until the next record
    struct weir_span system;
    struct talk_turn *turn;
    size_t n, cap;
    json_tree *tree;
};

/* Reads the n members that weir_json_object() found in a record.  0; WEIR_EBAD and *why, a static
 * text; or WEIR_EMEM. */
WEIR_MUST_CHECK int talk_read(struct talk *t, const struct weir_field *f, size_t n,
                              const char **why);
void talk_free(struct talk *t);

#endif
