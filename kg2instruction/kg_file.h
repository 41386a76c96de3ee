/* The mapped knowledge file of weir kg2instruction build, read (docs/formats.md, "Knowledge file").
 *
 * A file is hostile until proved otherwise: kg_open() checks header, sections and totals against
 * the real size, and every reader below stays inside the map whatever the bytes say.  What does not
 * decode is reported as KG_DAMAGED; kg_check() looks at everything, checksums too.  Everything is
 * read-only once open and shared by all threads; spans point into the map and live until
 * kg_close(). */
#ifndef WEIR_KG_FILE_H
#define WEIR_KG_FILE_H

#include "weir/base.h"

typedef struct kg_file kg_file;

/* Q42 is 42, P31 is KG_PROPERTY | 31; 0 is no entity. */
typedef uint32_t kg_id;
#define KG_PROPERTY  0x80000000u
#define KG_P(n)      (KG_PROPERTY | (n))
#define KG_NOT_FOUND UINT32_MAX
#define KG_DAMAGED   WEIR_EBAD
#define KG_KEY_MAX   1023 // bytes of a key; longer names are in no look-up
#define KG_LANGS_MAX 16

kg_file *kg_open(const char *path, struct weir_err *err);
/* The same over bytes that stay the caller's. */
kg_file *kg_open_mem(const void *p, size_t n, struct weir_err *err);
void kg_close(kg_file *f);

/* ---- totals ---- */

struct kg_totals {
    uint64_t n_entities, n_properties; // rows: items first, by number, then properties
    uint64_t n_names;                  // labels, aliases and titles of all rows
    uint64_t n_keys, n_postings;       // of the look-up
    uint64_t n_redirects;              // postings that come from a redirect of a Wikipedia
    uint64_t n_statements, n_qualifiers;
    uint64_t n_classes, n_ancestors; // of the subclass closure
};
const struct kg_totals *kg_totals(const kg_file *f);
uint64_t kg_size(const kg_file *f); // bytes of the file
/* Languages by number, "zh", "en", "mul"; NULL behind the last. */
const char *kg_lang(const kg_file *f, unsigned lang);
/* The number of a language, or -1. */
int kg_lang_find(const kg_file *f, const char *name);

/* ---- entities: rows in order of kg_id ---- */

uint32_t kg_n_rows(const kg_file *f);
/* The row of an entity, or KG_NOT_FOUND. */
uint32_t kg_find(const kg_file *f, kg_id id);
kg_id kg_row_id(const kg_file *f, uint32_t row);
/* Sitelinks of all wikis: how well known an entity is (at most 65535). */
uint32_t kg_popularity(const kg_file *f, uint32_t row);
/* Of a property, what its values are: enum kg_datatype; of an item KG_DT_OTHER. */
unsigned kg_row_datatype(const kg_file *f, uint32_t row);

/* ---- names ---- */

enum kg_name_kind {
    KG_LABEL = 1,    // what the entity is called in that language
    KG_ALIAS = 2,    // also: the label of a further variant, zh-tw beside zh-cn
    KG_TITLE = 4,    // title of its article
    KG_REDIRECT = 8, // in look-ups only: title that redirects to its article
    KG_BARE = 16,    // in look-ups only: one of these without "(…)" behind or 《》 around it
};

struct kg_name {
    struct weir_span text; // Chinese in simplified characters; case and spaces as given
    unsigned kinds;        // set of KG_LABEL, KG_ALIAS, KG_TITLE
    unsigned lang;
};

/* A place in a row's data; plain value, copy freely. */
struct kg_cursor {
    const unsigned char *p, *end;
    uint64_t left; // elements not given out
    uint32_t property, group_left, group_flags;
};

/* Returns 0, or KG_DAMAGED. */
int kg_names(const kg_file *f, uint32_t row, struct kg_cursor *c);
/* 1 and the next name, 0 behind the last, KG_DAMAGED. */
int kg_name_next(struct kg_cursor *c, struct kg_name *name);
/* The label in that language, then the one for all languages ("mul"); n 0 for none. */
struct weir_span kg_label(const kg_file *f, uint32_t row, unsigned lang);

/* ---- look-up by name: keys are what kg_fold_text() makes of a name (kg_fold.h) ---- */

struct kg_candidate {
    kg_id id;
    unsigned kinds; // set of enum kg_name_kind
    unsigned langs; // set of 1 << language
    uint32_t popularity;
};

/* A key's entities: the most popular first, then by kg_id.  1 when there are any, 0, KG_DAMAGED. */
int kg_lookup(const kg_file *f, struct weir_span key, struct kg_cursor *candidates);
/* 1, 0 behind the last, KG_DAMAGED. */
int kg_candidate_next(struct kg_cursor *c, struct kg_candidate *candidate);

