/* Double-array trie (Aoe, 1989): a byte's child is one addition and one comparison away. */
#include "tok_impl.h"

#include <stdlib.h>
#include <string.h>

#define NO_UNIT UINT32_MAX

enum { TRIES = 64 };

struct range {
    size_t from, to; // keys that begin with the node's bytes
    uint32_t node, depth;
};

struct builder {
    struct tok_trie *t;
    const struct tok_key *keys;
    struct range *queue;
    size_t n_queue, cap_queue;
    size_t free_at; // below it no place is free, or worth looking at
    size_t end;     // from it on all are
};

static int compare(const void *a, const void *b)
{
    const struct tok_key *x = a, *y = b;
    const size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
    const int c = memcmp(x->text.p, y->text.p, n);
    return c ? c : (x->text.n > y->text.n) - (x->text.n < y->text.n);
}

static int enlarge(struct tok_trie *t, size_t n)
{
    const size_t had = t->n;
    if (n <= had)
        return 0;
    n += n / 2 + 1024;
    if (n > INT32_MAX || weir_grow(&t->units, &t->cap_units, n, sizeof *t->units) ||
        weir_grow(&t->values, &t->cap_values, n, sizeof *t->values))
        return WEIR_EMEM;
    for (size_t i = had; i < n; i++) {
        t->units[i] = (struct tok_unit){0, NO_UNIT};
        t->values[i] = -1;
    }
    t->n = n;
    return 0;
}

/* A base whose places for all n bytes are free.  The first free places are tried, then the end is
 * taken, so that building stays linear. */
static size_t find_base(struct builder *b, const uint8_t *bytes, size_t n)
{
    struct tok_trie *t = b->t;
    while (b->free_at < b->end && t->units[b->free_at].check != NO_UNIT)
        b->free_at++;
    size_t tries = 0, last = b->free_at;
    for (size_t at = b->free_at; at < b->end && tries < TRIES; at++) {
        if (at <= bytes[0] || t->units[at].check != NO_UNIT)
            continue;
        tries++;
        const size_t base = at - bytes[0];
        size_t k = 1;
        while (k < n && (base + bytes[k] >= b->end || t->units[base + bytes[k]].check == NO_UNIT))
            k++;
        if (k == n)
            return base;
        last = at;
    }
    if (tries == TRIES && n > 1)
        b->free_at += (last - b->free_at) / 8; // crowded: leave some of it alone for good
    return b->end;
}

static int place(struct builder *b, const struct range *r)
{
    struct tok_trie *t = b->t;
    uint8_t bytes[256];
    size_t n = 0, from = r->from;
    for (; from < r->to && b->keys[from].text.n == r->depth; from++)
        t->values[r->node] = (int32_t)b->keys[from].value;
    for (size_t i = from; i < r->to; i++) {
        const uint8_t c = (uint8_t)b->keys[i].text.p[r->depth];
        if (!n || bytes[n - 1] != c)
            bytes[n++] = c;
    }
    if (!n)
        return 0;
    const size_t base = find_base(b, bytes, n);
    if (enlarge(t, base + 512) ||
        weir_grow(&b->queue, &b->cap_queue, b->n_queue + n, sizeof *b->queue))
        return WEIR_EMEM;
    t->units[r->node].base = (uint32_t)base;
    for (size_t k = 0, i = from; k < n; k++) {
        struct range child = {i, i, (uint32_t)base + bytes[k], r->depth + 1};
        t->units[child.node].check = r->node;
        if (child.node >= b->end)
            b->end = (size_t)child.node + 1;
        while (child.to < r->to && (uint8_t)b->keys[child.to].text.p[r->depth] == bytes[k])
            child.to++;
        i = child.to;
        b->queue[b->n_queue++] = child;
    }
    return 0;
}

int tok_trie_build(struct tok_trie *t, struct tok_key *keys, size_t n)
{
    struct builder b = {.t = t, .keys = keys, .free_at = 1, .end = 1};
    if (n)
        qsort(keys, n, sizeof *keys, compare);
    int rc = enlarge(t, 512);
    if (!rc)
        rc = weir_grow(&b.queue, &b.cap_queue, 1, sizeof *b.queue);
    if (!rc) {
        t->units[0].check = NO_UNIT - 1; // taken, nobody's child
        b.queue[b.n_queue++] = (struct range){0, n, 0, 0};
    }
    for (size_t i = 0; i < b.n_queue && !rc; i++) {
        const struct range r = b.queue[i];
        rc = place(&b, &r);
    }
    for (size_t i = 0; i < n; i++)
        t->first[(uint8_t)keys[i].text.p[0]] = 1;
    free(b.queue);
    return rc;
}

void tok_trie_free(struct tok_trie *t)
{
    free(t->units);
    free(t->values);
}
