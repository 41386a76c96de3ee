/* Folded terms to one Vectorscan database: case and form are folded away before, so that all terms
 * are literals without flags. */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/lexicon.h"
#include "lib/xxh.h"

/* Terms by their folded bytes, of equal ones the one added last at the end. */
static int compare_keys(const void *a, const void *b, void *lexicon_)
{
    const lexicon *l = lexicon_;
    const struct lexicon_term *x = l->term + *(const uint32_t *)a;
    const struct lexicon_term *y = l->term + *(const uint32_t *)b;
    const size_t n = x->key_n < y->key_n ? x->key_n : y->key_n;
    const int order = memcmp(l->bytes.p + x->key_at, l->bytes.p + y->key_at, n);
    if (order || x->key_n != y->key_n)
        return order ? order : x->key_n < y->key_n ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int is_same_key(const lexicon *l, const struct lexicon_term *x, const struct lexicon_term *y)
{
    return x->key_n == y->key_n &&
           memcmp(l->bytes.p + x->key_at, l->bytes.p + y->key_at, x->key_n) == 0;
}

/* Of one term given twice the user's word, which comes later, holds; but allowed is allowed. */
static int drop_copies(lexicon *l)
{
    uint32_t *order = weir_calloc(l->n, sizeof *order);
    if (!order)
        return WEIR_EMEM;
    for (size_t i = 0; i < l->n; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, l->n, sizeof *order, compare_keys, l);
    for (size_t i = 0; i + 1 < l->n; i++) {
        struct lexicon_term *x = l->term + order[i], *y = l->term + order[i + 1];
        if (!is_same_key(l, x, y))
            continue;
        if (x->category == LEX_ALLOW)
            y->category = LEX_ALLOW;
        x->key_n = 0;
    }
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (l->term[i].key_n)
            l->term[n++] = l->term[i];
    l->n = n;
    free(order);
    return 0;
}

/* What decides a database: library, processor, and each term with its number. */
static void database_key(const lexicon *l, char key[33])
{
    hs_platform_info_t cpu = {0};
    XXH3_state_t *state = XXH3_createState();
    char head[200];
    key[0] = 0;
    if (!state)
        return;
    hs_populate_platform(&cpu);
    const int n = snprintf(head, sizeof head, "%s %u %llu", hs_version(), cpu.tune,
                           (unsigned long long)cpu.cpu_features);
    XXH3_128bits_reset(state);
    XXH3_128bits_update(state, head, (size_t)n);
    for (size_t i = 0; i < l->n; i++) {
        XXH3_128bits_update(state, "\n", 1); // in no term
        XXH3_128bits_update(state, l->bytes.p + l->term[i].key_at, l->term[i].key_n);
    }
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(state));
    XXH3_freeState(state);
    for (size_t i = 0; i < sizeof c.digest; i++)
        snprintf(key + 2 * i, 3, "%02x", c.digest[i]);
}

struct patterns {
    const char **text;
    size_t *size;
    unsigned *flags, *id;
};

static void patterns_free(struct patterns *p)
{
    free(p->text);
    free(p->size);
    free(p->flags);
    free(p->id);
}

static int patterns_of(const lexicon *l, struct patterns *p)
{
    p->text = weir_calloc(l->n, sizeof *p->text);
    p->size = weir_calloc(l->n, sizeof *p->size);
    p->flags = weir_calloc(l->n, sizeof *p->flags);
    p->id = weir_calloc(l->n, sizeof *p->id);
    if (!p->text || !p->size || !p->flags || !p->id)
        return WEIR_EMEM;
    for (size_t i = 0; i < l->n; i++) {
        p->text[i] = l->bytes.p + l->term[i].key_at;
        p->size[i] = l->term[i].key_n;
        p->id[i] = (unsigned)i;
    }
    return 0;
}

static hs_database_t *from_cache(const char *key)
{
    struct weir_buf b = {0};
    hs_database_t *db = NULL;
    if (key[0] && lexicon_cache_read(key, &b) &&
        hs_deserialize_database(b.p, b.n, &db) != HS_SUCCESS)
        db = NULL;
    weir_buf_free(&b);
    return db;
}

static void to_cache(const char *key, const hs_database_t *db)
{
    char *bytes = NULL;
    size_t n = 0;
    if (key[0] && hs_serialize_database(db, &bytes, &n) == HS_SUCCESS)
        lexicon_cache_write(key, bytes, n);
    free(bytes);
}

static int compile(lexicon *l, struct weir_err *err)
{
    struct patterns p = {0};
    hs_compile_error_t *why = NULL;
    hs_database_t *made = NULL;
    int rc = patterns_of(l, &p);
    if (rc < 0)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    else if (hs_compile_lit_multi(p.text, p.flags, p.id, p.size, (unsigned)l->n, HS_MODE_BLOCK,
                                  NULL, &made, &why) != HS_SUCCESS)
        rc = weir_err_set(err, WEIR_EFAIL, "Vectorscan cannot compile the terms: %s",
                          why ? why->message : "unknown");
    hs_free_compile_error(why);
    patterns_free(&p);
    l->database = made;
    return rc;
}

/* Vectorscan takes 2,250 bytes a term on lists of 65,000 and 100,000 (measured); the arrays of
 * patterns and the sort are in it. */
uint64_t lexicon_compile_memory(const lexicon *l)
{
    return ((uint64_t)8 << 20) + l->n * 2400;
}

int lexicon_compile(lexicon *l, struct weir_err *err)
{
    char key[33];
    if (drop_copies(l) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!l->n)
        return 0;
    database_key(l, key);
    if ((l->database = from_cache(key)) != NULL)
        return 0;
    const int rc = compile(l, err);
    if (!rc)
        to_cache(key, l->database);
    return rc;
}
