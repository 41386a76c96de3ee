/* Running a language model of the LLaMA family: prompts in, what the model writes out. */
#ifndef WEIR_INFER_H
#define WEIR_INFER_H

#include "weir/job.h"
#include "weir/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A person at a terminal; the program gives it, the library never prints. */
struct weir_infer_terminal {
    void *ctx;
    /* The next line without its end into *line, which is emptied before: 1, 0 at the end of input,
     * negative on error.  again: the line goes on one before. */
    int (*read)(void *ctx, int again, struct weir_buf *line, struct weir_err *err);
    void (*say)(void *ctx, const char *text); // to the person, not into the output
    /* 1 when what runs shall stop; it is asked once. */
    int (*is_stopped)(void *ctx);
};

enum { WEIR_PRESET_NONE, WEIR_PRESET_KNOWLM };

struct weir_infer_opt {
    const char *model;     // a Hugging Face folder, or a llama2.c file
    const char *tokenizer; // NULL: the one in the model's folder
    const char *adapter;   // folder of a LoRA adapter; NULL: none
    int dtype;             // stored|fp32|fp16|bf16|int8
    int device;            // auto|cpu|cuda
    int64_t gpus;          // devices that the layers are spread over; 0: one
    const char *prompt;    // NULL: records of the job's inputs
    const char *form;      // a template's name or file; NULL: by what is asked
    const char *field;     // member that the answer becomes
    int preset;            // WEIR_PRESET_…: what the numbers are that are 0 below
    int64_t max_new;       // tokens; 0: 256
    int sample;            // draw; else the most likely token
    double temperature, top_p, repetition_penalty; // 0: 1
    double length_penalty;
    int64_t top_k;            // 0: all
    int64_t beams;            // 0: 1
    int early_stopping;       // no|yes|never
    int beam_length;          // all|generated
    int ignore_eos, no_bos;   // flags
    struct weir_strings stop; // texts that end an answer
    int64_t n_best;           // answers of a prompt that are written; beams at most
    const struct weir_infer_terminal *terminal; // a dialogue instead; NULL: none
    int chat;                                   // of a dialogue: each answer follows all before it
};

/* What the inputs are: documents; a text a line; a text a file. */
enum { WEIR_SCORE_DOCUMENTS, WEIR_SCORE_LINES, WEIR_SCORE_FILES };

struct weir_score_opt {
    const char *model, *tokenizer, *adapter; // as above
    int dtype, device;
    int64_t gpus;
    int input;      // WEIR_SCORE_…
    int table;      // a table of tab-separated values instead of records
    int64_t window; // tokens that the model sees at once, BOS included; 0: the model's positions
    int64_t stride; // new ones of a window; 0: all
    int no_bos;
    int64_t samples; // of datasets: sequences drawn by the job's seed; 0: all
    int validate;    // a report instead of records
    int64_t worst;   // of the report: how many of the least likely samples
    int64_t excerpt; // of the report: bytes shown of a sample
};

struct weir_serve_opt {
    const char *tokenizer, *adapter; // as above
    const char *compare;             // a second model, or an adapter of the first; NULL: none
    int dtype, device;               // as above
    int64_t gpus;
    const char *form; // the template of /generate and of chats: its name, or a file
    int64_t max_new;  // tokens of a chat that does not say how many
    int no_bos;
    const char *host;         // NULL: 127.0.0.1
    int64_t port;             // 0: one that is free
    const char *key_file;     // keys, one a line; needed for every host but loopback
    const char *allow_origin; // pages of this origin may ask; NULL: the server's own only
    int64_t queue;            // answers under way and waited for; more are refused with 429
    int64_t connections;
    int64_t timeout;   // seconds for a request to arrive, and for a client that takes nothing
    int64_t drain;     // seconds for open answers when the server is to end
    uint64_t max_body; // bytes
};

WEIR_API void weir_infer_opt_init(struct weir_infer_opt *opt);
WEIR_API void weir_score_opt_init(struct weir_score_opt *opt);
WEIR_API void weir_serve_opt_init(struct weir_serve_opt *opt);

/* Answers opt->prompt as text, or each record of the input as a record, or each line of the
 * terminal.  Output does not depend on
 * -j or on what runs together.  Memory: job->memory bounds the converted weights, the cache and
 * the records on their way; weights that are used as stored are mapped and are not counted. */
WEIR_API WEIR_MUST_CHECK int weir_infer_run(const struct weir_infer_opt *opt, struct weir_job *job,
                                            struct weir_err *err);

/* Each document, text, or sample of a dataset (inputs that are names of NAME.idx and NAME.bin) with
 * what the model makes of it: perplexity, negative log likelihood a token and a byte, tokens.  Each
 * token is scored once, behind at least window - stride tokens where the text has them.  Sums by
 * source go into the ledger.  Memory as above. */
WEIR_API WEIR_MUST_CHECK int weir_score_run(const struct weir_score_opt *opt, struct weir_job *job,
                                            struct weir_err *err);

/* Serves the model of the job's one input over HTTP until SIGTERM or SIGINT: /generate as KnowLM's
 * server, /v1/completions and /v1/chat/completions as OpenAI's, a page at /.  Its address is
 * written to the output once it listens.  The tally counts calls; memory as above, connections and
 * bodies included. */
WEIR_API WEIR_MUST_CHECK int weir_serve_run(const struct weir_serve_opt *opt, struct weir_job *job,
                                            struct weir_err *err);

#ifdef __cplusplus
}
#endif
#endif
