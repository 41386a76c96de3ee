/* The shape of a source: how raw input is framed into records (in order, one thread), and what a
 * record becomes (in parallel).  A source is one file, src_NAME.c, and one line in sources.c. */
#ifndef WEIR_INGEST_SOURCE_H
#define WEIR_INGEST_SOURCE_H

#include "weir/ingest.h"
#include "weir/stream.h"

struct ingest_out;   // a thread's scratch for decoding, cleaning and writing
struct ingest_notes; // repairs of all threads, added up

struct ingest {
    const struct weir_ingest_opt *opt;
    struct weir_job *job;
    weir_inputs *inputs; // NULL for a source without reader
    const struct ingest_source *source;
    struct ingest_notes *notes; // NULL: not gathered
    const struct weir_stage *stage;
    uint64_t keep; // longest record worth gathering: max_record, or what fits the memory
};

/* What a source says of a document; absent fields have p == NULL.  Text may be in any state: it is
 * cleaned (NFC, line ends, controls …) by ingest_emit(), which counts each kind of repair. */
struct ingest_doc {
    struct weir_span id;      // the source's own, or absent: SOURCE:xxh3-128 of what it is made of
    struct weir_span made_of; // absent: the raw record
    struct weir_span text;    // valid UTF-8
    struct weir_span title, url, license, path;
    struct weir_span source;          // absent: the source's default name, or --source
    struct weir_span lang, code_lang; // absent: lang is guessed from the text's script
    struct weir_span extra;           // further JSON members, `"links":[…]`, already valid
    int clean; // text went through ingest_clean() already (offsets refer to it)
};

enum ingest_refuse {
    INGEST_NO_NAMES = 1,    // --text, --title, --id
    INGEST_NO_LINKS = 2,    // --links
    INGEST_NO_ENCODING = 4, // --encoding but UTF-8
};

struct ingest_source {
    const char *name; // "baike"
    const char *help; // one line
    /* Reader; NULL for all of them: lines of the inputs. */
    int (*open)(struct ingest *in, void **reader, struct weir_err *err);
    int (*next)(void *reader, struct weir_batch *b, struct weir_err *err);
    void (*close)(void *reader);
    uint64_t (*tail)(void *reader); // input bytes behind the last record
    /* Converter scratch of one thread; may be NULL. */
    void *(*thread_new)(struct ingest *in, struct weir_err *err);
    void (*thread_free)(void *thread);
    /* Decides one record's fate with ingest_emit() (several times for several documents),
     * weir_rec_drop() or weir_rec_bad(). */
    int (*convert)(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                   struct weir_rec *r, struct weir_err *err);
    unsigned refuses;      // enum ingest_refuse: options that mean nothing to it
    int has_scores;        // --min-score means something to it
    int keeps_dirs;        // directories among the inputs are the source's own business
    unsigned memory_share; // the reader keeps up to 1/n of the job's memory; 0: next to nothing
};

/* One for each thread; ingest_out_free() adds its notes to in->notes. */
struct ingest_out *ingest_out_new(struct ingest *in, struct weir_err *err);
void ingest_out_free(struct ingest_out *out);

/* Appends one document to the batch (fate WEIR_MADE), with id, origin and repairs counted.  A text
 * that is empty after cleaning makes the record a drop "empty".  out is the thread's own. */
int ingest_emit(struct ingest *in, struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                const struct ingest_doc *d, struct weir_err *err);

/* NFC, "\n" line ends, no BOM, controls, zero-width junk: appends the clean text to *to.  Repairs
 * are counted in out.  Input must be valid UTF-8. */
int ingest_clean(struct ingest_out *out, struct weir_span text, struct weir_buf *to,
                 struct weir_err *err);

/* Makes a record of r->length bytes bad that is longer than --max-record. */
void ingest_too_long(const struct ingest *in, struct weir_batch *b, struct weir_rec *r);

/* raw as UTF-8, by --encoding or detected: *text is raw itself, or a copy in out that lives until
 * the next call.  Returns 1, 0 after making r a bad record (reason "encoding"), negative on error.
 * Bytes that do not decode are never replaced. */
int ingest_utf8(struct ingest *in, struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                struct weir_span raw, struct weir_span *text, struct weir_err *err);

/* The same for an encoding the source knows: enum weir_ingest_encoding. */
int ingest_utf8_from(int encoding, struct ingest_out *out, struct weir_batch *b, struct weir_rec *r,
                     struct weir_span raw, struct weir_span *text, struct weir_err *err);

/* Counts n under a name (static storage) in the account's notes. */
void ingest_note(struct ingest_out *out, const char *name, uint64_t n);

extern const struct ingest_source *const ingest_sources[]; // NULL at the end

#endif
