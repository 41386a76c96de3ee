/* What a model answered, as tuples: IEPile's object, rows of JSON, triples, sentences or labels;
 * whole, cut off, or with talk around it. */
#ifndef WEIR_KG2INSTRUCTION_IE_PREDICT_H
#define WEIR_KG2INSTRUCTION_IE_PREDICT_H

#include "kg2instruction/ie_answer.h"

struct ie_tuple {
    int is_argument;       // of an event; else an entity, a triple, a trigger
    struct weir_span type; // entity type, relation, event type
    struct weir_span a, b; // entity or trigger; head and tail; role and argument
};

struct ie_tuples {
    struct ie_tuple *at;
    size_t n, cap;
};

/* Appends what the facts say. */
int ie_tuples_of(struct ie_tuples *t, enum ie_task task, const struct ie_facts *f);
/* Appends what an answer says; texts in d's arena or the answer.  1; 0 when nothing can be made of
 * it (NAN says that there is nothing: 1); WEIR_EMEM.  strict: it must be one whole object of JSON.
 */
int ie_tuples_read(struct ie_tuples *t, struct ie_doc *d, enum ie_task task,
                   struct weir_span answer, weir_json *strict);

#endif
