/* A record of a dataset on its way to the common form (docs/formats.md): what the sources call. */
#ifndef WEIR_KG2INSTRUCTION_IE_CONVERT_H
#define WEIR_KG2INSTRUCTION_IE_CONVERT_H

#include "kg2instruction/ie_frame.h"
#include "kg2instruction/ie_json.h"
#include "kg2instruction/ie_names.h"
#include "weir/kg2instruction.h"

/* What a form cannot hold, or what does not fit its own text. */
enum ie_note {
    IE_LOST_COLUMN,       // a column besides token and tag that says something
    IE_LOST_SPACES,       // a block whose words were joined with single spaces
    IE_TAG_WITHOUT_BEGIN, // an inside tag that continues nothing: it begins
    IE_WRONG_OFFSET,      // places in the text that hold something else: left out
    IE_N_NOTES
};

struct ie_list { // of entities, relations or events
    struct weir_buf b;
    size_t n;
    int wanted; // written though it is empty
};

struct ie_conv {
    const struct weir_convert_opt *opt;
    const struct ie_names *names;
    weir_json *json;
    struct ie_doc doc;
    uint64_t *notes;        // (IE_N_NOTES) of the run
    struct weir_span label; // the name that the record stands under; p NULL: none
    struct weir_span text;  // set by ie_begin()
    uint32_t *chars;        // (n_chars + 1) byte of each character of text
    size_t n_chars;
    struct weir_buf made; // text that was put together
    struct ie_list entity, relation, event;
    const char *why; // what makes the record bad
};

struct ie_source {
    const char *name, *help;
    enum ie_form form;
    /* Fills the lists.  rec is NULL for blocks.  0, or -1 with c->why, or WEIR_EMEM.  1: the record
     * is no data (a document mark) and dropped. */
    int (*convert)(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec);
    const char *const *used; // members that it takes; the rest passes through
};

extern const struct ie_source *const ie_sources[]; // NULL-ended

#define IE_NOWHERE SIZE_MAX // no place known

/* The text; before anything of the record is added.  0, or WEIR_EMEM. */
int ie_begin(struct ie_conv *c, struct weir_span text);
void ie_note(struct ie_conv *c, enum ie_note n);
/* start, end: characters of the text, end behind the last one.  rest: an object whose members not
 * in used pass through, or NULL. */
void ie_add_entity(struct ie_conv *c, struct weir_span entity, struct weir_span type, size_t start,
                   size_t end, const struct ie_val *rest, const char *const *used);
struct ie_side {
    struct weir_span text, type; // type.p NULL: none
    size_t start, end;
};
void ie_add_relation(struct ie_conv *c, struct ie_side head, struct weir_span relation,
                     struct ie_side tail, const struct ie_val *rest, const char *const *used);
/* An event is begun, given its arguments and ended. */
void ie_add_event(struct ie_conv *c, struct weir_span trigger, struct weir_span type, size_t start,
                  size_t end);
void ie_add_argument(struct ie_conv *c, struct weir_span argument, struct weir_span role,
                     size_t start, size_t end, const struct ie_val *rest, const char *const *used);
void ie_end_event(struct ie_conv *c, const struct ie_val *rest, const char *const *used);

/* Words of a text: their places in it.  sentence.p NULL: they are joined with spaces, else looked
 * for in it one behind another.  Calls ie_begin().  0, -1 with c->why, or WEIR_EMEM. */
struct ie_words {
    size_t *start, *end; // (n) characters; IE_NOWHERE: not found
    size_t n;
};
int ie_begin_words(struct ie_conv *c, const struct ie_val *words, struct weir_span sentence,
                   struct ie_words *w);
/* Characters of words [from, to); nowhere when out of range. */
void ie_words_place(const struct ie_words *w, uint64_t from, uint64_t to, size_t *start,
                    size_t *end);
/* The text at a place; n 0 when there is none. */
struct weir_span ie_at(const struct ie_conv *c, size_t start, size_t end);

int ie_from_columns(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec);
int ie_from_conll04(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec);
extern const struct ie_source ie_ace2005, ie_casie, ie_fewrel, ie_nyt, ie_iepile;
extern const struct ie_source ie_cluener, ie_duie, ie_duee, ie_annotated;
extern const struct ie_source ie_conll, ie_bio, ie_peoples_daily, ie_msra, ie_conll04;

#endif
