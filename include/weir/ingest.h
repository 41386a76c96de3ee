/* weir ingest: raw dumps in, documents out (docs/formats.md). */
#ifndef WEIR_INGEST_H
#define WEIR_INGEST_H

#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weir_ingest_encoding {
    WEIR_ENC_AUTO, // a byte order mark, valid UTF-8, or what the text looks like
    WEIR_ENC_UTF8,
    WEIR_ENC_GB18030,
    WEIR_ENC_BIG5,
    WEIR_ENC_UTF16, // with or without byte order mark; whole files only
    WEIR_ENC_WINDOWS1252,
};
/* The words of --encoding, in the order of the enum. */
#define WEIR_ENC_WORDS "auto|utf-8|gb18030|big5|utf-16|windows-1252"

/* Below every real score. */
#define WEIR_INGEST_ANY_SCORE (-1000000)

struct weir_ingest_opt {
    const char *from;              // a source's name: weir_ingest_list()
    const char *text, *title, *id; // members of JSON records; NULL: the source's own
    int encoding;                  // enum weir_ingest_encoding
    const char *source;            // overrides the documents' source; NULL: as the source says
    const char *lang;              // overrides their language; NULL: known or guessed
    int with_title;                // the title becomes the first line of the text
    int links;                     // wiki: keep each link's target and place
    int64_t min_score;             // stackexchange: posts below are left out
    int list_sources;              // write the table of sources instead of documents
};

WEIR_API void weir_ingest_opt_init(struct weir_ingest_opt *opt);
/* Reads job's inputs as opt->from says, writes documents.  Directories among the inputs stand for
 * the files below them in sorted order.  One run at a time per job. */
WEIR_API WEIR_MUST_CHECK int weir_ingest_run(const struct weir_ingest_opt *opt,
                                             struct weir_job *job, struct weir_err *err);
/* Appends the table of sources, a name and a line of help each. */
WEIR_API void weir_ingest_list(struct weir_buf *b);

#ifdef __cplusplus
}
#endif
#endif
