/* The engine under every stage: records in, the same order out, for any number of threads.
 *
 *      next() ──► batch ──► work() on each record ──► commit() on each record ──► output
 *      in order             many batches at once      in order, one thread        in order
 *
 * A stage says what a record becomes (its fate); the engine writes, counts, and sends what is
 * dropped to the rejects.  Batches close at a number of bytes derived from the job's memory, so
 * peak memory does not depend on the input; a larger record than that travels alone. */
#ifndef WEIR_STREAM_H
#define WEIR_STREAM_H

#include "weir/job.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weir_fate {
    WEIR_PASS, // written with its own bytes (the default)
    WEIR_MADE, // out_n bytes at batch->out + out_at are written instead; n_out records of them
    WEIR_DROP, // left out on purpose: reason, and detail for the rejects
    WEIR_BAD,  // malformed: ends the run, or goes to the rejects
};

struct weir_rec {
    size_t raw_at, raw_n;    // the record's bytes in batch->raw, without framing
    const char *file;        // input or archive member; lives as long as the run
    uint64_t offset, length; // its byte range in the uncompressed input
    uint64_t line;           // 1-based line where it starts; 0 where lines mean nothing
    uint64_t framing;        // input bytes before it that belong to no record
    enum weir_fate fate;
    size_t out_at, out_n; // WEIR_MADE: what is written, newline or frame included
    uint32_t n_out;       // WEIR_MADE: records in it
    uint64_t n_tokens_in, n_tokens_out;
    size_t source_at, source_n; // WEIR_PASS/MADE/DROP: the document's source, in batch->aux
    const char *reason;         // WEIR_DROP/BAD: short fixed name, static: "too-short"
    size_t detail_at, detail_n; // in batch->aux: JSON members for the reject
                                // (`"value":3,"limit":5`), for WEIR_BAD the message
    size_t aux_at, aux_n;       // whatever work() leaves for commit() in batch->aux
    uint64_t user[4];           // the same, small
};

struct weir_batch {
    struct weir_buf raw; // what was read; WEIR_PADDING readable bytes behind
    struct weir_buf out; // what work() or commit() made
    struct weir_buf aux; // sources, details, signatures …: all that refers to it is by offset
    struct weir_rec *rec;
    size_t n_rec, cap_rec;
};

struct weir_stage {
    void *ctx;
    /* Appends one record to the batch with weir_batch_add(); 1 when there was one, 0 at the end,
     * negative on error.  NULL: lines of the job's inputs. */
    int (*next)(void *ctx, struct weir_batch *b, struct weir_err *err);
    /* First word on a record, bad ones too, in input order, one at a time; may be NULL. */
    int (*arrive)(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err);
    /* Scratch of one thread; both may be NULL. */
    void *(*thread_new)(void *ctx, struct weir_err *err);
    void (*thread_free)(void *thread);
    /* Decides one record's fate.  Records that next() already marked WEIR_BAD are not passed. */
    int (*work)(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err);
    /* Last word on a record, in input order, one at a time; may be NULL.  Not for WEIR_BAD. */
    int (*commit)(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err);
    /* After commit(), also for WEIR_BAD; may be NULL.  1 when it took the record: the engine then
     * neither writes nor counts it, and the stage gives it to a later run, as next().  0 or
     * negative as usual. */
    int (*hold)(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err);
    /* Takes the line of a dropped record that would go to the rejects, in input order; may be NULL.
     * The line is borrowed.  What shall be written there the stage writes itself. */
    int (*reject)(void *ctx, const struct weir_batch *b, const struct weir_rec *r,
                  struct weir_span line, struct weir_err *err);
    uint64_t fixed_memory; // bytes the stage holds besides batches, within job->memory
    uint64_t
        thread_memory; // bytes a thread's scratch holds; threads that do not fit are not started
    int no_newline;    // WEIR_PASS is written without "\n" (binary frames)
    int raw_rejects;   // records are not JSON: rejects of drops carry the place, not the record
};

/* Runs a stage over the job's input to its output.  Opens what the job names, counts into
 * job->tally; it does not close the output (weir_job_close_output() does), so that a stage can put
 * a header before and a trailer behind. */
WEIR_API WEIR_MUST_CHECK int weir_stage_run(const struct weir_stage *s, struct weir_job *job,
                                            struct weir_err *err);
/* The longest record that fits the job's memory (a reader need not gather more), 0 when not even a
 * short one does. */
WEIR_API uint64_t weir_stage_largest(const struct weir_stage *s, const struct weir_job *job);
/* WEIR_EMEM: what -m a record of n bytes needs. */
WEIR_API int weir_stage_too_large(const struct weir_stage *s, const char *file, uint64_t n,
                                  struct weir_err *err);
/* Opens job->output as job->out when it is not open yet (a stage that writes a header first). */
WEIR_API WEIR_MUST_CHECK int weir_job_open_output(struct weir_job *job, struct weir_err *err);
/* Finishes job->out and lists it for the ledger; on rc != 0 drops it and returns rc.  The output
 * appears under its name only when this and the rest of the job succeeded. */
