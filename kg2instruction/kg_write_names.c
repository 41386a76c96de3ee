/* The look-up: keys with their postings, in blocks whose keys share their beginnings. */
#include <stdlib.h>

#include "kg2instruction/kg_write.h"

struct names {
    struct kg_writer *w;
    struct weir_buf key;      // of the group at hand
    struct weir_buf before;   // the key written last
    struct weir_buf postings; // of the group, but for the open one
    struct weir_buf line;
    uint64_t n_postings, n_cut;
    kg_id id; // of the open posting, 0: none
    uint64_t sets;
    uint32_t popularity;
};

static void close_posting(struct names *n)
{
    if (!n->id)
        return;
    if (n->n_postings == KG_CANDIDATES_MAX) {
        n->n_cut++;
    } else {
        kg_put_id(&n->postings, n->id);
        kg_put_varint(&n->postings, n->sets);
        kg_put_varint(&n->postings, n->popularity);
        n->n_postings++;
        n->w->trailer.totals.n_redirects += (n->sets & KG_REDIRECT) != 0;
    }
    n->id = 0;
}

static size_t shared_bytes(struct weir_span a, struct weir_span b)
{
    const size_t most = a.n < b.n ? a.n : b.n;
    size_t n = 0;
    while (n < most && a.p[n] == b.p[n])
        n++;
    return n;
}

/* Writes the group at hand, which is the block's first where a block begins. */
static int close_key(struct names *n, struct weir_err *err)
{
    struct kg_totals *t = &n->w->trailer.totals;
    close_posting(n);
    if (!n->n_postings)
        return 0;
    const int first = t->n_keys % KG_BLOCK_KEYS == 0;
    const uint64_t at = n->w->trailer.section[KG_KEYS].n;
    const size_t shared =
        first ? 0 : shared_bytes(weir_buf_span(&n->before), weir_buf_span(&n->key));
    n->line.n = 0;
    kg_put_varint(&n->line, shared);
    kg_put_span(&n->line, weir_span(n->key.p + shared, n->key.n - shared));
    kg_put_varint(&n->line, n->n_postings);
    kg_put_span(&n->line, weir_buf_span(&n->postings));
    n->before.n = 0;
    weir_buf_add(&n->before, n->key.p, n->key.n);
    if (weir_buf_check(&n->line, err) || weir_buf_check(&n->postings, err) ||
        weir_buf_check(&n->before, err) || weir_buf_check(&n->key, err))
        return WEIR_EMEM;
    t->n_keys++;
    t->n_postings += n->n_postings;
    n->n_postings = 0;
    n->postings.n = 0;
    const int rc = first ? kg_aside_put(n->w, &at, sizeof at, err) : 0;
    return rc ? rc : kg_section_put(n->w, KG_KEYS, n->line.p, n->line.n, err);
}

static int add(struct names *n, struct weir_span key, struct weir_span value, struct weir_err *err)
{
    const struct weir_span name = weir_span(key.p, key.n - KG_NAME_TAIL);
    const unsigned char *tail = (const unsigned char *)key.p + name.n;
    const kg_id id = kg_get_be32((const char *)tail + 3);
    const unsigned char *p = (const unsigned char *)value.p, *end = p + value.n;
    uint64_t sets;
    if (!weir_span_eq(name, weir_buf_span(&n->key)) || (!n->n_postings && !n->id)) {
        const int rc = close_key(n, err);
        if (rc)
            return rc;
        n->key.n = 0;
        weir_buf_add(&n->key, name.p, name.n);
    }
    if (!kg_get_varint(&p, end, &sets))
        return weir_err_set(err, WEIR_EFAIL, "a name without its kinds");
    if (id != n->id) {
        close_posting(n);
        n->id = id;
        n->sets = 0;
        n->popularity = UINT16_MAX - ((unsigned)tail[1] << 8 | tail[2]);
    }
    n->sets |= sets;
    return 0;
}

int kg_write_names(struct kg_writer *w, weir_extsort *sorted, struct weir_job *job, uint64_t *n_cut,
                   struct weir_err *err)
{
    struct names n = {.w = w};
    struct weir_span key, value;
    int got, rc = kg_section_begin(w, KG_KEYS, err);
    if (!rc)
        rc = kg_aside_begin(w, err);
    while (!rc && (got = weir_extsort_next(sorted, &key, &value, err)) != 0) {
        rc = got < 0 ? got : add(&n, key, value, err);
        weir_job_progress(job, -1);
    }
    if (!rc)
        rc = close_key(&n, err);
    *n_cut = n.n_cut;
    weir_buf_free(&n.key);
    weir_buf_free(&n.before);
    weir_buf_free(&n.postings);
    weir_buf_free(&n.line);
    if (!rc)
        rc = kg_section_end(w, KG_KEYS, err);
    return rc ? rc : kg_aside_end(w, KG_BLOCKS, err);
}
