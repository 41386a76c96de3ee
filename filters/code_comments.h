/* Comments of source files: a scanner that knows the comment and string syntax of a language, so
 * that a # in a string is no comment and a quote in a comment opens no string. */
#ifndef WEIR_CODE_COMMENTS_H
#define WEIR_CODE_COMMENTS_H

#include "weir/base.h"

struct code_comments {
    uint64_t chars;   // characters of comments with their marks
    uint64_t visible; // without white space
    uint64_t
        natural; // as StarCoder counts Python: no "#", docstrings without quotes and indentation
};

struct code_syntax;
/* The syntax of a language by its Linguist name, in any case; NULL when it is not known. */
const struct code_syntax *code_syntax_find(struct weir_span lang);
/* Scans valid UTF-8. */
void code_comments_count(const struct code_syntax *s, struct weir_span text,
                         struct code_comments *c);

#endif
