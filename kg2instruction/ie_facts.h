/* What a record in the common form says, for one task. */
#ifndef WEIR_KG2INSTRUCTION_IE_FACTS_H
#define WEIR_KG2INSTRUCTION_IE_FACTS_H

#include "kg2instruction/ie_json.h"

enum ie_task { IE_NER, IE_RE, IE_SPO, IE_EE, IE_EET, IE_EEA, IE_KG, IE_N_TASKS };
extern const char *const ie_task_names[IE_N_TASKS];
#define IE_TASKS "NER|RE|SPO|EE|EET|EEA|KG"

/* More than anybody writes of a paragraph; what is done with facts compares them pairwise. */
#define IE_MAX_FACTS 1024 // of a record
#define IE_MAX_ARGS  256  // of an event

struct ie_arg {
    struct weir_span text, role;
    size_t at; // byte of the text where it begins; SIZE_MAX: nowhere
};

struct ie_fact {
    struct weir_span label;    // entity type, relation or event type; of SPO head_relation_tail
    struct weir_span a, b;     // entity, trigger; head, tail
    struct weir_span relation; // of RE, SPO and KG
    struct weir_span a_type, b_type; // of relations; p NULL: not given
    size_t a_at, b_at;               // as above
    struct ie_arg *arg;              // of events, in the record's order
    size_t n_args;
    const struct ie_val *val; // as it stands in the record
};

struct ie_facts {
    struct ie_fact *at;
    size_t n;
};

/* The facts of a record; in d's arena.  0; -1 with *why: the record's lists are not what they
 * should be; 1: it has no list for this task; WEIR_EMEM. */
int ie_facts_read(struct ie_doc *d, enum ie_task task, const struct ie_val *rec,
                  struct weir_span text, struct ie_facts *f, const char **why);
/* By place in the text, those that are nowhere last, else as they were. */
void ie_facts_sort(struct ie_facts *f);
/* Appends the list of facts as a test's label has it: known members only, spaced. */
void ie_facts_put(struct weir_buf *b, enum ie_task task, const struct ie_facts *f);

#endif
