/* The part of an input that is looked at, and the records cut out of it; between the parts of
 * kg_frame only. */
#ifndef WEIR_KG_WINDOW_H
#define WEIR_KG_WINDOW_H

#include "kg2instruction/kg_frame.h"
#include "lib/wiki.h"

enum {
    KG_CHUNK = 256 << 10,
    KG_EXCERPT = 256,        // bytes kept of a record that is too long
    KG_SITES_MAX = 4096,     // dumps of one run with different headers
    KG_SITE_BYTES = 1 << 20, // bytes before the first page
};

enum kg_form { KG_FORM_LINES, KG_FORM_OBJECTS, KG_FORM_PAGES };

struct kg_frame {
    struct weir_job *job;
    const struct weir_stage *stage;
    weir_inputs *inputs;
    uint64_t keep; // longest record worth gathering
    int part;
    weir_io *io; // the input at hand, NULL between inputs
    const char *name;
    int eof;
    struct weir_buf buf;
    size_t at;        // buf.p[at]: first byte not given out
    uint64_t base;    // offset of buf.p[0]
    uint64_t line;    // of that byte, from 1
    uint64_t framing; // bytes since the last record that belong to none
    enum kg_form form;
    int begun;    // something but blanks was met in this input
    int in_array; // behind "[" and before its "]"
    struct {
        int64_t depth;
        int in_string, escaped;
    } scan;                 // inside an object over many lines
    struct wiki_site *site; // of the pages at hand, NULL before them
    struct wiki_site **sites;
    size_t n_sites, cap_sites;
};

/* Reads more; everything from at on stays and moves to the front.  0 or negative. */
int kg_window_fill(struct kg_frame *f, struct weir_err *err);
/* Goes on to buf.p[end], over bytes of no record or of one. */
void kg_window_skip(struct kg_frame *f, size_t end);
void kg_window_advance(struct kg_frame *f, size_t end);
/* 1 with something but white space at hand, 0 at the end of the input, negative. */
int kg_window_seek(struct kg_frame *f, struct weir_err *err);
/* At least n bytes at hand, unless the input ends.  0 or negative. */
int kg_window_need(struct kg_frame *f, size_t n, struct weir_err *err);
/* Gives out the n bytes at hand as a record, and goes on to behind of the buffer.  1 or negative.
 */
int kg_window_give(struct kg_frame *f, struct weir_batch *b, size_t n, enum kg_record kind,
                   uint64_t user, struct weir_err *err);
/* The same for a record that is longer than keep; scan(f, &i) looks at buf.p[i..buf.n) and returns
 * 1 with i behind the record's end, 0 with i where it wants to look on. */
int kg_window_pass(struct kg_frame *f, struct weir_batch *b,
                   int (*scan)(struct kg_frame *, size_t *), enum kg_record kind,
                   struct weir_err *err);
/* WEIR_EBAD with place and reason. */
int kg_window_bad(const struct kg_frame *f, struct weir_err *err, const char *why);

/* kg_frame_xml.c: 1 a page, 0 the end of the input, negative. */
int kg_frame_page(struct kg_frame *f, struct weir_batch *b, struct weir_err *err);

#endif
