/* The documents kept so far.  A row holds what identifies a document; tables lead from a hash of
 * its text and from each band of its signature to rows.  Bands are compared by their bytes, so what
 * is found does not depend on the tables' seed. */
#include "dedup/dedup_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <xxhash.h>

enum {
    ROWS_A_BLOCK = 1024,
    ARENA_BLOCK = 64 << 10,
    // Kept documents of one band that are compared with: more would make a family of documents with
    // a common part cost the square of its size.
    CHAIN = 32
};

struct rows { // fixed-size rows in blocks that never move
    unsigned char **block;
    size_t n_block, cap_block, row_bytes;
    uint32_t n;
};

struct dedup_index {
    int exact;
    struct dedup_plan plan; // bands 0: no near duplicates
    struct dedup_memory memory;
    uint64_t seed, n;
    char **arena; // ids, each behind its length
    size_t n_arena, cap_arena;
    char *arena_at; // where the next id goes
    size_t arena_left;
    struct rows exact_rows; // hash[2], id
    struct rows near_rows;  // id, signature
    struct dedup_table exact_table, *band_table;
};

static uint64_t random_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
        seed = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15 ^ (uintptr_t)&seed;
    return seed;
}

dedup_index *dedup_index_new(int exact, const struct dedup_plan *plan, uint64_t memory,
                             struct weir_err *err)
{
    dedup_index *ix = calloc(1, sizeof *ix);
    if (!ix)
        goto no_memory;
    ix->exact = exact;
    ix->memory.limit = memory;
    ix->seed = random_seed();
    ix->exact_rows.row_bytes = 2 * sizeof(uint64_t) + sizeof(char *);
    if (exact && dedup_table_init(&ix->exact_table, &ix->memory))
        goto no_memory;
    if (!plan)
        return ix;
    ix->plan = *plan;
    ix->near_rows.row_bytes = sizeof(char *) + plan->num_perm;
    ix->band_table = calloc(plan->bands, sizeof *ix->band_table);
    if (!ix->band_table)
        goto no_memory;
    for (unsigned i = 0; i < plan->bands; i++)
        if (dedup_table_init(&ix->band_table[i], &ix->memory))
            goto no_memory;
    return ix;
no_memory:
    dedup_index_free(ix);
    weir_err_set(err, WEIR_EMEM, "no memory for an index: raise -m");
    return NULL;
}

static void rows_free(struct rows *r)
{
    for (size_t i = 0; i < r->n_block; i++)
        free(r->block[i]);
    free(r->block);
}

void dedup_index_free(dedup_index *ix)
{
    if (!ix)
        return;
    for (size_t i = 0; i < ix->n_arena; i++)
        free(ix->arena[i]);
    free(ix->arena);
    rows_free(&ix->exact_rows);
    rows_free(&ix->near_rows);
    dedup_table_free(&ix->exact_table);
    for (unsigned i = 0; ix->band_table && i < ix->plan.bands; i++)
        dedup_table_free(&ix->band_table[i]);
    free(ix->band_table);
    free(ix);
}

static unsigned char *row_at(const struct rows *r, uint32_t row)
{
    return r->block[row / ROWS_A_BLOCK] + row % ROWS_A_BLOCK * r->row_bytes;
}

/* A block of bytes, appended to a list of blocks. */
static void *add_block(struct dedup_memory *m, void *list, size_t *n, size_t *cap, size_t bytes)
{
    void **blocks;
    if (dedup_memory_take(m, bytes) || weir_grow(list, cap, *n + 1, sizeof(void *)))
        return NULL;
    memcpy(&blocks, list, sizeof blocks);
    blocks[*n] = malloc(bytes);
    return blocks[*n] ? blocks[(*n)++] : NULL;
}

static unsigned char *rows_add(struct rows *r, struct dedup_memory *m)
{
    if (r->n == UINT32_MAX - 1)
        return NULL;
    if (r->n == r->n_block * ROWS_A_BLOCK &&
        !add_block(m, &r->block, &r->n_block, &r->cap_block, ROWS_A_BLOCK * r->row_bytes))
        return NULL;
    return row_at(r, r->n++);
}

static char *arena_add(dedup_index *ix, size_t bytes)
{
    return add_block(&ix->memory, &ix->arena, &ix->n_arena, &ix->cap_arena, bytes);
}

static char *keep_id(dedup_index *ix, struct weir_span id)
{
    const size_t need = sizeof id.n + id.n;
    char *at;
    if (need > ARENA_BLOCK / 4) {
        at = arena_add(ix, need);
    } else {
        if (need > ix->arena_left) {
            ix->arena_at = arena_add(ix, ARENA_BLOCK);
            ix->arena_left = ix->arena_at ? ARENA_BLOCK : 0;
        }
        at = ix->arena_at;
        if (at) {
            ix->arena_at += need;
            ix->arena_left -= need;
        }
    }
    if (!at)
        return NULL;
    memcpy(at, &id.n, sizeof id.n);
    if (id.n)
        memcpy(at + sizeof id.n, id.p, id.n);
    return at;
}

static struct weir_span kept_id(const unsigned char *pointer)
{
    const char *at;
    struct weir_span id;
    memcpy(&at, pointer, sizeof at);
    memcpy(&id.n, at, sizeof id.n);
    id.p = at + sizeof id.n;
    return id;
}

