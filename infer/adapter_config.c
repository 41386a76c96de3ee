#include <hs.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "infer/json_file.h"
#include "infer/lora.h"

enum { MAX_RANK = 1 << 20, MAX_PATTERNS = 4096 };

struct reader {
    struct adapter_config *c;
    struct json_node root;
    int is_alpha;
    struct weir_err *err;
};

static int bad(struct reader *r, const char *name, const char *what)
{
    return weir_err_set(r->err, WEIR_EBAD, "\"%s\" %s", name, what);
}

static int member(const struct reader *r, const char *name, struct json_node *value)
{
    return json_tree_get(r->root, name, value) && json_tree_type(*value) != WEIR_JSON_NULL;
}

static int flag(struct reader *r, const char *name)
{
    struct json_node n;
    int v = 0;
    if (member(r, name, &n) && !json_tree_bool(n, &v))
        bad(r, name, "is neither true nor false");
    return v;
}

/* As Python's re.match(rf"(.*\.)?({key})$", module); of a plain name none is needed. */
static int compile(struct adapter_pattern *p, struct weir_err *err)
{
    struct weir_buf b = {0};
    hs_compile_error_t *why = NULL;
    if (!p->key[strcspn(p->key, "\\^$|?*+()[]{}")]) // a dot stands for itself too
        return 0;
    weir_buf_addf(&b, "^(?:.*\\.)?(?:%s)$", p->key);
    weir_buf_addc(&b, '\0');
    int rc = weir_buf_check(&b, err);
    if (!rc && hs_compile(b.p, HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL, HS_MODE_BLOCK, NULL, &p->db,
                          &why) != HS_SUCCESS)
        rc = weir_err_set(err, WEIR_EBAD, "the pattern \"%.80s\": %s", p->key,
                          why ? why->message : "it cannot be read");
    hs_free_compile_error(why);
    weir_buf_free(&b);
    return rc;
}

static int add_pattern(void *ctx, struct weir_span key, struct json_node value)
{
    struct reader *r = ctx;
    struct adapter_config *c = r->c;
    const char *name = r->is_alpha ? "alpha_pattern" : "rank_pattern";
    double v;
    if (!json_tree_number(value, &v) || !isfinite(v) || (!r->is_alpha && (v < 1 || v > MAX_RANK)))
        return bad(r, name, "holds what is no number");
    if (!key.n || memchr(key.p, '\0', key.n) || c->n_pattern == MAX_PATTERNS)
        return bad(r, name, "holds an empty name, or too many");
    char *copy = strndup(key.p, key.n);
    if (!copy || weir_grow(&c->pattern, &c->cap_pattern, c->n_pattern + 1, sizeof *c->pattern)) {
        free(copy);
        return weir_err_set(r->err, WEIR_EMEM, "out of memory");
    }
    struct adapter_pattern *p = &c->pattern[c->n_pattern++];
    *p = (struct adapter_pattern){.key = copy, .is_alpha = r->is_alpha, .value = v};
    return compile(p, r->err);
}

static void patterns(struct reader *r, int is_alpha)
{
    const char *name = is_alpha ? "alpha_pattern" : "rank_pattern";
    struct json_node n;
    r->is_alpha = is_alpha;
    if (!member(r, name, &n))
        return;
    if (json_tree_type(n) != WEIR_JSON_OBJECT)
        bad(r, name, "is no object");
    else
        json_tree_each(n, add_pattern, r);
}

/* Initial values by which PEFT changed the base model too: without those changes the adapter is
 * another one. */
static void initial(struct reader *r)
{
    static const char *const harmless[] = {"gaussian", "eva", "orthogonal"};
    struct json_node n;
    struct weir_span s;
    if (!member(r, "init_lora_weights", &n) || !json_tree_string(n, &s))
        return;
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        if (weir_span_is(s, harmless[i]))
            return;
    weir_err_set(
        r->err, WEIR_EBAD,
        "\"init_lora_weights\" is %.*s, which changed the base model too: save the adapter "
        "with path_initial_model_for_weight_conversion",
        (int)(s.n < 40 ? s.n : 40), s.p);
}

