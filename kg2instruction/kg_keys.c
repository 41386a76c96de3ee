/* Look-up by name: blocks of sorted keys, the first of each whole, the others after what they share
 * with the one before. */
#include "kg2instruction/kg_file.h"
#include "kg2instruction/kg_layout.h"

/* One key at *p: how much it shares, what it adds, and its postings. */
struct entry {
    uint64_t shared;
    struct weir_span rest;
    struct kg_cursor postings;
};

static int get_entry(const unsigned char **p, const unsigned char *end, struct entry *e)
{
    uint64_t n;
    struct weir_span all;
    if (!kg_get_varint(p, end, &e->shared) || !kg_get_span(p, end, &e->rest) ||
        e->shared > KG_KEY_MAX || e->rest.n > KG_KEY_MAX - e->shared ||
        !kg_get_varint(p, end, &n) || !kg_get_span(p, end, &all) || n > all.n)
        return 0;
    e->postings = (struct kg_cursor){
        .p = (const unsigned char *)all.p, .end = (const unsigned char *)all.p + all.n, .left = n};
    return 1;
}

static const unsigned char *keys_end(const kg_file *f)
{
    return f->section[KG_KEYS] + f->trailer.section[KG_KEYS].n;
}

/* Where a block begins, NULL when that is outside. */
static const unsigned char *block_at(const kg_file *f, uint64_t block)
{
    uint64_t at;
    memcpy(&at, f->blocks + block * 8, 8);
    return at < f->trailer.section[KG_KEYS].n ? f->section[KG_KEYS] + at : NULL;
}

static int compare(struct weir_span a, struct weir_span b)
{
    const size_t n = a.n < b.n ? a.n : b.n;
    const int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* The last block whose first key is not above key: 1, 0 for none, KG_DAMAGED. */
static int find_block(const kg_file *f, struct weir_span key, uint64_t *block)
{
    uint64_t low = 0, high = f->n_blocks; // blocks below low begin at or below key
    while (low < high) {
        const uint64_t mid = low + (high - low) / 2;
        const unsigned char *p = block_at(f, mid);
        struct entry e;
        if (!p || !get_entry(&p, keys_end(f), &e) || e.shared)
            return KG_DAMAGED;
        if (compare(e.rest, key) <= 0)
            low = mid + 1;
        else
            high = mid;
    }
    *block = low - 1;
    return low > 0;
}

int kg_lookup(const kg_file *f, struct weir_span key, struct kg_cursor *candidates)
{
    uint64_t block;
    *candidates = (struct kg_cursor){0};
    const int rc = find_block(f, key, &block);
    if (rc <= 0)
        return rc;
    const uint64_t behind = f->trailer.totals.n_keys - block * KG_BLOCK_KEYS;
    struct kg_keys k = {.f = f, .p = block_at(f, block)};
    k.left = behind < KG_BLOCK_KEYS ? behind : KG_BLOCK_KEYS;
    struct weir_span have;
    struct kg_cursor postings;
    for (int got; (got = kg_key_next(&k, &have, &postings)) != 0;) {
        if (got < 0)
            return got;
        const int order = compare(have, key);
        if (order > 0)
            return 0;
        if (!order) {
            *candidates = postings;
            return 1;
        }
    }
    return 0;
}

int kg_candidate_next(struct kg_cursor *c, struct kg_candidate *candidate)
{
    uint64_t sets, popularity;
    if (!c->left)
        return c->p == c->end ? 0 : KG_DAMAGED;
    if (!kg_get_id(&c->p, c->end, &candidate->id) || !kg_get_varint(&c->p, c->end, &sets) ||
        !kg_get_varint(&c->p, c->end, &popularity) || popularity > UINT16_MAX ||
        sets >> (KG_KIND_BITS + KG_LANGS_MAX))
        return KG_DAMAGED;
    candidate->kinds = (unsigned)sets & ((1u << KG_KIND_BITS) - 1);
    candidate->langs = (unsigned)(sets >> KG_KIND_BITS);
    candidate->popularity = (uint32_t)popularity;
    c->left--;
    return 1;
}

void kg_keys(const kg_file *f, struct kg_keys *k)
{
    k->f = f;
    k->p = f->section[KG_KEYS];
    k->left = f->trailer.totals.n_keys;
    k->n = 0;
}

int kg_key_next(struct kg_keys *k, struct weir_span *key, struct kg_cursor *candidates)
{
    struct entry e;
    if (!k->left)
        return 0;
    if (!get_entry(&k->p, keys_end(k->f), &e) || e.shared > k->n)
        return KG_DAMAGED;
    memcpy(k->key + e.shared, e.rest.p, e.rest.n);
    k->n = (size_t)e.shared + e.rest.n;
    k->key[k->n] = 0;
    k->left--;
    *key = weir_span(k->key, k->n);
    *candidates = e.postings;
    return 1;
}
