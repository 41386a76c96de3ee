/* Framing of JSON dumps, and which kind an input is of. */
#include "kg2instruction/kg_frame.h"

#include <stdlib.h>
#include <string.h>

#include "kg2instruction/kg_window.h"

kg_frame *kg_frame_open(struct weir_job *job, const struct weir_stage *stage, int part,
                        struct weir_err *err)
{
    kg_frame *f = weir_calloc(1, sizeof *f);
    if (!f) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    const uint64_t largest = weir_stage_largest(stage, job);
    f->job = job;
    f->stage = stage;
    f->part = part;
    f->keep = largest < job->max_record ? largest : job->max_record;
    f->inputs = weir_inputs_open(job, err);
    if (f->inputs) {
        weir_job_use_inputs(job, f->inputs);
        return f;
    }
    kg_frame_close(f);
    return NULL;
}

void kg_frame_close(kg_frame *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->n_sites; i++) {
        wiki_site_free(f->sites[i]);
        free(f->sites[i]);
    }
    free(f->sites);
    weir_inputs_close(f->inputs);
    weir_buf_free(&f->buf);
    free(f);
}

uint64_t kg_frame_tail(const kg_frame *f)
{
    return f->framing;
}

/* ---- the beginning of an input ---- */

/* An entity a line, unless the first one's brace stands alone: whoever breaks lines breaks there.
 */
static enum kg_form form_of(const struct kg_frame *f)
{
    size_t i = f->at;
    if (f->buf.p[i] == '<')
        return KG_FORM_PAGES;
    while (i < f->buf.n && strchr("[ \t\r\n", f->buf.p[i]) && f->buf.p[i])
        i++;
    if (i == f->buf.n || f->buf.p[i] != '{')
        return KG_FORM_LINES;
    for (i++; i < f->buf.n && strchr(" \t\r", f->buf.p[i]) && f->buf.p[i];)
        i++;
    return i < f->buf.n && f->buf.p[i] == '\n' ? KG_FORM_OBJECTS : KG_FORM_LINES;
}

/* 1 when the input at hand (the next one, if need be) holds something; 0 behind the last. */
static int begin(struct kg_frame *f, struct weir_err *err)
{
    f->io = weir_inputs_stream(f->inputs, err);
    if (!f->io)
        return err->code;
    f->name = weir_inputs_name(f->inputs);
    f->eof = f->in_array = f->begun = 0;
    f->buf.n = f->at = 0;
    f->base = 0;
    f->line = 1;
    f->site = NULL;
    int rc = kg_window_need(f, 3, err);
    if (!rc && f->buf.n >= 3 && !memcmp(f->buf.p, "\xEF\xBB\xBF", 3))
        kg_window_skip(f, 3);
    if (!rc)
        rc = kg_window_seek(f, err);
    if (rc > 0)
        rc = kg_window_need(f, 4096, err);
    else if (!rc)
        return 1;
    if (rc < 0)
        return rc;
    f->form = form_of(f);
    f->begun = 1;
    if (!memchr("[{<", f->buf.p[f->at], 3) && !f->part)
        return kg_window_bad(f, err,
                             "neither a Wikidata dump in JSON nor a MediaWiki dump in XML, "
                             "or not in UTF-8");
    return 1;
}

/* ---- entities ---- */

/* Brackets, commas and blanks up to the next entity: 1, 0 at the end of the input, negative. */
static int seek_entity(struct kg_frame *f, struct weir_err *err)
{
    for (;;) {
        const int rc = kg_window_seek(f, err);
        if (rc < 0)
            return rc;
        if (!rc && f->in_array && !f->part)
            return kg_window_bad(
                f, err, "ends inside the array: half a dump? (--part takes a part of one)");
        if (!rc)
            return 0;
        const char c = f->buf.p[f->at];
        if (c == '[' && !f->in_array)
            f->in_array = 1;
        else if (c == ']' && (f->in_array || f->part))
            f->in_array = 0;
        else if (c != ',' || !(f->in_array || f->part))
            return 1;
        kg_window_skip(f, f->at + 1);
    }
}

/* The end of a line. */
static int scan_line(struct kg_frame *f, size_t *i)
{
    const char *nl = memchr(f->buf.p + *i, '\n', f->buf.n - *i);
    *i = nl ? (size_t)(nl - f->buf.p) : f->buf.n;
    return nl != NULL;
}

/* The end of an object: braces outside of strings.  State is in the frame, for the next piece. */
static int scan_object(struct kg_frame *f, size_t *i)
{
    for (; *i < f->buf.n; ++*i) {
        const char c = f->buf.p[*i];
        if (f->scan.escaped)
            f->scan.escaped = 0;
        else if (c == '"')
            f->scan.in_string = !f->scan.in_string;
        else if (f->scan.in_string)
            f->scan.escaped = c == '\\';
        else if (c == '{')
            f->scan.depth++;
        else if (c == '}' && --f->scan.depth <= 0)
            return ++*i, 1;
    }
    return 0;
}

/* Bytes of the entity in the line p[0..n): without blanks and the comma or bracket behind it. */
static size_t entity_bytes(const struct kg_frame *f, const char *p, size_t n)
{
    int brackets = f->in_array;
    while (n) {
        const char c = p[n - 1];
        if (c == ']' && brackets && n > 1 && *p == '{')
            brackets--;
        else if (c != ' ' && c != '\t' && c != '\r' && (c != ',' || !(f->in_array || f->part)))
            break;
        n--;
    }
    return n;
}

static int take_entity(struct kg_frame *f, struct weir_batch *b, struct weir_err *err)
{
    int (*scan)(struct kg_frame *, size_t *) =
        f->form == KG_FORM_OBJECTS && f->buf.p[f->at] == '{' ? scan_object : scan_line;
    size_t i = f->at;
    memset(&f->scan, 0, sizeof f->scan);
    while (!scan(f, &i)) {
        if (f->eof && scan == scan_object && !f->part)
            return kg_window_bad(f, err, "ends inside the entity that begins here: half a dump?");
        if (f->eof)
            break;
        if (i - f->at > f->keep) {
            memset(&f->scan, 0, sizeof f->scan);
            return kg_window_pass(f, b, scan, KG_RECORD_ENTITY, err);
        }
        const size_t done = i - f->at;
        const int rc = kg_window_fill(f, err);
        if (rc)
            return rc;
        i = f->at + done;
    }
    const size_t n = entity_bytes(f, f->buf.p + f->at, i - f->at);
    return kg_window_give(f, b, n, KG_RECORD_ENTITY, 0, err);
}

int kg_frame_next(void *frame, struct weir_batch *b, struct weir_err *err)
{
    struct kg_frame *f = frame;
    for (;;) {
        int rc = f->io ? 1 : begin(f, err);
        if (rc <= 0)
            return rc;
        if (!f->begun)
            rc = 0;
        else if (f->form == KG_FORM_PAGES)
            rc = kg_frame_page(f, b, err);
        else if ((rc = seek_entity(f, err)) > 0)
            rc = take_entity(f, b, err);
        if (rc)
            return rc;
        f->io = NULL;
        if ((rc = weir_inputs_next(f->inputs, err)))
            return rc;
    }
}
