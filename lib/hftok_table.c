/* The vocabulary by text and the merges by pair: two open hash tables, built once. */
#include "hftok_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/xxh.h"

uint64_t *hf_table_new(size_t n_entries, size_t *mask)
{
    size_t size = 1024;
    while (size < n_entries * 2)
        size *= 2;
    const size_t huge = 2 << 20, bytes = (size * sizeof(uint64_t) + huge - 1) & ~(huge - 1);
    uint64_t *table = aligned_alloc(huge, bytes);
    if (!table)
        return NULL;
    madvise(table, bytes, MADV_HUGEPAGE);
    memset(table, 0xFF, bytes);
    *mask = size - 1;
    return table;
}

/* ---- texts ---- */

/* Tokens that are not of the byte alphabet have a hash of their own: their names are no bytes. */
static uint64_t hash(const hftok *t, const char *p, size_t n, int spelled)
{
    return XXH3_64bits_withSeed(p, n, t->seed ^ (uint64_t)!spelled);
}

static uint32_t find(const hftok *t, const char *p, size_t n, int spelled)
{
    const uint64_t h = hash(t, p, n, spelled), tag = h >> HF_ID_BITS;
    for (size_t i = h & t->find_mask; t->find[i] != UINT64_MAX; i = (i + 1) & t->find_mask) {
        if (t->find[i] >> HF_ID_BITS != tag)
            continue;
        const uint32_t id = (uint32_t)t->find[i] & HF_NONE;
        const struct hf_token *k = &t->tokens[id];
        if (k->n_bytes == n && k->spelled == spelled && !memcmp(t->texts.p + k->bytes_at, p, n))
            return id;
    }
    return HF_NONE;
}

/* Most tokens are found in the one cache line that holds their text. */
static int is_short(size_t n, int spelled)
{
    return spelled && n && n <= TOK_SHORT_KEY;
}

static struct tok_slot *short_slot(const hftok *t, const char *p, size_t n, struct tok_slot *key)
{
    uint64_t text[2] = {0, 0};
    memcpy(text, p, n);
    *key = (struct tok_slot){text[0], text[1] | (uint64_t)n << 56};
    const __uint128_t m =
        (__uint128_t)(key->low ^ t->seed) * (key->high ^ (t->seed << 32 | t->seed >> 32));
    size_t i = ((uint64_t)m ^ (uint64_t)(m >> 64)) & t->short_mask;
    struct tok_slot *s = &t->shorts[i];
    while (s->high && (s->low != key->low || (s->high & TOK_SHORT_MASK) != key->high))
        s = &t->shorts[i = (i + 1) & t->short_mask];
    return s;
}

static uint32_t find_any(const hftok *t, const char *p, size_t n, int spelled)
{
    struct tok_slot key;
    if (!is_short(n, spelled))
        return find(t, p, n, spelled);
    const struct tok_slot *s = short_slot(t, p, n, &key);
    return s->high ? tok_slot_first(s) : HF_NONE;
}

static void add_text(hftok *t, const struct hf_token *k, uint32_t id)
{
    const char *p = t->texts.p + k->bytes_at;
    struct tok_slot key;
    if (is_short(k->n_bytes, k->spelled)) {
        struct tok_slot *s = short_slot(t, p, k->n_bytes, &key);
        *s = (struct tok_slot){key.low, key.high | (uint64_t)id << 32};
        return;
    }
    const uint64_t h = hash(t, p, k->n_bytes, k->spelled);
    size_t i = h & t->find_mask;
    while (t->find[i] != UINT64_MAX)
        i = (i + 1) & t->find_mask;
    t->find[i] = h >> HF_ID_BITS << HF_ID_BITS | id;
}

uint32_t hf_find(const hftok *t, const char *p, size_t n)
{
    return find_any(t, p, n, 1);
}

uint32_t hf_name_find(const hftok *t, struct weir_span name)
{
    struct weir_buf b = {0};
    const int spelled = hf_spell(t, name, &b);
    const uint32_t id = b.failed  ? HF_NONE
                        : spelled ? find_any(t, b.n ? b.p : "", b.n, 1)
                                  : find_any(t, name.p, name.n, 0);
    weir_buf_free(&b);
    return id == HF_NONE ? WEIR_NO_ID : id;
}

int hf_texts_build(hftok *t, struct weir_err *err)
{
    size_t n_short = 0;
    for (size_t id = 0; id < t->n_ids; id++)
        n_short +=
            (size_t)(t->tokens[id].there && is_short(t->tokens[id].n_bytes, t->tokens[id].spelled));
    t->find = hf_table_new(t->n_vocab - n_short, &t->find_mask);
    t->shorts = (struct tok_slot *)hf_table_new(2 * n_short, &t->short_mask);
    t->short_mask /= 2; // of two words each
    if (t->shorts)
        memset(t->shorts, 0, (t->short_mask + 1) * sizeof *t->shorts);
    if (!t->find || !t->shorts)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t id = 0; id < t->n_ids; id++) {
        const struct hf_token *k = &t->tokens[id];
        const char *p = t->texts.p + k->bytes_at;
        if (!k->there)
            continue;
        if (find_any(t, p, k->n_bytes, k->spelled) != HF_NONE)
            return weir_err_set(err, WEIR_EBAD, "token %zu has the spelling of another one", id);
        add_text(t, k, (uint32_t)id);
    }
    for (unsigned c = 0; c < 256; c++) {
        char name[8] = {(char)c};
        if (t->pieces)
            snprintf(name, sizeof name, "<0x%02X>", c);
        t->bytes[c] = hf_find(t, name, t->pieces ? 6 : 1);
        if (t->bytes[c] == HF_NONE)
            return weir_err_set(err, WEIR_EUSAGE,
                                "a %s vocabulary without the byte 0x%02X is not supported",
                                t->pieces ? "byte_fallback" : "byte-level", c);
    }
    return 0;
}

/* ---- merges ---- */

int hf_merges_build(hftok *t, struct weir_err *err)
{
    t->pairs = hf_table_new(t->n_merges, &t->pair_mask);
    t->made = weir_calloc(t->n_merges + 1, sizeof *t->made);
    t->low = weir_calloc(1 << 16, sizeof *t->low);
    t->pair_bits = weir_calloc((1 << HF_PAIR_BITS) / 64, sizeof *t->pair_bits);
    if (!t->pairs || !t->made || !t->low || !t->pair_bits)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t rank = 0; rank < t->n_merges; rank++) {
        const struct hf_merge *m = &t->merge_list[rank];
        const uint64_t key = (uint64_t)m->left << HF_ID_BITS | m->right;
        const uint64_t hash = hf_pair_hash(t, key), bit = hash >> (64 - HF_PAIR_BITS);
        size_t i = hf_pair_slot(t, hash);
        t->pair_bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
        while (t->pairs[i] != UINT64_MAX && t->pairs[i] >> 24 != key)
            i = (i + 1) & t->pair_mask;
        t->pairs[i] = key << 24 | rank; // of two of a pair the later one counts
        t->made[rank] = m->made;
    }
    for (uint32_t i = 0; i < 1 << 16; i++)
        t->low[i] = hf_rank(t, i >> 8, i & 255);
    return 0;
}
