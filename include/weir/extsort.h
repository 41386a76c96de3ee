/* Sorting more than fits in memory: runs in unnamed temporary files, merged back as a stream. */
#ifndef WEIR_EXTSORT_H
#define WEIR_EXTSORT_H

#include "weir/buf.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weir_extsort weir_extsort;

/* Keeps at most memory bytes in memory; runs go to temp_dir.  Records sort by key (memcmp order,
 * shorter first), equal keys in order of arrival. */
WEIR_API weir_extsort *weir_extsort_new(uint64_t memory, const char *temp_dir,
                                        struct weir_err *err);
WEIR_API WEIR_MUST_CHECK int weir_extsort_add(weir_extsort *s, struct weir_span key,
                                              struct weir_span value, struct weir_err *err);
/* Call once after the last add, before the first next. */
WEIR_API WEIR_MUST_CHECK int weir_extsort_sort(weir_extsort *s, struct weir_err *err);
/* 1 and the next record in order (valid until the next call), 0 at the end, negative on error. */
WEIR_API int weir_extsort_next(weir_extsort *s, struct weir_span *key, struct weir_span *value,
                               struct weir_err *err);
/* Bytes of its temporary files, at most so far. */
WEIR_API uint64_t weir_extsort_temp(const weir_extsort *s);
WEIR_API void weir_extsort_free(weir_extsort *s);

#ifdef __cplusplus
}
#endif
#endif
