/* Instruction records, read as lib/talk.h does, in one form, and sets of them by count. */
#ifndef WEIR_KG2INSTRUCTION_IE_COMPOSE_H
#define WEIR_KG2INSTRUCTION_IE_COMPOSE_H

#include "kg2instruction/ie_json.h"
#include "lib/talk.h"
#include "weir/kg2instruction.h"

/* ---- a record ---- */

/* Appends the texts with their lengths before them: the same for the same talk in every form. */
void compose_talk_key(const struct talk *t, struct weir_buf *to);
/* 1 when Alpaca's three members hold it: one turn, no system. */
int compose_talk_is_single(const struct talk *t);

enum { COMPOSE_ALPACA, COMPOSE_MESSAGES };

/* Appends the record in the common form, a line; form alpaca: only a single one.  text: with all
 * texts as one, for programs that look at documents. */
void compose_talk_put(struct weir_buf *to, const struct talk *t, const struct ie_val *rec, int form,
                      struct weir_span source, int text);

/* ---- sets ---- */

#define COMPOSE_ALL UINT64_MAX

struct compose_set {
    char *name; // and the files' names behind it
    uint64_t count;
    uint64_t in, unfit, duplicates, unique; // unique: what is drawn from
    uint64_t draw;                          // how many are written
    uint64_t taken, repeated;               // records, and further copies of them
    uint64_t bytes, longest;                // written, without newlines
};

struct compose_file {
    const char *name;
    size_t set; // SIZE_MAX: by the record's source
};

struct compose_sets { // start with {0}
    struct compose_set *at;
    size_t n, cap;
    struct compose_file *file;
    size_t n_files, cap_files;
    const char **inputs; // (n_files) their names
};

/* Sets from NAME=COUNT[:FILE,FILE...]; those without files share the rest.  WEIR_EUSAGE. */
int compose_sets_open(struct compose_sets *s, const struct weir_strings *take,
                      const char *const *rest, size_t n_rest, struct weir_err *err);
void compose_sets_free(struct compose_sets *s);
/* The set of that name, or SIZE_MAX. */
size_t compose_sets_find(const struct compose_sets *s, struct weir_span name);
/* How many each set gives; WEIR_EFAIL when one holds less than its count. */
int compose_sets_draw(struct compose_sets *s, const struct weir_compose_opt *opt,
                      struct weir_err *err);
/* How often the record of that rank, from 0, is written. */
uint64_t compose_set_times(const struct compose_set *set, uint64_t rank);
/* Appends the set's line of the report, without its newline. */
void compose_set_put(const struct compose_set *set, struct weir_buf *to);

#endif
