/* One line of JSON for a record that is not written. */
#ifndef WEIR_REJECTS_H
#define WEIR_REJECTS_H

#include "weir/stream.h"

/* Writes r (WEIR_DROP or WEIR_BAD) to job->rejects: docs/formats.md, "Rejects". */
WEIR_MUST_CHECK int weir_reject_write(struct weir_job *job, const struct weir_batch *b,
                                      const struct weir_rec *r, int place_only,
                                      struct weir_err *err);

/* The same line into a buffer, in place of what it held. */
WEIR_MUST_CHECK int weir_reject_line(const struct weir_job *job, const struct weir_batch *b,
                                     const struct weir_rec *r, int place_only,
                                     struct weir_buf *line, struct weir_err *err);

#endif
