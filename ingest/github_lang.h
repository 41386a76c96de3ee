/* The language of a file by its name and content, with GitHub Linguist's names for languages and
 * its four kinds. */
#ifndef WEIR_GITHUB_LANG_H
#define WEIR_GITHUB_LANG_H

#include "weir/base.h"

enum code_kind { CODE_PROGRAMMING, CODE_MARKUP, CODE_PROSE, CODE_CONFIG, CODE_DATA };

struct code_lang {
    const char *name;
    enum code_kind kind;  // CODE_CONFIG: Linguist calls it data, but people write it by hand
    const char *exts;     // lower-case, without the dot, space between: "c h"
    const char *names;    // whole file names, as written
    const char *shebangs; // interpreters, without version: "python"
};

/* By name in the order of precedence: where several claim an extension and the content does not
 * decide, the first one has it. */
extern const struct code_lang code_langs[];
extern const size_t n_code_langs;

/* The language, or NULL.  text may be empty (name alone decides).  Thread-safe. */
const struct code_lang *code_lang_detect(struct weir_span path, struct weir_span text);
/* The language of that name; NULL when there is none. */
const struct code_lang *code_lang_named(const char *name);

#endif
