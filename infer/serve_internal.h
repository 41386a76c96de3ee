#ifndef WEIR_INFER_SERVE_INTERNAL_H
#define WEIR_INFER_SERVE_INTERNAL_H

#include <pthread.h>
#include "infer/runner.h"
#include "infer/sample.h"
#include "infer/serve_ask.h"
#include "lib/http.h"
#include "weir/infer.h"

/*  server's thread                                engine's thread
 *
 *  reads, checks and encodes a request
 *  call ──────────── inbox ──────────────────►    gen_add(), gen_step() …
 *  writes what is there  ◄── wake ── text, under serve.lock, token by token
 *  the client is gone: cancelled ────────────►    gen_remove() before the next step
 *
 * A call that is finished belongs to the server's thread, before that to the engine's. */

enum { SERVE_TEMPLATES = 5 };
extern const char *const serve_templates[SERVE_TEMPLATES];

/* Of a token that log probabilities are wanted of. */
struct note {
    uint32_t id;
    float logprob;
    unsigned n_likeliest;
    struct candidate *likeliest; // n_likeliest of them
};

struct voice { // one answer; all under serve.lock but request
    struct call *call;
    gen_request *request; // the engine's; of beams only the first has one
    struct answer answer;
    size_t n_tokens;
    enum gen_end end;
    int done;
    struct note *note;
    size_t n_notes, cap_notes;
    /* What the client got; the server's. */
    size_t told, told_notes, offset; // offset: characters of the notes told
    int begun, told_end;
};

struct serve_prompt {
    uint32_t *ids;
    size_t n;
};

struct call {
    struct call *next, **link; // in serve.inbox or serve.running
    struct serve *s;
    struct lane *lane;
    http_request *http; // NULL: gone
    struct ask ask;     // without what points into its tree
    char id[40];
    int64_t created;
    size_t n_bytes; // of the request's body
    struct serve_prompt *prompt;
    struct voice *voice; // n of each prompt, a prompt after the other
    size_t n_prompts, n_voices, n_done;
    int cancelled, finished;
    unsigned failed; // the status that it ends with instead
    struct weir_err err;
    int told_usage, told_done;
};

struct lane { // a model
    char *name;
    struct runner runner;
    gen *gen;
    weir_tok_scratch *scratch; // the server's
    struct gen_load load;      // as it was after the last step; under serve.lock
};

struct serve_stats { // under serve.lock
    uint64_t calls[3], finished, cancelled, failed, full;
    uint64_t prompt_tokens, new_tokens, steps;
    double step_seconds;
};

struct serve {
    const struct weir_serve_opt *opt;
    struct weir_job *job;
    http_server *http;
    struct lane lane[2];
    size_t n_lanes;
    weir_json *json;
    struct template template[SERVE_TEMPLATES];
    struct weir_buf text, task; // the server's scratch
    uint64_t n_calls, id_base;
    int64_t started;
    pthread_t engine;
    int has_engine;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct call *inbox, **inbox_end, *running;
    size_t n_waiting; // answers that are waited for
    int stop;
    struct serve_stats stats;
};

/* ---- prompts ---- */

/* The ids of what an ask wants to be continued. */
int serve_make_prompts(struct serve *s, struct call *c, struct refusal *why);

/* ---- the engine ---- */

int serve_engine_start(struct serve *s, struct weir_err *err);
/* What is left ends without an answer. */
void serve_engine_stop(struct serve *s);
/* Hands a call over; the engine starts with it before its next step. */
void serve_submit(struct call *c);
void serve_call_free(struct call *c);

/* ---- answers; on the server's thread ---- */

/* A call's callbacks. */
int serve_answer(void *ctx, http_request *r);
int serve_more(void *ctx, struct weir_buf *to);
/* Appends "logprobs":… of the tokens that were not told yet, or null. */
void serve_add_notes(const struct call *c, struct voice *v, struct weir_buf *to);
void serve_metrics(void *ctx, http_request *r);

#endif
