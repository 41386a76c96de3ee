/* Names for the look-up, and the redirects among them. */
#include "kg2instruction/kg_build.h"

/* A name without what only tells it from others: 张伟 (演员), 《红楼梦》.  Its key's bytes, or n 0.
 */
static struct weir_span bare_of(struct weir_span key, unsigned kinds)
{
    static const char open[] = "\xE3\x80\x8A", close[] = "\xE3\x80\x8B"; // 《 》
    const struct weir_span none = {NULL, 0};
    if (key.n > 6 && !memcmp(key.p, open, 3) && !memcmp(key.p + key.n - 3, close, 3))
        return weir_span(key.p + 3, key.n - 6);
    if (!(kinds & (KG_TITLE | KG_REDIRECT)) || !key.n || key.p[key.n - 1] != ')')
        return none;
    const char *bracket = memrchr(key.p, '(', key.n);
    size_t n = bracket ? (size_t)(bracket - key.p) : 0;
    while (n && key.p[n - 1] == ' ')
        n--;
    return weir_span(key.p, n);
}

static int add_key(struct weir_span key, uint32_t popularity, kg_id id, uint64_t sets,
                   struct weir_buf *scratch, kg_add_fn add, void *ctx, struct weir_err *err)
{
    const unsigned rest = UINT16_MAX - popularity;
    const size_t at = scratch->n;
    char tail[KG_NAME_TAIL] = {0, (char)(rest >> 8), (char)rest}, value[KG_SETS_MAX];
    size_t n = 0;
    kg_put_be32(tail + 3, id);
    for (; sets >= 0x80; sets >>= 7)
        value[n++] = (char)(sets | 0x80);
    value[n++] = (char)sets;
    weir_buf_add(scratch, key.p, key.n);
    weir_buf_add(scratch, tail, sizeof tail);
    if (weir_buf_check(scratch, err))
        return WEIR_EMEM;
    return add(ctx, weir_span(scratch->p + at, scratch->n - at), weir_span(value, n), err);
}

int kg_add_name(struct weir_buf *scratch, struct weir_span simplified, kg_id id,
                uint32_t popularity, unsigned kinds, unsigned lang, kg_add_fn add, void *ctx,
                struct weir_err *err)
{
    const uint64_t langs = (uint64_t)1 << lang << KG_KIND_BITS;
    scratch->n = 0;
    kg_fold_simplified(simplified, scratch);
    const size_t n = scratch->n;
    if (weir_buf_check(scratch, err))
        return WEIR_EMEM;
    if (!n || n > KG_KEY_MAX)
        return n > 0;
    /* Room for both keys behind this one, so that it stays where it is. */
    if (weir_buf_reserve(scratch, 2 * (n + KG_NAME_TAIL)))
        return weir_buf_check(scratch, err);
    const struct weir_span key = weir_span(scratch->p, n), bare = bare_of(key, kinds);
    int rc = add_key(key, popularity, id, kinds | langs, scratch, add, ctx, err);
    if (!rc && bare.n)
        rc = add_key(bare, popularity, id, KG_BARE | langs, scratch, add, ctx, err);
    return rc;
}

static int to_names(void *ctx, struct weir_span key, struct weir_span value, struct weir_err *err)
{
    return weir_extsort_add(ctx, key, value, err);
}

struct join {
    struct kg_build *k;
    struct weir_buf target; // language + 1 and title of the article at hand, NUL behind
    kg_id id;
    uint32_t popularity;
    struct kg_fold_scratch fold;
    struct weir_buf name, key;
};

/* Articles stand before the redirects to them. */
static int join_one(struct join *j, struct weir_span key, struct weir_span value,
                    struct weir_err *err)
{
    const struct weir_span target = weir_span(key.p, key.n - 1);
    if (!key.p[key.n - 1]) {
        j->target.n = 0;
        weir_buf_add(&j->target, target.p, target.n);
        j->id = kg_get_be32(value.p);
        uint16_t popularity;
        memcpy(&popularity, value.p + 4, 2);
        j->popularity = popularity;
        return weir_buf_check(&j->target, err);
    }
    if (!weir_span_eq(target, weir_buf_span(&j->target))) {
        j->k->n_lost_redirects++;
        return 0;
    }
    j->k->n_joined++;
    j->name.n = 0;
    if (kg_fold_simplify(j->k->fold, &j->fold, value, &j->name))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc =
        kg_add_name(&j->key, weir_buf_span(&j->name), j->id, j->popularity, KG_REDIRECT,
                    (unsigned char)key.p[0] - 1u, to_names, j->k->sorter[KG_SORT_NAMES], err);
    j->k->n_long_names += rc > 0;
    return rc < 0 ? rc : 0;
}

int kg_join_redirects(struct kg_build *k, struct weir_err *err)
{
    struct join j = {.k = k};
    struct weir_span key, value;
    int got, rc = 0;
    while (!rc && (got = weir_extsort_next(k->sorter[KG_SORT_TITLES], &key, &value, err)) != 0) {
        rc = got < 0 ? got : join_one(&j, key, value, err);
        weir_job_progress(k->job, -1);
    }
    weir_buf_free(&j.target);
    weir_buf_free(&j.name);
    weir_buf_free(&j.key);
    kg_fold_scratch_free(&j.fold);
    return rc;
}
