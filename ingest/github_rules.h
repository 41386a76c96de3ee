/* Which files of a repository are no training text, and why; the licence of the others.  Reasons
 * are static strings, NULL when the file stays. */
#ifndef WEIR_GITHUB_RULES_H
#define WEIR_GITHUB_RULES_H

#include "ingest/github_lang.h"
#include "weir/buf.h"

/* Folders of version control systems: ".git" and the like. */
int github_is_vcs(struct weir_span name);
/* By the path alone: "vcs", "vendored", "generated", "binary". */
const char *github_path_reason(struct weir_span path);

/* Lines of a text, measured in characters. */
struct github_lines {
    uint64_t n, mean, longest;
};
void github_measure_lines(struct weir_span text, struct github_lines *lines);
/* By valid UTF-8 content: "generated" when the head says so. */
int github_is_generated(struct weir_span text);
/* 1 when the lines are longer than people write this language. */
int github_is_minified(const struct code_lang *lang, const struct github_lines *lines);

/* ---- licences, as SPDX identifiers (those of GitHub where SPDX has two: GPL-3.0) ---- */

/* Is that the name of a file that holds the licence of its folder? */
int github_is_license_name(struct weir_span base_name);
/* The one licence that a licence file holds; NULL for none, an unknown one or several.  scratch is
 * overwritten. */
const char *github_license_of_text(struct weir_span text, struct weir_buf *scratch);
/* The expression behind SPDX-License-Identifier in the head of a file; n == 0 for none. */
struct weir_span github_license_tag(struct weir_span text);

#endif
