#include "weir/base.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int weir_err_set(struct weir_err *err, int code, const char *fmt, ...)
{
    if (!err || err->code)
        return code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    err->code = code;
    return code;
}

int weir_err_errno(struct weir_err *err, const char *fmt, ...)
{
    const int e = errno;
    const int code = e == ENOMEM ? WEIR_EMEM : WEIR_EIO;
    if (!err || err->code)
        return code;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof err->msg)
        snprintf(err->msg + n, sizeof err->msg - (size_t)n, ": %s", strerror(e));
    err->code = code;
    return code;
}

void weir_err_prefix(struct weir_err *err, const char *fmt, ...)
{
    if (!err || !err->code)
        return;
    char rest[sizeof err->msg];
    memcpy(rest, err->msg, sizeof rest);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    const size_t room = n >= 0 && (size_t)n < sizeof err->msg ? sizeof err->msg - (size_t)n : 0;
    if (room > 3)
        snprintf(err->msg + n, room, ": %.*s", (int)(room - 3), rest);
}

int weir_span_eq(struct weir_span a, struct weir_span b)
{
    return a.n == b.n && (!a.n || !memcmp(a.p, b.p, a.n));
}

int weir_span_is(struct weir_span a, const char *s)
{
    return weir_span_eq(a, weir_span(s, strlen(s)));
}
