/* The documents kept so far, in rows by the order in which they were kept; tables lead from a hash
 * of the text and from each band of the signature to rows.  Bands are compared by their bytes, so
 * what is found does not depend on the tables' seed.
 *
 * The twin is the earliest kept document that makes a document a copy.  When that document has an
 * exact twin E, none before E is near it, for the signature of both is the same, and what is near
 * it would have dropped E.  (Only with --shingle auto can one text, written in other characters,
 * have other shingles; then the earliest decides like everywhere.) */
#include "dedup/dedup_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/xxh.h"
#include "weir/io.h"

#define NO_ROW UINT32_MAX

enum { ROWS_A_BLOCK = 1024, ARENA_BLOCK = 64 << 10 };

struct rows { // fixed-size rows in blocks that never move
    unsigned char **block;
    size_t n_block, cap_block, row_bytes;
    uint32_t n;
};

/* A row: pointer to the id, then what the plan asks for: the text's hash, the signature, and where
 * the shingle set is. */
struct place {
    uint64_t at; // in the file of sets
    uint32_t bytes, size;
};

struct dedup_index {
    struct dedup_plan plan;
    struct dedup_memory memory;
    uint64_t seed;
    size_t sig_bytes, band_bytes, sig_at, place_at; // of a signature, a band; in a row
    struct rows rows;
    char **arena; // ids, each behind its length
    size_t n_arena, cap_arena;
    char *arena_at; // where the next id goes
    size_t arena_left;
    struct dedup_table exact_table, *band_table;
    uint32_t *candidate; // rows that share a band: bands * DEDUP_CROWD
    weir_io *sets;       // the kept documents' shingle sets, one behind another
    struct weir_buf set; // one of them
    uint64_t n_compared;
};

static uint64_t random_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
        seed = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15 ^ (uintptr_t)&seed;
    return seed;
}

static int init_near(dedup_index *ix, const char *temp_dir, struct weir_err *err)
{
    const unsigned bands = ix->plan.bands;
    ix->band_table = calloc(bands, sizeof *ix->band_table);
    ix->candidate = weir_calloc((size_t)bands * DEDUP_CROWD, sizeof *ix->candidate);
    if (!ix->band_table || !ix->candidate)
        return WEIR_EMEM;
    for (unsigned i = 0; i < bands; i++)
        if (dedup_table_init(&ix->band_table[i], &ix->memory))
            return WEIR_EMEM;
    ix->sets = ix->plan.verify ? weir_io_open_temp(temp_dir, err) : NULL;
    return ix->plan.verify && !ix->sets ? WEIR_EIO : 0;
}

