/* Answers: IEPile's JSON, and four forms of a row a line. */
#ifndef WEIR_KG2INSTRUCTION_IE_ANSWER_H
#define WEIR_KG2INSTRUCTION_IE_ANSWER_H

#include "kg2instruction/ie_schema.h"

enum ie_lang { IE_ZH, IE_EN };
enum ie_format { IE_ROWS_JSON, IE_ROWS_TRIPLES, IE_ROWS_SENTENCES, IE_ROWS_LABELS, IE_N_FORMATS };

/* What a row of a task holds: (head, relation, tail) … */
#define IE_MAX_FIELDS 4
struct ie_fields {
    size_t n, label;                    // the field that is the schema's label
    const char *key[IE_MAX_FIELDS];     // in JSON
    const char *name[2][IE_MAX_FIELDS]; // by language
};
extern const struct ie_fields ie_fields[IE_N_TASKS];

struct ie_group { // of labels that one instruction asks for
    struct ie_item *item;
    size_t n;
};

/* IEPile's: an object from label to what was found.  subject: a relation's sides are subject and
 * object, not head and tail. */
void ie_answer_object(struct weir_buf *b, enum ie_task task, const struct ie_group *g,
                      const struct ie_facts *f, int subject);
/* A row a line, or NAN. */
void ie_answer_rows(struct weir_buf *b, enum ie_task task, enum ie_lang lang, enum ie_format format,
                    const struct ie_group *g, const struct ie_facts *f);
/* The group as IEPile's schema member.  triggers: facts whose triggers stand in EEA's, or NULL. */
void ie_group_put(struct weir_buf *b, enum ie_task task, const struct ie_group *g,
                  const struct ie_facts *triggers);
/* The group as words: a、b(c、d). */
void ie_group_words(struct weir_buf *b, enum ie_task task, enum ie_lang lang,
                    const struct ie_group *g);
/* 1 when the fact belongs under the item. */
int ie_fact_is(enum ie_task task, const struct ie_item *item, const struct ie_fact *f);

#endif
