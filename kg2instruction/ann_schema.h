/* The 12 topics of InstructIE, the relations of each, what heads and tails may be, and the words
 * that say a relation in a text. */
#ifndef WEIR_ANN_SCHEMA_H
#define WEIR_ANN_SCHEMA_H

#include "kg2instruction/kg_file.h"

enum ann_topic {
    ANN_PERSON,
    ANN_PLACE,
    ANN_BUILDING,
    ANN_WORK,
    ANN_CREATURE,
    ANN_ARTIFACT,
    ANN_SCIENCE,
    ANN_ORGANIZATION,
    ANN_TRANSPORT,
    ANN_EVENT,
    ANN_SPACE,
    ANN_MEDICINE,
    ANN_N_TOPICS,
    ANN_NO_TOPIC = ANN_N_TOPICS, // an entity of none of them
    ANN_TIME_TYPE,
    ANN_QUANTITY_TYPE,
};

/* Names in Chinese and English of a topic, of ANN_NO_TOPIC (其他, Other), time and quantity. */
const char *ann_topic_name(unsigned topic, int english);
/* The topic of an entity by its classes, the most telling first; KG_DAMAGED. */
int ann_topic_of(const kg_file *kg, kg_id id);

enum { ANN_PIDS = 8 };

/* How a relation is said besides by its cues. */
enum ann_said {
    ANN_BESIDE = 1,     // "Ulm, Germany", 德国乌尔姆
    ANN_IN = 2,         // "… in Germany", 德国的…, 在德国
    ANN_COPULA = 4,     // "was a physicist", 是物理学家
    ANN_DATES = 8,      // the first of the dates in brackets behind the name
    ANN_DATES_END = 16, // the second
    ANN_SYMMETRIC = 32,
    ANN_SINGLE = 64,  // one value is true: two that differ contradict each other
    ANN_PLACED = 128, // the tail is a place that the cue governs: "born in Ulm", 位于德国
    ANN_KIN = 256,    // the cue holds what is right beside it: "his wife X", "X's son"
};

struct ann_relation {
    const char *zh, *en;
    uint32_t topics; // bits: of what heads this is a relation
    uint32_t tails;  // bits of enum ann_topic and the types behind
    uint32_t pids[ANN_PIDS];
    unsigned said;
    const char *cues; // folded words with | between, English ones whole words; "" for none
};

/* The relations; ends with zh NULL. */
extern const struct ann_relation ann_relations[];
/* The relation that a property is of a head of that topic, or NULL. */
const struct ann_relation *ann_relation_find(unsigned topic, uint32_t pid);

#endif