static void refuse(struct reader *r)
{
    static const char *const flags[] = {"use_dora", "use_qalora", "lora_bias"};
    static const char *const lists[] = {"megatron_config", "target_parameters", "layer_replication",
                                        "alora_invocation_tokens", "trainable_token_indices"};
    struct json_node n;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flag(r, flags[i]))
            bad(r, flags[i], "is not supported");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (member(r, lists[i], &n))
            bad(r, lists[i], "is not supported");
    initial(r);
}

static int read_all(void *ctx, struct json_node root, struct weir_err *err)
{
    struct reader all = {.c = ctx, .root = root, .err = err}, *r = &all;
    struct json_node n;
    struct weir_span s = {0};
    if (!member(r, "peft_type", &n) || !json_tree_string(n, &s) || !weir_span_is(s, "LORA"))
        return weir_err_set(err, WEIR_EBAD, "\"peft_type\" is %.*s: LORA is supported",
                            (int)(s.n < 40 ? s.n : 40), s.n ? s.p : "");
    if (!member(r, "r", &n) || !json_tree_whole(n, &r->c->rank) || r->c->rank < 1 ||
        r->c->rank > MAX_RANK)
        bad(r, "r", "is no rank");
    if (!member(r, "lora_alpha", &n) || !json_tree_number(n, &r->c->alpha) ||
        !isfinite(r->c->alpha))
        bad(r, "lora_alpha", "is no number");
    r->c->root_scale = flag(r, "use_rslora");
    r->c->some_layers = member(r, "layers_to_transform", &n) || member(r, "exclude_modules", &n) ||
                        (member(r, "target_modules", &n) && json_tree_type(n) != WEIR_JSON_ARRAY);
    patterns(r, 0);
    patterns(r, 1);
    refuse(r);
    return err->code;
}

int adapter_config_read(struct adapter_config *c, const char *path, struct weir_err *err)
{
    *c = (struct adapter_config){0};
    return json_file(path, read_all, c, err);
}

void adapter_config_free(struct adapter_config *c)
{
    for (size_t i = 0; i < c->n_pattern; i++) {
        free(c->pattern[i].key);
        hs_free_database(c->pattern[i].db);
    }
    free(c->pattern);
    *c = (struct adapter_config){0};
}

/* ---- which pattern is a module's ---- */

static int ends_in(const char *module, const char *key)
{
    const size_t n = strlen(module), k = strlen(key);
    return n >= k && !strcmp(module + n - k, key) && (n == k || module[n - k - 1] == '.');
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *ctx)
{
    (void)id, (void)from, (void)to, (void)flags;
    *(int *)ctx = 1;
    return 1;
}

static int scan(const hs_database_t *db, const char *module, int *met, struct weir_err *err)
{
    hs_scratch_t *scratch = NULL;
    hs_error_t rc = hs_alloc_scratch(db, &scratch);
    if (rc == HS_SUCCESS)
        rc = hs_scan(db, module, (unsigned)strlen(module), 0, scratch, on_match, met);
    hs_free_scratch(scratch);
    return rc == HS_SUCCESS || rc == HS_SCAN_TERMINATED
               ? 0
               : weir_err_set(err, WEIR_EMEM, "out of memory for a pattern of the adapter");
}

static int matches(const struct adapter_pattern *p, const char *module, struct weir_err *err)
{
    int met = 0;
    if (!p->db)
        return ends_in(module, p->key);
    const int rc = scan(p->db, module, &met, err);
    return rc ? rc : met;
}

int adapter_config_of(const struct adapter_config *c, const char *module, int64_t *rank,
                      float *scale, struct weir_err *err)
{
    double r = (double)c->rank, alpha = c->alpha;
    int found[2] = {0};
    for (size_t i = 0; i < c->n_pattern; i++) {
        const struct adapter_pattern *p = &c->pattern[i];
        const int met = found[p->is_alpha] ? 0 : matches(p, module, err);
        if (met < 0)
            return met;
        if (met)
            *(p->is_alpha ? &alpha : &r) = p->value;
        found[p->is_alpha] |= met;
    }
    *rank = (int64_t)r;
    *scale = (float)(alpha / (c->root_scale ? sqrt(r) : r));
    return 0;
}
