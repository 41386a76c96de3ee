/* Terms to Vectorscan databases: terms with ASCII letters apart, matched without case, because one
 * set of mixed flags is far slower than two. */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include "filters/lexicon.h"

/* What decides a database: library, processor, flags, and each term with its number. */
static void database_key(const lexicon *l, int caseless, char key[33])
{
    struct weir_buf b = {0};
    hs_platform_info_t cpu = {0};
    hs_populate_platform(&cpu);
    weir_buf_addf(&b, "%s %u %llu %d\n", hs_version(), cpu.tune,
                  (unsigned long long)cpu.cpu_features, caseless);
    for (size_t i = 0; i < l->n; i++)
        if (l->term[i].caseless == caseless) {
            weir_buf_addf(&b, "%zu ", i);
            weir_buf_add(&b, l->bytes.p + l->term[i].at, l->term[i].n + 1);
        }
    key[0] = 0;
    if (!b.failed) {
        XXH128_canonical_t c;
        XXH128_canonicalFromHash(&c, XXH3_128bits(b.p, b.n));
        for (size_t i = 0; i < sizeof c.digest; i++)
            snprintf(key + 2 * i, 3, "%02x", c.digest[i]);
    }
    weir_buf_free(&b);
}

struct patterns {
    const char **text;
    size_t *size;
    unsigned *flags, *id;
    unsigned n;
};

static void patterns_free(struct patterns *p)
{
    free(p->text);
    free(p->size);
    free(p->flags);
    free(p->id);
}

static int patterns_of(const lexicon *l, int caseless, struct patterns *p)
{
    p->text = weir_calloc(l->n, sizeof *p->text);
    p->size = weir_calloc(l->n, sizeof *p->size);
    p->flags = weir_calloc(l->n, sizeof *p->flags);
    p->id = weir_calloc(l->n, sizeof *p->id);
    if (!p->text || !p->size || !p->flags || !p->id)
        return WEIR_EMEM;
    for (size_t i = 0; i < l->n; i++)
        if (l->term[i].caseless == caseless) {
            p->text[p->n] = l->bytes.p + l->term[i].at;
            p->size[p->n] = l->term[i].n;
            p->flags[p->n] = caseless ? HS_FLAG_CASELESS : 0;
            p->id[p->n++] = (unsigned)i;
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

static int compile(const lexicon *l, int caseless, void **db, struct weir_err *err)
{
    char key[33];
    struct patterns p = {0};
    hs_compile_error_t *why = NULL;
    hs_database_t *made = NULL;
    int rc = patterns_of(l, caseless, &p);
    if (rc < 0)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    if (rc < 0 || !p.n)
        goto done;
    database_key(l, caseless, key);
    if ((*db = from_cache(key)) != NULL)
        goto done;
    if (hs_compile_lit_multi(p.text, p.flags, p.id, p.size, p.n, HS_MODE_BLOCK, NULL, &made,
                             &why) != HS_SUCCESS) {
        rc = weir_err_set(err, WEIR_EFAIL, "Vectorscan cannot compile the terms: %s",
                          why ? why->message : "unknown");
        hs_free_compile_error(why);
        goto done;
    }
    *db = made;
    to_cache(key, made);
done:
    patterns_free(&p);
    return rc;
}

int lexicon_compile(lexicon *l, struct weir_err *err)
{
    int rc = compile(l, 0, &l->exact, err);
    return rc < 0 ? rc : compile(l, 1, &l->caseless, err);
}
