#ifndef WEIR_ANN_OPEN_H
#define WEIR_ANN_OPEN_H

#include "kg2instruction/ann_doc.h"
#include "weir/job.h"

struct ann_paths {
    const char *kg, *index, *stop; // index, stop: NULL for the default, for none
};

/* Fills all but opt; what is open is closed by ann_shared_close() whatever the result.  0 or err's
 * code; WEIR_EUSAGE without kg. */
WEIR_MUST_CHECK int ann_shared_open(struct ann_shared *s, const struct ann_paths *p,
                                    struct weir_job *job, struct weir_err *err);
void ann_shared_close(struct ann_shared *s);

#endif
