/* Labels of datasets under other names. */
#ifndef WEIR_KG2INSTRUCTION_IE_NAMES_H
#define WEIR_KG2INSTRUCTION_IE_NAMES_H

#include "weir/base.h"

struct ie_names;

/* "keep": NULL is returned with err->code 0; "words": plain words in place of the abbreviations of
 * the source's labels; else a JSON file {"label": "name"}, also {"label": ["name", …]} as FewRel's
 * pid2name.json. */
int ie_names_open(struct ie_names **names, const char *how, const char *source,
                  struct weir_err *err);
void ie_names_free(struct ie_names *n);
/* The name of a label, or the label.  n may be NULL. */
struct weir_span ie_name(const struct ie_names *n, struct weir_span label);

#endif
