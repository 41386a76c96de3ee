/* Bodies of requests to weir infer serve, of each kind of call. */
#include <stdlib.h>
#include <string.h>

#include "infer/serve_ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int count(void *ctx, struct weir_span key, struct json_node v)
{
    (void)key;
    *(size_t *)ctx += json_tree_type(v) == WEIR_JSON_STRING;
    return 0;
}

static void check(const struct ask *a)
{
    size_t strings = 0;
    const int sound = a->gen.beams >= 1 && a->gen.beams <= GEN_MAX_BEAMS && a->gen.max_new >= 1 &&
                      a->gen.top_p > 0 && a->gen.top_p <= 1 && a->gen.temperature > 0 &&
                      a->gen.repetition_penalty > 0 && a->n >= 1 && a->n <= SERVE_MAX_ANSWERS &&
                      a->likeliest >= -1 && a->likeliest <= SERVE_MAX_LIKELIEST &&
                      a->n_stop <= SERVE_MAX_STOPS;
    if (!sound)
        abort();
    for (size_t i = 0; i < a->n_stop; i++)
        if (!a->stop[i][0])
            abort();
    if (a->kind == SERVE_CHAT)
        json_tree_each(a->messages, count, &strings);
    if (a->kind == SERVE_COMPLETION)
        json_tree_each(a->prompt, count, &strings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static weir_json *json;
    struct weir_err err = {0};
    struct weir_buf body = {0};
    if (!json)
        json = weir_json_new(&err);
    weir_buf_add(&body, data, n);
    if (weir_buf_reserve(&body, 0) || !json)
        return 0;
    for (int kind = SERVE_GENERATE; kind <= SERVE_CHAT; kind++) {
        struct ask a;
        struct refusal why = {0};
        json_tree *tree = NULL;
        if (!ask_read(&a, (enum serve_kind)kind, weir_buf_span(&body), &tree, json, &why))
            check(&a);
        else if (why.status != 400 || !why.text[0])
            abort();
        ask_free(&a);
        json_tree_free(tree);
    }
    weir_buf_free(&body);
    return 0;
}