WEIR_API WEIR_MUST_CHECK int weir_job_close_output(struct weir_job *job, int rc,
                                                   struct weir_err *err);

/* Closes out and then follow (job->follow), each NULL or open; with rc != 0, or when out fails,
 * gives them up.  Returns the first failure. */
WEIR_API int weir_job_name_outputs(weir_io *out, weir_io *follow, int rc, struct weir_err *err);

/* Appends a record of n bytes; p may be NULL to append space only.  NULL when out of memory.  The
 * pointer is valid until the next call on this batch. */
WEIR_API struct weir_rec *weir_batch_add(struct weir_batch *b, const char *p, size_t n);
WEIR_API void weir_rec_source(struct weir_batch *b, struct weir_rec *r, struct weir_span source);
/* Marks dropped; detail is JSON members without braces, or NULL. */
WEIR_API void weir_rec_drop(struct weir_batch *b, struct weir_rec *r, const char *reason,
                            const char *detail_fmt, ...) WEIR_PRINTF(4, 5);
WEIR_API void weir_rec_bad(struct weir_batch *b, struct weir_rec *r, const char *reason,
                           const char *message_fmt, ...) WEIR_PRINTF(4, 5);

static inline struct weir_span weir_rec_raw(const struct weir_batch *b, const struct weir_rec *r)
{
    return weir_span(b->raw.p + r->raw_at, r->raw_n);
}

/* ---- reading the inputs of a job, one after another, with their places ---- */

typedef struct weir_inputs weir_inputs;
/* The job's inputs as one sequence; job must outlive it. */
WEIR_API weir_inputs *weir_inputs_open(struct weir_job *job, struct weir_err *err);
/* The open stream of the current input, opening the next one when needed; NULL with err->code 0
 * behind the last. */
WEIR_API weir_io *weir_inputs_stream(weir_inputs *in, struct weir_err *err);
/* Ends the current input (its end was read): records name, size and hash for the ledger. */
WEIR_API WEIR_MUST_CHECK int weir_inputs_next(weir_inputs *in, struct weir_err *err);
/* Path of the input that weir_inputs_stream() has open or would open next; NULL for standard input,
 * for job->in and behind the last.  A caller that reads it in its own way, a folder, then ends it
 * with weir_inputs_skip(): bytes read, and their hash as 32 hex digits, for the ledger. */
WEIR_API const char *weir_inputs_path(const weir_inputs *in);
WEIR_API WEIR_MUST_CHECK int weir_inputs_skip(weir_inputs *in, uint64_t bytes, const char *hex,
                                              struct weir_err *err);
/* Name of the current input, alive as long as in. */
WEIR_API const char *weir_inputs_name(const weir_inputs *in);
/* Share of all input consumed, 0..1, or negative when unknown. */
WEIR_API double weir_inputs_share(const weir_inputs *in);
WEIR_API void weir_inputs_close(weir_inputs *in);

/* Lines: appends the next non-blank line of the inputs as a record, with file, offset, line and
 * framing (its newline and the blank lines before it); a final line without newline counts.  A line
 * longer than max_record becomes a WEIR_BAD record with its first 256 bytes, the rest is skipped.
 */
typedef struct weir_lines weir_lines;
WEIR_API weir_lines *weir_lines_open(weir_inputs *in, uint64_t max_record, struct weir_err *err);
/* Every line becomes a record from now on, blank ones too, and a byte order mark is text. */
WEIR_API void weir_lines_verbatim(weir_lines *l);
/* From now on a line longer than keep, though allowed, has its length and no more than its first
 * 256 bytes: for a caller that will refuse it. */
WEIR_API void weir_lines_keep(weir_lines *l, uint64_t keep);
WEIR_API int weir_lines_next(void *lines, struct weir_batch *b, struct weir_err *err);
/* Input bytes behind the last record that belong to none. */
WEIR_API uint64_t weir_lines_tail(const weir_lines *l);
WEIR_API void weir_lines_close(weir_lines *l);

/* For a stage that reads its inputs several times: those that are no regular file (standard input,
 * a pipe, job->in) are read to their end and copied, uncompressed, to unnamed files in
 * job->temp_dir, from which weir_inputs_stream() gives them from now on; name, size and hash stay
 * their own. */
WEIR_API WEIR_MUST_CHECK int weir_job_hold_inputs(struct weir_job *job, struct weir_err *err);
/* What weir_job_free() calls. */
WEIR_API void weir_job_release_inputs(struct weir_job *job);

/* For a stage with its own next(): the inputs whose share is the progress.  The stage adds what
 * lies behind the last record to job->tally.framing itself. */
WEIR_API void weir_job_use_inputs(struct weir_job *job, weir_inputs *in);

#ifdef __cplusplus
}
#endif
#endif