dedup_index *dedup_index_new(const struct dedup_plan *plan, uint64_t memory, const char *temp_dir,
                             struct weir_err *err)
{
    dedup_index *ix = calloc(1, sizeof *ix);
    if (!ix)
        goto fail;
    ix->plan = *plan;
    ix->memory.limit = memory;
    ix->seed = random_seed();
    ix->sig_bytes = plan->near ? (size_t)plan->num_perm * plan->value_bytes : 0;
    ix->band_bytes = (size_t)plan->rows * plan->value_bytes;
    ix->sig_at = sizeof(char *) + (plan->exact ? 2 * sizeof(uint64_t) : 0);
    ix->place_at = ix->sig_at + ix->sig_bytes;
    ix->rows.row_bytes = ix->place_at + (plan->verify ? sizeof(struct place) : 0);
    if (plan->exact && dedup_table_init(&ix->exact_table, &ix->memory))
        goto fail;
    if (plan->near && init_near(ix, temp_dir, err))
        goto fail;
    return ix;
fail:
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
    rows_free(&ix->rows);
    dedup_table_free(&ix->exact_table);
    for (unsigned i = 0; ix->band_table && i < ix->plan.bands; i++)
        dedup_table_free(&ix->band_table[i]);
    free(ix->band_table);
    free(ix->candidate);
    weir_io_abort(ix->sets);
    weir_buf_free(&ix->set);
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

static int rows_reserve(struct rows *r, struct dedup_memory *m)
{
    if (r->n < r->n_block * ROWS_A_BLOCK)
        return 0;
    if (r->n >= UINT32_MAX - 2 * ROWS_A_BLOCK ||
        !add_block(m, &r->block, &r->n_block, &r->cap_block, ROWS_A_BLOCK * r->row_bytes))
        return WEIR_EMEM;
    return 0;
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

static uint32_t find_exact(const dedup_index *ix, const struct dedup_key *k)
{
    const uint32_t tag = exact_tag(ix, k);
    size_t at = DEDUP_TABLE_START;
    uint32_t row;
    while (dedup_table_next(&ix->exact_table, tag, &at, &row))
        if (!memcmp(row_at(&ix->rows, row) + sizeof(char *), k->hash, sizeof k->hash))
            return row;
    return NO_ROW;
}

static const uint8_t *row_sig(const dedup_index *ix, uint32_t row)
{
    return row_at(&ix->rows, row) + ix->sig_at;
}

static uint32_t band_tag(const dedup_index *ix, const uint8_t *band)
{
    return (uint32_t)XXH3_64bits_withSeed(band, ix->band_bytes, ix->seed);
}

/* The next row whose band b has the same bytes as sig's. */
static int next_in_band(const dedup_index *ix, unsigned b, uint32_t tag, const uint8_t *sig,
                        size_t *at, uint32_t *row)
{
    const size_t band_at = b * ix->band_bytes;
    while (dedup_table_next(&ix->band_table[b], tag, at, row))
        if (!memcmp(row_sig(ix, *row) + band_at, sig + band_at, ix->band_bytes))
            return 1;
    return 0;
}

static int by_row(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Rows that share a band with k, ascending, some of them several times; each adds to the crowd of
 * that band. */
static size_t gather(dedup_index *ix, const struct dedup_key *k, uint8_t *crowd)
{
    size_t n = 0;
    for (unsigned b = 0; b < ix->plan.bands; b++) {
        const uint32_t tag = band_tag(ix, k->sig + b * ix->band_bytes);
        size_t at = DEDUP_TABLE_START;
        uint32_t row;
        while (next_in_band(ix, b, tag, k->sig, &at, &row)) {
            ix->candidate[n++] = row;
            crowd[b]++;
        }
    }
    if (n > 1)
        qsort(ix->candidate, n, sizeof *ix->candidate, by_row);
    return n;
}

static size_t sig_matches(const dedup_index *ix, const uint8_t *a, const uint8_t *b)
{
    const size_t n = ix->plan.num_perm, width = ix->plan.value_bytes;
    size_t matches = 0;
    if (width == 1)
        return dedup_sig_matches(a, b, n);
    for (size_t i = 0; i < n; i++)
        matches += !memcmp(a + i * width, b + i * width, width);
    return matches;
}

/* Whether the shingle sets are similar enough: 1 and the similarity, 0, negative on error.  Sets of
 * too different sizes are not read, so that no giant is read for a small text. */
static int verify(dedup_index *ix, const struct dedup_key *k, uint32_t row, double *similarity,
                  struct weir_err *err)
{
    struct place place;
    memcpy(&place, row_at(&ix->rows, row) + ix->place_at, sizeof place);
    const double mine = (double)dedup_set_size(k->set), its = place.size;
    if ((mine < its ? mine / its : its / mine) < ix->plan.threshold)
        return 0;
    weir_buf_reset(&ix->set, ARENA_BLOCK);
    if (weir_buf_reserve(&ix->set, place.bytes))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc = weir_io_pread(ix->sets, place.at, ix->set.p, place.bytes, err);
    if (rc)
        return rc;
    *similarity = dedup_set_jaccard(k->set, weir_span(ix->set.p, place.bytes));
    return *similarity >= ix->plan.threshold;
}

static int similar(dedup_index *ix, const struct dedup_key *k, uint32_t row, double *similarity,
                   struct weir_err *err)
{
    ix->n_compared++;
    if (ix->plan.verify)
        return verify(ix, k, row, similarity, err);
    const size_t m = sig_matches(ix, row_sig(ix, row), k->sig);
    *similarity = dedup_plan_estimate(&ix->plan, (unsigned)m);
    return m >= ix->plan.min_matches;
}

/* The first row before limit that is near k, or NO_ROW. */
static int find_near(dedup_index *ix, const struct dedup_key *k, uint32_t limit, uint8_t *crowd,
                     uint32_t *found, double *similarity, struct weir_err *err)
{
    const size_t n = gather(ix, k, crowd);
    *found = NO_ROW;
    for (size_t i = 0; i < n && ix->candidate[i] < limit; i++) {
        if (i && ix->candidate[i] == ix->candidate[i - 1])
            continue;
        const int yes = similar(ix, k, ix->candidate[i], similarity, err);
        if (yes < 0)
            return yes;
        if (yes) {
            *found = ix->candidate[i];
            return 0;
        }
    }
    return 0;
}

int dedup_index_find(dedup_index *ix, const struct dedup_key *k, struct dedup_twin *twin,
                     uint8_t *crowd, struct weir_err *err)
{
    const uint32_t exact = ix->plan.exact ? find_exact(ix, k) : NO_ROW;
    uint32_t near = NO_ROW;
    int rc = 0;
    twin->similarity = 1;
    if (ix->plan.near && k->sig)
        rc = find_near(ix, k, exact, crowd, &near, &twin->similarity, err);
    const uint32_t row = near != NO_ROW ? near : exact;
    if (rc || row == NO_ROW)
        return rc ? rc : DEDUP_NEW;
    twin->id = kept_id(row_at(&ix->rows, row));
    if (near != NO_ROW)
        return DEDUP_NEAR;
    twin->similarity = 1;
    return DEDUP_EXACT;
}

/* Room for one more of everything, so that a document is added whole or not at all. */
static int reserve(dedup_index *ix)
{
    int rc = rows_reserve(&ix->rows, &ix->memory);
    if (!rc && ix->plan.exact)
        rc = dedup_table_reserve(&ix->exact_table, &ix->memory);
    for (unsigned b = 0; !rc && ix->plan.near && b < ix->plan.bands; b++)
        rc = dedup_table_reserve(&ix->band_table[b], &ix->memory);
    return rc;
}

static int keep_set(dedup_index *ix, struct weir_span set, unsigned char *row, struct weir_err *err)
{
    struct place place = {.at = weir_io_offset(ix->sets),
                          .bytes = (uint32_t)set.n,
                          .size = (uint32_t)dedup_set_size(set)};
    memcpy(row + ix->place_at, &place, sizeof place);
    return weir_io_write(ix->sets, set.p, set.n, err);
}

int dedup_index_add(dedup_index *ix, const struct dedup_key *k, const uint8_t *crowd,
                    struct weir_err *err)
{
    if (!ix->plan.exact && !k->sig)
        return 0; // nothing can be found to be its copy
    const char *id = reserve(ix) ? NULL : keep_id(ix, k->id);
    if (!id)
        return DEDUP_FULL;
    const uint32_t row = ix->rows.n++;
    unsigned char *r = row_at(&ix->rows, row);
    memcpy(r, &id, sizeof id);
    if (ix->plan.exact) {
        memcpy(r + sizeof id, k->hash, sizeof k->hash);
        dedup_table_add(&ix->exact_table, exact_tag(ix, k), row);
    }
    if (!ix->plan.near || !k->sig)
        return 0;
    memcpy(r + ix->sig_at, k->sig, ix->sig_bytes);
    for (unsigned b = 0; b < ix->plan.bands; b++)
        if (crowd[b] < DEDUP_CROWD)
            dedup_table_add(&ix->band_table[b], band_tag(ix, k->sig + b * ix->band_bytes), row);
    return ix->plan.verify ? keep_set(ix, k->set, r, err) : 0;
}

uint64_t dedup_index_count(const dedup_index *ix)
{
    return ix->rows.n;
}

uint64_t dedup_index_bytes(const dedup_index *ix)
{
    return ix->memory.used;
}

uint64_t dedup_index_compared(const dedup_index *ix)
{
    return ix->n_compared;
}

uint64_t dedup_index_temp(const dedup_index *ix)
{
    return ix->sets ? weir_io_offset(ix->sets) : 0;
}
