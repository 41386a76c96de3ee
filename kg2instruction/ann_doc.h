/* A document on its way: its text, what is named where, and the triples found.
 *
 *      text ──► marks: links, subject, names of the index, values ──► entities ──► triples ──► JSON
 *
 * Places are src, bytes of the text, and at … end, bytes of the folded text. */
#ifndef WEIR_ANN_DOC_H
#define WEIR_ANN_DOC_H

#include "kg2instruction/ann_schema.h"
#include "kg2instruction/ann_stop.h"
#include "kg2instruction/ann_text.h"
#include "kg2instruction/ann_value.h"
#include "weir/doc.h"
#include "weir/kg_annotate.h"

#define ANN_NONE_ENTITY UINT32_MAX

/* What all threads share, read-only. */
struct ann_shared {
    const struct weir_kg_annotate_opt *opt;
    kg_file *kg;
    kg_fold *fold;
    ann_index *index;
    ann_stop *stop;
};

enum ann_by { ANN_BY_SUBJECT, ANN_BY_LINK, ANN_BY_ALIAS, ANN_BY_NAME, ANN_BY_VALUE };

struct ann_mark {
    size_t src, n, at, end;
    uint32_t entity; // in entities, or ANN_NONE_ENTITY
    uint32_t value;  // in values, where entity is none
    uint32_t sentence, piece;
    uint8_t by; // enum ann_by
};

struct ann_entity {
    kg_id id;
    uint32_t row, popularity;
    uint8_t topic;
    uint8_t known;     // said by a link, the subject, or without any doubt
    uint32_t first, n; // its marks, in by_entity
};

struct ann_range {
    size_t src, end;   // of the text
    size_t at, at_end; // folded
};

struct ann_triple {
    uint32_t head, tail; // marks
    uint32_t piece;
    const struct ann_relation *relation; // NULL: a property outside the schema, or an alias
    uint32_t pid;                        // 0: an alias
    uint8_t level;                       // 3 high, 2 balanced, 1 recall
    uint8_t denied;                      // level 0: the text says that it is not so
    uint8_t match;                       // of values, enum ann_time_match or ann_quantity_match
    const char *rule;
    size_t cue, cue_n; // folded; n 0: none
    uint32_t from, to; // sentences
    uint32_t order;    // distance of head and tail: the nearest pair counts
};

/* A growing list of each. */
struct ann_doc {
    const struct ann_shared *sh;
    struct weir_doc doc;
    int english; // language of the text and of the names written
    int lang;    // number in the knowledge file, or -1
    struct ann_text text;
    struct ann_values values;
    struct ann_matches matches;
    struct ann_range *sentences, *pieces;
    size_t n_sentences, cap_sentences, n_pieces, cap_pieces;
    struct ann_mark *marks; // by place, apart
    size_t n_marks, cap_marks;
    uint8_t *taken; // (text.n) 1: a mark has it
    size_t cap_taken;
    struct ann_entity *entities;
    size_t n_entities, cap_entities;
    uint32_t *by_entity; // marks of the entities behind one another
    size_t cap_by_entity;
    uint32_t *slots; // hash table: entities by kg_id, plus 1
    size_t n_slots, cap_slots;
    uint64_t *near; // hash set: entities that statements of known ones point to
    size_t n_near, cap_near, used_near;
    uint32_t *beside; // marks of values near those of the entity at hand, by place
    size_t n_beside, cap_beside;
    uint64_t work;    // steps taken to relate, bounded in ann_relate.c
    uint32_t subject; // entity of the article, or ANN_NONE_ENTITY
    unsigned topic;
    struct ann_triple *triples;
    size_t n_triples, cap_triples;
    struct weir_buf key, out;
    uint32_t n_contradictory, n_negated; // for the notes
    int bad_field;                       // WEIR_EBAD is of "subject" or "links", not of the file
    int cut;                             // 1: the work ran out before all pairs were judged
};

/* All return 0, WEIR_EMEM or WEIR_EBAD (a damaged knowledge file, or malformed "links"). */
WEIR_MUST_CHECK int ann_cut(struct ann_doc *d);                            // sentences and pieces
WEIR_MUST_CHECK int ann_mark_all(struct ann_doc *d, struct weir_err *err); // marks and entities
WEIR_MUST_CHECK int ann_relate(struct ann_doc *d, struct weir_err *err);   // triples
WEIR_MUST_CHECK int ann_write(struct ann_doc *d, struct weir_buf *to, uint32_t *n_out,
                              struct weir_err *err);
void ann_doc_free(struct ann_doc *d);

/* ---- entities of the document ---- */

/* Its number, adding it when new; ANN_NONE_ENTITY with err when that fails or it is unknown to the
 * knowledge file (err->code 0). */
uint32_t ann_entity_add(struct ann_doc *d, kg_id id, struct weir_err *err);
uint32_t ann_entity_find(const struct ann_doc *d, kg_id id);
/* What is no thing of the world: disambiguation pages, lists, categories, templates, names. */
int ann_is_page(const kg_file *kg, kg_id id);
WEIR_MUST_CHECK int ann_near_add(struct ann_doc *d, const struct ann_entity *e,
                                 struct weir_err *err);
int ann_is_near(const struct ann_doc *d, kg_id id);
/* The entity of names written alike (folded key), or ANN_NONE_ENTITY: ann_choose.c.  lone: nothing
 * in the text has been told apart yet, so that only what has no rival is taken. */
uint32_t ann_choose(struct ann_doc *d, struct weir_span key, struct weir_span surface, int lone,
                    struct weir_err *err);
/* Written so that it can name a thing without help of others: in scripts with cases, with a
 * capital. */
int ann_can_be_name(struct weir_span said);
/* The place in the folded text of a byte of the text. */
size_t ann_folded_at(const struct ann_doc *d, size_t src);

/* ---- evidence: ann_evidence.c ---- */

/* How the text says the relation between two marks: fills level (0: it does not) and what belongs
 * to it.  t: head, tail, relation and match are set. */
void ann_judge(struct ann_doc *d, struct ann_triple *t);
/* The first of the words (a cue list) in folded from … end - 1 outside of both marks; its bytes. */
size_t ann_cue_find(const struct ann_doc *d, const char *cues, size_t from, size_t end,
                    const struct ann_mark *a, const struct ann_mark *b, size_t *at);

#endif
