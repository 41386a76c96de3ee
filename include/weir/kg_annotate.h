/* weir kg2instruction annotate: documents to texts with linked entities and triples; stops: pages
 * with links to the names that are words. */
#ifndef WEIR_KG_ANNOTATE_H
#define WEIR_KG_ANNOTATE_H

#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weir_kg_precision { WEIR_KG_HIGH, WEIR_KG_BALANCED, WEIR_KG_RECALL };
enum weir_kg_schema { WEIR_KG_SCHEMA_HEAD, WEIR_KG_SCHEMA_TOPIC, WEIR_KG_SCHEMA_ALL };
enum weir_kg_piece { WEIR_KG_PARAGRAPHS, WEIR_KG_DOCUMENTS };
enum weir_kg_language { WEIR_KG_AUTO, WEIR_KG_ZH, WEIR_KG_EN };

struct weir_kg_annotate_opt {
    const char *kg;    // the knowledge file
    int precision;     // enum weir_kg_precision
    int schema;        // enum weir_kg_schema
    int pieces;        // enum weir_kg_piece
    int language;      // enum weir_kg_language: of the names of topics and relations
    int64_t longest;   // a paragraph is cut at sentence ends beyond so many characters or words
    const char *index; // where the alias index is kept; NULL: KG.aliases
    const char *stop;  // a file of names that are words, or NULL
    int keep_empty;    // pieces without triples are written too
    int list_schema;   // print the schema instead
};
WEIR_API void weir_kg_annotate_opt_init(void *opt);
WEIR_API WEIR_MUST_CHECK int weir_kg_annotate_run(const struct weir_kg_annotate_opt *opt,
                                                  struct weir_job *job, struct weir_err *err);

struct weir_kg_stops_opt {
    const char *kg, *index; // as above
    int64_t pages;          // a name that fewer hold is not judged
    double linked;          // a name is a word when less than this share of its pages links it
};
WEIR_API void weir_kg_stops_opt_init(void *opt);
WEIR_API WEIR_MUST_CHECK int weir_kg_stops_run(const struct weir_kg_stops_opt *opt,
                                               struct weir_job *job, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
