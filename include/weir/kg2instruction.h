/* Information extraction data: datasets to the common form, instructions, and scores. */
#ifndef WEIR_KG2INSTRUCTION_H
#define WEIR_KG2INSTRUCTION_H

#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- datasets to the common form (docs/formats.md) ---- */

struct weir_convert_opt {
    const char *from;                 // a source's name
    const char *source;               // the records' source; NULL: that name
    const char *names;                // keep|words, or a JSON file of names for labels
    int64_t token_column, tag_column; // from 1; 0: first, last
    int join;                         // words of columns: default|auto|space|none
    int list_sources;                 // print them to the job's output instead
};

WEIR_API void weir_convert_opt_init(void *opt);
/* Every record becomes one in the common form.  Tally notes: what a form cannot hold. */
WEIR_API WEIR_MUST_CHECK int weir_convert_run(const struct weir_convert_opt *opt,
                                              struct weir_job *job, struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
