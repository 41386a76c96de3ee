/* What a request to the server asks for, read from its JSON. */
#ifndef WEIR_INFER_SERVE_ASK_H
#define WEIR_INFER_SERVE_ASK_H

#include "infer/gen.h"
#include "infer/json_file.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SERVE_MAX_STOPS = 16,
    SERVE_MAX_STOP_BYTES = 1000,
    SERVE_MAX_ANSWERS = 64, // of a request: prompts × n
    SERVE_MAX_LIKELIEST = 20
};

enum serve_kind { SERVE_GENERATE, SERVE_COMPLETION, SERVE_CHAT };

struct ask {
    enum serve_kind kind;
    struct gen_opt gen;
    int has_seed, has_max;
    int64_t n;              // answers of a prompt
    int64_t likeliest;      // log probabilities: -1 none, else how many beside each token's
    int stream, usage;      // usage: in a stream too
    struct weir_span model; // empty: the first
    char *stop[SERVE_MAX_STOPS];
    size_t n_stop;
    /* Into the tree, as long as it lives. */
    struct weir_span instruction, input, form;
    struct weir_span schema; // JSON; p NULL: none
    struct json_node prompt; // text, texts, ids, or lists of ids
    struct json_node messages;
};

/* Why a request cannot be answered. */
struct refusal {
    unsigned status;
    const char *param, *code; // NULL: none
    char text[400];
};

/* Reads a body whose WEIR_PADDING bytes behind the end are readable; *tree is the caller's to free,
 * as is the ask.  0, or -1 after filling why. */
int ask_read(struct ask *a, enum serve_kind kind, struct weir_span body, json_tree **tree,
             weir_json *json, struct refusal *why);
void ask_free(struct ask *a);
/* Fills why; -1. */
int refuse(struct refusal *why, unsigned status, const char *param, const char *code,
           const char *fmt, ...) WEIR_PRINTF(5, 6);

#ifdef __cplusplus
}
#endif
#endif
