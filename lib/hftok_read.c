/* The model of a tokenizer.json: vocabulary and merges. */
#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 4096 };

/* ---- the byte alphabet of GPT-2: printable Latin-1 stands for itself, the rest from U+0100 on --
 */

static int is_printable(unsigned byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

static int byte_of(uint32_t c)
{
    if (c < 256)
        return is_printable(c) ? (int)c : -1;
    unsigned others = c - 256;
    for (unsigned b = 0; b < 256; b++)
        if (!is_printable(b) && others-- == 0)
            return (int)b;
    return -1;
}

/* byte_of() as a table: -1 and all characters it knows are below U+0144. */
static int alphabet(uint32_t c)
{
    enum { END = 0x144 };
    static _Atomic int16_t table[END]; // byte + 2, 1 for none, 0 not known yet
    if (c >= END)
        return -1;
    if (!table[c])
        table[c] = (int16_t)(byte_of(c) + 2);
    return table[c] - 2;
}

int hf_name_bytes(struct weir_span name, struct weir_buf *to)
{
    unsigned len;
    const size_t before = to->n;
    for (size_t at = 0; at < name.n; at += len) {
        const int byte = alphabet(weir_utf8_decode(name.p + at, name.n - at, &len));
        if (byte < 0) {
            to->n = before;
            return 0;
        }
        weir_buf_addc(to, (char)byte);
    }
    return 1;
}

int hf_spell(const hftok *t, struct weir_span name, struct weir_buf *to)
{
    if (!t->pieces)
        return hf_name_bytes(name, to);
    weir_buf_add(to, name.p, name.n);
    return 1;
}

/* ---- vocabulary ---- */

struct reader {
    hftok *t;
    struct weir_err *err;
    struct weir_buf text;
    size_t index;
};

static int refuse(struct weir_err *err, const char *what)
{
    return weir_err_set(err, WEIR_EUSAGE, "%s is not supported", what);
}

static int read_token(void *ctx, struct weir_span name, struct json_node value)
{
    struct reader *r = ctx;
    hftok *t = r->t;
    int64_t id;
    if (!json_tree_whole(value, &id) || id < 0)
        return weir_err_set(r->err, WEIR_EBAD, "the vocabulary holds an id that is no number");
    if (id >= HF_NONE)
        return refuse(r->err, "an id above a million");
    if (!name.n || name.n > MAX_NAME)
        return weir_err_set(r->err, WEIR_EBAD, "token %d is empty or longer than 4096 bytes",
                            (int)id);
    if ((size_t)id >= t->n_ids) {
        if (weir_grow(&t->tokens, &t->cap_tokens, (size_t)id + 1, sizeof *t->tokens))
            return weir_err_set(r->err, WEIR_EMEM, "out of memory");
        memset(t->tokens + t->n_ids, 0, ((size_t)id + 1 - t->n_ids) * sizeof *t->tokens);
        t->n_ids = (size_t)id + 1;
    }
    struct hf_token *k = &t->tokens[id];
    if (k->there)
        return weir_err_set(r->err, WEIR_EBAD, "two tokens have the id %d", (int)id);
    *k = (struct hf_token){.there = 1};
    k->name_at = (uint32_t)t->names.n;
    k->n_name = (uint32_t)name.n;
    weir_buf_add(&t->names, name.p, name.n);
    k->bytes_at = (uint32_t)t->texts.n;
    k->spelled = (uint8_t)hf_spell(t, name, &t->texts);
    if (!k->spelled)
        weir_buf_add(&t->texts, name.p, name.n);
    k->n_bytes = (uint32_t)t->texts.n - k->bytes_at;
    t->n_vocab++;
    return 0;
}

/* ---- merges ---- */

static int add_merge(struct reader *r, struct weir_span left, struct weir_span right)
{
    hftok *t = r->t;
    struct weir_buf *b = &r->text;
    b->n = 0;
    const int one = hf_spell(t, left, b);
    const size_t n = b->n;
    if (!one || !hf_spell(t, right, b))
        return weir_err_set(r->err, WEIR_EUSAGE,
                            "merge %zu, which is not of the byte alphabet, is not supported",
                            r->index);
    if (b->failed ||
        weir_grow(&t->merge_list, &t->cap_merges, t->n_merges + 1, sizeof *t->merge_list))
        return weir_err_set(r->err, WEIR_EMEM, "out of memory");
    struct hf_merge m = {HF_NONE, HF_NONE, HF_NONE};
    if (n && b->n > n) {
        m.left = hf_find(t, b->p, n);
        m.right = hf_find(t, b->p + n, b->n - n);
        m.made = hf_find(t, b->p, b->n);
    }
    if (m.left == HF_NONE || m.right == HF_NONE || m.made == HF_NONE)
        return weir_err_set(r->err, WEIR_EBAD, "merge %zu is of tokens that do not exist",
                            r->index);
    if (t->n_merges >= HF_NO_RANK)
        return refuse(r->err, "a list of 16 million merges");
    t->merge_list[t->n_merges++] = m;
    return 0;
}

struct pair {
    struct weir_span of[2];
    int n;
};

static int add_part(void *ctx, struct weir_span key, struct json_node value)
{
    struct pair *p = ctx;
    (void)key;
    if (p->n == 2 || !json_tree_string(value, &p->of[p->n]))
        return 1;
    p->n++;
    return 0;
}

/* "a b", or ["a","b"] */
static int read_merge(void *ctx, struct weir_span key, struct json_node value)
{
    struct reader *r = ctx;
    struct weir_span s;
    struct pair p = {.n = 0};
    (void)key;
    r->index++;
    if (json_tree_type(value) == WEIR_JSON_ARRAY) {
        if (json_tree_each(value, add_part, &p) || p.n != 2)
            return weir_err_set(r->err, WEIR_EBAD, "merge %zu is no pair", r->index);
        return add_merge(r, p.of[0], p.of[1]);
    }
    if (!json_tree_string(value, &s))
        return weir_err_set(r->err, WEIR_EBAD, "merge %zu is no pair", r->index);
    if (s.n >= 8 && !memcmp(s.p, "#version", 8))
        return 0;
    const char *space = memchr(s.p, ' ', s.n);
    if (!space || memchr(space + 1, ' ', s.n - (size_t)(space + 1 - s.p)))
        return weir_err_set(r->err, WEIR_EBAD, "merge %zu is no pair", r->index);
    const size_t n = (size_t)(space - s.p);
    return add_merge(r, weir_span(s.p, n), weir_span(space + 1, s.n - n - 1));
}

/* ---- the model ---- */

static int is_set(struct json_node model, const char *name)
{
    struct json_node n;
    int on;
    return json_tree_get(model, name, &n) && json_tree_bool(n, &on) && on;
}

static int has_text(struct json_node model, const char *name)
{
    struct json_node n;
    struct weir_span s;
    return json_tree_get(model, name, &n) && json_tree_string(n, &s) && s.n;
}

static int check_model(struct json_node model, struct weir_err *err)
{
    struct json_node n;
    struct weir_span type;
    double dropout;
    if (json_tree_get(model, "type", &n) && json_tree_string(n, &type) &&
        !weir_span_is(type, "BPE"))
        return weir_err_set(err, WEIR_EUSAGE, "a model of type %.*s is not supported",
                            (int)(type.n < 100 ? type.n : 100), type.p);
    if (json_tree_get(model, "dropout", &n) && json_tree_number(n, &dropout) && dropout != 0)
        return refuse(err, "dropout");
    if (has_text(model, "continuing_subword_prefix"))
        return refuse(err, "continuing_subword_prefix");
    if (has_text(model, "end_of_word_suffix"))
        return refuse(err, "end_of_word_suffix");
    if (is_set(model, "byte_fallback") && is_set(model, "ignore_merges"))
        return refuse(err, "byte_fallback with ignore_merges");
    return 0;
}

static int read_model(struct reader *r, struct json_node model)
{
    hftok *t = r->t;
    struct json_node n;
    if (check_model(model, r->err))
        return r->err->code;
    t->ignore_merges = is_set(model, "ignore_merges");
    t->pieces = is_set(model, "byte_fallback");
    if (!json_tree_get(model, "vocab", &n) || json_tree_type(n) != WEIR_JSON_OBJECT)
        return weir_err_set(r->err, WEIR_EBAD, "the model has no vocabulary");
    if (json_tree_each(n, read_token, r))
        return r->err->code;
    if (weir_buf_check(&t->names, r->err) || weir_buf_check(&t->texts, r->err) ||
        hf_texts_build(t, r->err))
        return r->err->code;
    if (!json_tree_get(model, "merges", &n) || json_tree_type(n) != WEIR_JSON_ARRAY)
        return weir_err_set(r->err, WEIR_EBAD, "the model has no merges");
    if (json_tree_each(n, read_merge, r))
        return r->err->code;
    return hf_merges_build(t, r->err);
}

int hf_read(hftok *t, struct json_node root, struct weir_err *err)
{
    struct reader r = {.t = t, .err = err};
    struct json_node model;
    if (!json_tree_get(root, "model", &model) || json_tree_type(model) != WEIR_JSON_OBJECT)
        return weir_err_set(err, WEIR_EBAD, "no tokenizer.json: it has no model");
    const int rc = read_model(&r, model);
    weir_buf_free(&r.text);
    free(t->merge_list);
    t->merge_list = NULL;
    return rc;
}
