/* A JSON file that stays in memory: names, schemas, templates, hard negatives. */
#ifndef WEIR_KG2INSTRUCTION_IE_FILE_H
#define WEIR_KG2INSTRUCTION_IE_FILE_H

#include "kg2instruction/ie_json.h"

struct ie_file {
    struct weir_buf text;
    struct ie_doc doc;
    const struct ie_val *root;   // the first value
    const struct ie_val **value; // (n) values one behind another, as lines
    size_t n;
    uint32_t *slot; // (n_slots) hash table over root's members, made by the first ie_file_find()
    size_t n_slots;
};

/* Reads and checks a file (at most 256 MiB) of JSON values.  WEIR_EBAD: not JSON. */
int ie_file_open(struct ie_file *f, const char *path, struct weir_err *err);
void ie_file_close(struct ie_file *f);
/* The member of root of that name, or NULL. */
const struct ie_val *ie_file_find(const struct ie_file *f, struct weir_span key);

#endif
