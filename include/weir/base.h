/* What every Weir header rests on: attributes, a borrowed piece of bytes, and how errors travel.
 *
 * Library code never prints, exits or aborts on input.  A function that can fail returns 0 or more
 * when it worked and a negative WEIR_E… code when not, after filling the caller's struct weir_err.
 */
#ifndef WEIR_BASE_H
#define WEIR_BASE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_API          __attribute__((visibility("default")))
#define WEIR_MUST_CHECK   __attribute__((warn_unused_result))
#define WEIR_PRINTF(a, b) __attribute__((format(printf, a, b)))

#ifdef __cplusplus
extern "C" {
#endif

enum weir_code {
    WEIR_OK = 0,
    WEIR_EFAIL = -1,  // anything else
    WEIR_EUSAGE = -2, // wrong use: option, argument, combination
    WEIR_EMEM = -3,   // out of memory, or more needed than -m allows
    WEIR_EIO = -4,    // the operating system refused: read, write, open, rename
    WEIR_EBAD = -5,   // the input is not what it claims to be
};

/* Bytes that somebody else owns.  Text may hold NUL: always use n. */
struct weir_span {
    const char *p;
    size_t n;
};

/* The first failure of an operation.  Start with {0}; the caller owns it, so that reporting an
 * error never allocates.  Once code is set, later failures are ignored. */
struct weir_err {
    int code;
    char msg[1000];
};

/* Records a failure unless one is recorded already (err may be NULL).  Returns code. */
WEIR_API int weir_err_set(struct weir_err *err, int code, const char *fmt, ...) WEIR_PRINTF(3, 4);

/* The same with ": strerror(errno)" appended and WEIR_EIO (WEIR_EMEM for ENOMEM) as the code. */
WEIR_API int weir_err_errno(struct weir_err *err, const char *fmt, ...) WEIR_PRINTF(2, 3);

/* Puts "prefix: " before a recorded message: context from the caller, innermost last. */
WEIR_API void weir_err_prefix(struct weir_err *err, const char *fmt, ...) WEIR_PRINTF(2, 3);

static inline struct weir_span weir_span(const char *p, size_t n)
{
    struct weir_span s = {p, n};
    return s;
}

/* A string literal as a span. */
#define WEIR_LIT(s) weir_span("" s, sizeof(s) - 1)

WEIR_API int weir_span_eq(struct weir_span a, struct weir_span b);
WEIR_API int weir_span_is(struct weir_span a, const char *s);

#ifdef __cplusplus
}
#endif
#endif
