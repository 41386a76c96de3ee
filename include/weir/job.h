/* What every stage is given: inputs, output, threads, memory, and the tally that must balance. */
#ifndef WEIR_JOB_H
#define WEIR_JOB_H

#include "weir/io.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir_count {
    uint64_t records, bytes, tokens;
};

/* A count under a name: a source, or a reason for dropping. */
struct weir_named {
    char *name;
    struct weir_count in, out;
};

/* A small table of names in order of first appearance.  Past WEIR_NAMES_MAX names everything new
 * counts as "(other)", and of a name the first bytes count: names come from the data, so the table
 * is bounded. */
#define WEIR_NAMES_MAX  4096
#define WEIR_NAME_BYTES 256
struct weir_names {
    struct weir_named *at;
    size_t n, cap;
};

/* The account of a stage.  in = kept + dropped + bad, in records and in bytes of input, and
 * in.bytes + framing = all bytes read (framing: newlines, brackets, XML around records). */
struct weir_tally {
    struct weir_count in, kept, dropped, bad; // in bytes of the input that they came in with
    struct weir_count out;                    // what was written
    uint64_t framing;                         // input bytes that belong to no record
    struct weir_names sources;                // in and out by the documents' source
    struct weir_names reasons;                // drops and bad records, counted in .in
    struct weir_names notes;                  // repairs and the like: count only, in .in.records
};

/* Adds one record of bytes under name (created when new).  Returns WEIR_EMEM or 0. */
WEIR_API int weir_names_add(struct weir_names *t, struct weir_span name, struct weir_count in,
                            struct weir_count out);

/* Fill with weir_job_init(), set what differs, run one stage, weir_job_free().  Strings are
 * borrowed. */
struct weir_inputs;
struct weir_held;
struct weir_job {
    const char *stage;         // "filters"
    const char *const *inputs; // names; "-" is standard input
    size_t n_inputs;           // 0: standard input, or in when that is set
    weir_io *in;               // instead of inputs: one open stream (tests), closed by the stage
    const char *output;        // "-" or a name; ignored when out is set
    weir_io *out;              // instead of output: an open stream, closed by the stage
    weir_io *follow;           // a second output, prepared: named when out has its name, or NULL
    weir_io *rejects;          // NULL: a bad record ends the run; closed by weir_job_finish()
    const char *ledger;        // where weir_main() writes the run's line, or NULL
    int threads;               // all of them, the caller's included; at least 1
    uint64_t memory;           // bytes for the whole process
    uint64_t max_record;       // longest record accepted, in bytes
    const char *temp_dir;      // for files that do not fit memory
    uint64_t seed;
    int progress; // show progress on stderr
    int quiet, verbose;
    int lock;         // a descriptor kept until weir_job_free(); 0: none
    int defer_commit; // weir_job_close_output() leaves naming the output to weir_main()
    /* Called now and then while a stage runs, by one thread at a time; may be NULL.  share: of the
     * input consumed, 0..1, negative when unknown. */
    void (*on_progress)(struct weir_job *job, double share);
    void *progress_state;
    const char *phase;       // what is done now, for the progress, when it is not reading the input
    struct weir_count aside; // put aside by the stage and not in the tally yet, for the progress
    uint64_t temp_bytes;     // in temporary files now, for the progress
    int64_t shown_ms;        // when progress was last shown
    /* Called by weir_main() when the output has its name; may be NULL.  done_state is the stage's.
     */
    void (*on_done)(struct weir_job *job);
    const void *done_state;
    /* Called with what a user should know though nothing failed, a line without its end; may be
     * NULL. */
    void (*on_warning)(struct weir_job *job, const char *text);
    /* The same with what a user who asked for more (-v) wants to know; may be NULL. */
    void (*on_note)(struct weir_job *job, const char *text);
    struct weir_inputs *reading; // weir_job_use_inputs()
    struct weir_held *held;      // weir_job_hold_inputs(): one an input
    struct weir_tally tally;
    struct weir_buf input_list; // JSON array items: {"name":…,"bytes":…,"xxh128":…} of inputs read
    struct weir_buf output_list; // the same of outputs written
    struct weir_buf extra;       // further members for the ledger line: ,"plan":{…}
};

/* Calls on_progress, at most four times a second; share as there.  One thread at a time. */
WEIR_API void weir_job_progress(struct weir_job *job, double share);

WEIR_API void weir_job_init(struct weir_job *job, const char *stage);
WEIR_API void weir_job_free(struct weir_job *job);
/* Passes a warning to on_warning; the text is cut at 1,000 bytes.  job may be NULL. */
WEIR_API void weir_job_warn(struct weir_job *job, const char *fmt, ...) WEIR_PRINTF(2, 3);
/* Passes a note to on_note; as weir_job_warn(). */
WEIR_API void weir_job_note(struct weir_job *job, const char *fmt, ...) WEIR_PRINTF(2, 3);
/* Peak resident memory of this process in bytes (VmHWM), or 0 when unknown. */
WEIR_API uint64_t weir_peak_memory(void);

#ifdef __cplusplus
}
#endif
#endif