static uint32_t exact_tag(const dedup_index *ix, const struct dedup_key *k)
{
    return (uint32_t)XXH3_64bits_withSeed(k->hash, sizeof k->hash, ix->seed);
}

static int find_exact(const dedup_index *ix, const struct dedup_key *k, struct dedup_twin *twin)
{
    const uint32_t tag = exact_tag(ix, k);
    size_t at = DEDUP_TABLE_START;
    uint32_t row;
    while (dedup_table_next(&ix->exact_table, tag, &at, &row)) {
        const unsigned char *r = row_at(&ix->exact_rows, row);
        if (memcmp(r, k->hash, sizeof k->hash))
            continue;
        twin->id = kept_id(r + sizeof k->hash);
        return 1;
    }
    return 0;
}

static const uint8_t *row_sig(const dedup_index *ix, uint32_t row)
{
    return row_at(&ix->near_rows, row) + sizeof(char *);
}

static uint32_t band_tag(const dedup_index *ix, const uint8_t *band)
{
    return (uint32_t)XXH3_64bits_withSeed(band, ix->plan.rows, ix->seed);
}

/* The next row whose band b has the same bytes as sig's. */
static int next_in_band(const dedup_index *ix, unsigned b, uint32_t tag, const uint8_t *sig,
                        size_t *at, uint32_t *row)
{
    const size_t band_at = (size_t)b * ix->plan.rows;
    while (dedup_table_next(&ix->band_table[b], tag, at, row))
        if (!memcmp(row_sig(ix, *row) + band_at, sig + band_at, ix->plan.rows))
            return 1;
    return 0;
}

static int find_near(const dedup_index *ix, const struct dedup_key *k, struct dedup_twin *twin)
{
    uint32_t best = UINT32_MAX, row;
    twin->matches = ix->plan.min_matches;
    for (unsigned b = 0; b < ix->plan.bands; b++) {
        const uint32_t tag = band_tag(ix, k->sig + (size_t)b * ix->plan.rows);
        size_t at = DEDUP_TABLE_START;
        while (next_in_band(ix, b, tag, k->sig, &at, &row)) {
            if (row == best)
                continue;
            unsigned m = (unsigned)dedup_sig_matches(row_sig(ix, row), k->sig, ix->plan.num_perm);
            if (m > twin->matches || (m == twin->matches && row < best)) {
                twin->matches = m;
                best = row;
            }
        }
    }
    if (best == UINT32_MAX)
        return 0;
    twin->id = kept_id(row_at(&ix->near_rows, best));
    return 1;
}

enum dedup_verdict dedup_index_find(const dedup_index *ix, const struct dedup_key *k,
                                    struct dedup_twin *twin)
{
    if (ix->exact && find_exact(ix, k, twin))
        return DEDUP_EXACT;
    return ix->plan.bands && k->sig && find_near(ix, k, twin) ? DEDUP_NEAR : DEDUP_NEW;
}

static int add_exact(dedup_index *ix, const struct dedup_key *k, const char *id)
{
    const uint32_t row = ix->exact_rows.n;
    unsigned char *r = rows_add(&ix->exact_rows, &ix->memory);
    if (!r)
        return WEIR_EMEM;
    memcpy(r, k->hash, sizeof k->hash);
    memcpy(r + sizeof k->hash, &id, sizeof id);
    return dedup_table_add(&ix->exact_table, &ix->memory, exact_tag(ix, k), row);
}

static int add_near(dedup_index *ix, const struct dedup_key *k, const char *id)
{
    const uint32_t row = ix->near_rows.n;
    unsigned char *r = rows_add(&ix->near_rows, &ix->memory);
    if (!r)
        return WEIR_EMEM;
    memcpy(r, &id, sizeof id);
    memcpy(r + sizeof id, k->sig, ix->plan.num_perm);
    for (unsigned b = 0; b < ix->plan.bands; b++) {
        const uint32_t tag = band_tag(ix, k->sig + (size_t)b * ix->plan.rows);
        size_t at = DEDUP_TABLE_START;
        unsigned n = 0;
        uint32_t other;
        while (n < CHAIN && next_in_band(ix, b, tag, k->sig, &at, &other))
            n++;
        if (n < CHAIN && dedup_table_add(&ix->band_table[b], &ix->memory, tag, row))
            return WEIR_EMEM;
    }
    return 0;
}

int dedup_index_add(dedup_index *ix, const struct dedup_key *k, struct weir_err *err)
{
    const char *id = keep_id(ix, k->id);
    const int near = ix->plan.bands && k->sig;
    if (!id || (ix->exact && add_exact(ix, k, id)) || (near && add_near(ix, k, id)))
        return weir_err_set(err, WEIR_EMEM,
                            "the index is full: %llu documents fit in its %llu MiB; raise -m",
                            (unsigned long long)ix->n, (unsigned long long)ix->memory.limit >> 20);
    ix->n++;
    return 0;
}

uint64_t dedup_index_count(const dedup_index *ix)
{
    return ix->n;
}

uint64_t dedup_index_bytes(const dedup_index *ix)
{
    return ix->memory.used;
}
