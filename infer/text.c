#include "infer/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "infer/json_file.h"

static int in_folder(struct weir_buf *b, const char *folder, const char *name, struct weir_err *err)
{
    b->n = 0;
    weir_buf_addf(b, "%s/%s", folder, name);
    weir_buf_addc(b, '\0');
    return weir_buf_check(b, err);
}

/* What tokenizer_config.json says of BOS wins over what the kind of model does. */
static int read_add_bos(void *ctx, struct json_node root, struct weir_err *err)
{
    struct json_node n;
    int add;
    (void)err;
    if (json_tree_get(root, "add_bos_token", &n) && json_tree_bool(n, &add))
        *(int *)ctx = add;
    return 0;
}

static int find_tokenizer(const char *folder, struct weir_buf *path, struct weir_err *err)
{
    static const char *const names[] = {"tokenizer.model", "tokenizer.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (in_folder(path, folder, names[i], err))
            return err->code;
        if (!access(path->p, R_OK))
            return 0;
    }
    return weir_err_set(err, WEIR_EUSAGE,
                        "%s has no tokenizer.model or tokenizer.json: name one with --tokenizer",
                        folder);
}

static int decide_bos(struct tongue *t, const char *folder, const struct model_config *c,
                      struct weir_err *err)
{
    struct weir_buf path = {0};
    int add = c->bos_first;
    int rc = in_folder(&path, folder, "tokenizer_config.json", err);
    if (!rc && !access(path.p, R_OK))
        rc = json_file(path.p, read_add_bos, &add, err);
    weir_buf_free(&path);
    t->bos = add ? c->bos : UINT32_MAX;
    return rc;
}

int tongue_open(struct tongue *t, const char *model_path, const char *tokenizer,
                const struct model_config *c, struct weir_err *err)
{
    struct weir_buf path = {0};
    *t = (struct tongue){.bos = UINT32_MAX};
    int rc = tokenizer ? 0 : find_tokenizer(model_path, &path, err);
    if (!rc && !(t->tok = weir_tok_open(tokenizer ? tokenizer : path.p, err)))
        rc = err->code;
    if (!rc && weir_tok_vocab_size(t->tok) > c->n_vocab)
        rc = weir_err_set(err, WEIR_EBAD, "%s has %u ids, the model %u: it belongs to another one",
                          tokenizer ? tokenizer : path.p, weir_tok_vocab_size(t->tok), c->n_vocab);
    if (!rc)
        rc = decide_bos(t, model_path, c, err);
    weir_buf_free(&path);
    return rc;
}

void tongue_close(struct tongue *t)
{
    weir_tok_free(t->tok);
    t->tok = NULL;
}

/* ---- answers ---- */

/* Models have more ids than their tokenizer where tables are padded: those are no text, as with
 * transformers. */
static int add_text(struct answer *a, uint32_t id, struct weir_err *err)
{
    return id < weir_tok_vocab_size(a->tongue->tok)
               ? weir_tok_stream_next(a->tongue->tok, &a->stream, id, &a->text, err)
               : 0;
}

int answer_start(struct answer *a, const struct tongue *t, const uint32_t *prompt, size_t n,
                 struct weir_err *err)
{
    a->tongue = t;
    for (size_t i = 0; i < n; i++) {
        if (add_text(a, prompt[i], err))
            return err->code;
        a->text.n = 0;
    }
    a->start = a->stream;
    return 0;
}

void answer_again(struct answer *a)
{
    a->stream = a->start;
    a->text.n = 0;
    a->stopped = 0;
}

/* Whether a stop text ends in what is new since `from`; the text is cut before the first. */
static int cut_at_stop(struct answer *a, size_t from)
{
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < a->n_stop; i++) {
        const size_t n = strlen(a->stop[i]), back = from > n ? from - n : 0;
        const char *p =
            n && a->text.n ? memmem(a->text.p + back, a->text.n - back, a->stop[i], n) : NULL;
        if (p && (size_t)(p - a->text.p) < first)
            first = (size_t)(p - a->text.p);
    }
    if (first == SIZE_MAX)
        return 0;
    a->text.n = first;
    return a->stopped = 1;
}

int answer_token(struct answer *a, uint32_t id, struct weir_err *err)
{
    const size_t from = a->text.n;
    if (add_text(a, id, err))
        return err->code;
    return cut_at_stop(a, from);
}

int answer_end(struct answer *a, struct weir_err *err)
{
    const size_t from = a->text.n;
    if (a->stopped)
        return 0;
    if (weir_tok_stream_end(&a->stream, &a->text, err))
        return err->code;
    cut_at_stop(a, from);
    return 0;
}

size_t answer_certain(const struct answer *a)
{
    size_t hold = 0;
    for (size_t i = 0; i < a->n_stop && !a->stopped; i++)
        for (size_t n = strlen(a->stop[i]); n-- > hold;)
            if (n <= a->text.n && !memcmp(a->text.p + a->text.n - n, a->stop[i], n)) {
                hold = n;
                break;
            }
    return a->text.n - hold;
}

void answer_free(struct answer *a)
{
    weir_buf_free(&a->text);
}