/* All keys in order of their bytes. */
struct kg_keys {
    const kg_file *f;
    const unsigned char *p;
    uint64_t left;
    size_t n;
    char key[KG_KEY_MAX + 1];
};
void kg_keys(const kg_file *f, struct kg_keys *k);
/* 1 and the next key (valid until the next call) with its entities, 0 behind the last, KG_DAMAGED.
 */
int kg_key_next(struct kg_keys *k, struct weir_span *key, struct kg_cursor *candidates);

/* ---- types ---- */

/* All classes above cls (by P279 of any rank but deprecated), ascending; cls itself only where it
 * stands in a circle.  0, or KG_DAMAGED. */
int kg_ancestors(const kg_file *f, kg_id cls, const uint32_t **ids, size_t *n);
/* 1 when the entity is an instance (P31, any rank but deprecated) of cls or of a class below it, or
 * is itself cls or a class below it; 0, KG_DAMAGED.  Unknown entities are nothing. */
int kg_is_a(const kg_file *f, kg_id id, kg_id cls);

/* ---- statements ---- */

enum kg_rank { KG_DEPRECATED, KG_NORMAL, KG_PREFERRED };
enum kg_snak_type { KG_VALUE, KG_SOMEVALUE, KG_NOVALUE };

enum kg_kind {
    KG_NO_KIND, // somevalue, novalue
    KG_ENTITY,
    KG_STRING,
    KG_TIME,
    KG_QUANTITY,
    KG_GLOBE,
    KG_MONOLINGUAL,
    KG_OTHER, // lexemes, malformed or unknown values: the dump's own JSON of "datavalue"
};

enum kg_datatype {
    KG_DT_OTHER,
    KG_DT_ITEM,
    KG_DT_PROPERTY,
    KG_DT_STRING,
    KG_DT_EXTERNAL_ID,
    KG_DT_URL,
    KG_DT_MEDIA, // commonsMedia
    KG_DT_TIME,
    KG_DT_QUANTITY,
    KG_DT_GLOBE,
    KG_DT_MONOLINGUAL,
    KG_DT_MATH,
    KG_DT_GEO_SHAPE,
    KG_DT_TABULAR,
    KG_DT_MUSICAL,
    KG_DT_LEXEME,
    KG_DT_FORM,
    KG_DT_SENSE,
    KG_DT_SCHEMA, // entity-schema
    KG_N_DATATYPES
};
/* "wikibase-item" …; "other" for what is none of them. */
const char *kg_datatype_name(unsigned datatype);

/* precision as in Wikidata: 9 year, 10 month, 11 day, 8 decade, 7 century, 6 millennium …  month
 * and day are 0 where the dump has 0. */
struct kg_time {
    int64_t year; // negative: BCE, -551 is 551 BCE as the dump writes it
    unsigned month, day, hour, minute, second;
    unsigned precision;
    kg_id calendar; // Q1985727 proleptic Gregorian, Q1985786 proleptic Julian
    int64_t zone, before, after;
};

/* Decimal numbers as the dump writes them, "+8848.86"; bounds with n 0 are absent. */
struct kg_quantity {
    struct weir_span amount, lower, upper;
    kg_id unit; // 0: a plain number
};

struct kg_globe {
    double latitude, longitude;
    double precision; // NaN: none
    kg_id globe;      // 0: none
};

struct kg_snak {
    kg_id property;
    enum kg_snak_type type;
    enum kg_kind kind;
    unsigned datatype; // enum kg_datatype
    union {
        kg_id entity;
        struct weir_span text; // KG_STRING, KG_OTHER
        struct kg_time time;
        struct kg_quantity quantity;
        struct kg_globe globe;
        struct {
            struct weir_span text, lang;
        } monolingual;
    } u;
};

struct kg_statement {
    struct kg_snak main;
    enum kg_rank rank;
    int best; // preferred, or normal where the property has no preferred one
    struct kg_cursor qualifiers;
};

/* All statements of a row, properties ascending, within one in the dump's order; property other
 * than 0: those of that one only.  Returns 0 (also for none), or KG_DAMAGED. */
int kg_statements(const kg_file *f, uint32_t row, kg_id property, struct kg_cursor *c);
/* 1 and the next statement, 0 behind the last, KG_DAMAGED. */
int kg_statement_next(struct kg_cursor *c, struct kg_statement *s);
/* Qualifiers in the dump's order: 1, 0 behind the last, KG_DAMAGED.  *c: a copy of s.qualifiers. */
int kg_qualifier_next(struct kg_cursor *c, struct kg_snak *q);

#endif
