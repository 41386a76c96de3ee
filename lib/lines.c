#include <stdlib.h>
#include <string.h>

#include "weir/stream.h"

#define BLOCK ((size_t)256 << 10)
/* How much of a line that is too long goes to the rejects. */
#define EXCERPT 256

struct weir_lines {
    weir_inputs *in;
    uint64_t max_record, keep;
    char *block;
    size_t at, n;
    uint64_t offset;  // of block[at] in the current input
    uint64_t line;    // lines begun in the current input
    uint64_t framing; // bytes since the last record
    int verbatim;     // blank lines are records, a BOM is text
};

weir_lines *weir_lines_open(weir_inputs *in, uint64_t max_record, struct weir_err *err)
{
    weir_lines *l = calloc(1, sizeof *l);
    if (l)
        l->block = malloc(BLOCK);
    if (!l || !l->block) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        weir_lines_close(l);
        return NULL;
    }
    l->in = in;
    l->max_record = l->keep = max_record;
    return l;
}

/* 1: there are bytes in the block; 0: the inputs are at their end. *ended: an input ended before.
 */
static int refill(weir_lines *l, int *ended, struct weir_err *err)
{
    *ended = 0;
    weir_io *io = weir_inputs_stream(l->in, err);
    if (!io)
        return err->code;
    const ssize_t got = weir_io_read(io, l->block, BLOCK, err);
    if (got < 0)
        return (int)got;
    l->at = 0;
    l->n = (size_t)got;
    if (got)
        return 1;
    *ended = 1;
    return 1;
}

static int end_input(weir_lines *l, struct weir_err *err)
{
    l->offset = l->line = 0;
    return weir_inputs_next(l->in, err);
}

static int is_blank(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r')
            return 0;
    return 1;
}

static void skip_bom(weir_lines *l)
{
    if (l->offset == 0 && l->n - l->at >= 3 && !memcmp(l->block + l->at, "\xEF\xBB\xBF", 3)) {
        l->at += 3;
        l->offset += 3;
        l->framing += 3;
    }
}

/* The line that begins at block[at], appended to the batch; *length its bytes.  Returns 1, or 0
 * when the inputs ended before any byte of it. */
static int gather(weir_lines *l, struct weir_batch *b, uint64_t *length, int *newline,
                  struct weir_err *err)
{
    *length = 0;
    *newline = 0;
    for (;;) {
        int ended = 0;
        if (l->at == l->n) {
            const int rc = refill(l, &ended, err);
            if (rc <= 0)
                return rc;
        }
        if (ended) {
            if (*length)
                return 1;
            const int rc = end_input(l, err);
            if (rc)
                return rc;
            continue;
        }
        if (!*length && !l->verbatim)
            skip_bom(l);
        const char *from = l->block + l->at;
        const char *nl = memchr(from, '\n', l->n - l->at);
        const size_t n = nl ? (size_t)(nl - from) : l->n - l->at;
        if (*length <= l->keep)
            weir_buf_add(&b->raw, from, n);
        *length += n;
        l->at += n + (nl != NULL);
        l->offset += n + (nl != NULL);
        *newline = nl != NULL;
        if (nl)
            return 1;
    }
}

int weir_lines_next(void *lines, struct weir_batch *b, struct weir_err *err)
{
    weir_lines *l = lines;
    for (;;) {
        const size_t at = b->raw.n;
        uint64_t length;
        int newline;
        const int rc = gather(l, b, &length, &newline, err);
        if (rc <= 0)
            return rc;
        l->line++;
        if (!l->verbatim && length <= l->keep && is_blank(b->raw.p + at, b->raw.n - at)) {
            b->raw.n = at;
            l->framing += length + (uint64_t)newline;
            continue;
        }
        if (length > l->keep && b->raw.n - at > EXCERPT)
            b->raw.n = at + EXCERPT;
        const size_t kept = b->raw.n - at;
        b->raw.n = at;
        struct weir_rec *r = weir_batch_add(b, NULL, kept);
        if (!r)
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        r->file = weir_inputs_name(l->in);
        r->offset = l->offset - length - (uint64_t)newline;
        r->length = length;
        r->line = l->line;
        r->framing = l->framing;
        l->framing = (uint64_t)newline;
        if (length > l->max_record)
            weir_rec_bad(b, r, "too-long", "a line of %llu bytes is longer than --max-record %llu",
                         (unsigned long long)length, (unsigned long long)l->max_record);
        return 1;
    }
}

void weir_lines_keep(weir_lines *l, uint64_t keep)
{
    l->keep = keep < l->max_record ? keep : l->max_record;
}

void weir_lines_verbatim(weir_lines *l)
{
    l->verbatim = 1;
}

uint64_t weir_lines_tail(const weir_lines *l)
{
    return l->framing;
}

void weir_lines_close(weir_lines *l)
{
    if (!l)
        return;
    free(l->block);
    free(l);
}
