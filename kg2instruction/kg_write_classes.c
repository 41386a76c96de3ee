/* The subclass closure: for each class all that is above it, found breadth first from it. */
#include <stdlib.h>

#include "kg2instruction/kg_write.h"

#define NO_NODE UINT32_MAX

/* Classes with a class above them are nodes, ascending by id. */
struct graph {
    uint32_t *id, *from; // (n + 1): parents of node i are edges from[i] … from[i + 1]
    size_t n, cap_id, cap_from;
    uint32_t *parent, *node; // (n_edges): id, and its node or NO_NODE
    size_t n_edges, cap_parent;
    uint32_t *met; // (n): the node + 1 whose search met it last
    uint32_t *queue, *found;
    size_t cap_found;
};

static void graph_free(struct graph *g)
{
    free(g->id);
    free(g->from);
    free(g->parent);
    free(g->node);
    free(g->met);
    free(g->queue);
    free(g->found);
}

static int no_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory for the subclass graph");
}

static int add_edge(struct graph *g, uint32_t child, uint32_t parent, struct weir_err *err)
{
    if (g->n_edges == NO_NODE)
        return weir_err_set(err, WEIR_EBAD, "too many subclass statements");
    if (!g->n || g->id[g->n - 1] != child) {
        if (weir_grow(&g->id, &g->cap_id, g->n + 1, 4) ||
            weir_grow(&g->from, &g->cap_from, g->n + 2, 4))
            return no_memory(err);
        g->from[g->n] = (uint32_t)g->n_edges;
        g->id[g->n++] = child;
    } else if (g->n_edges > g->from[g->n - 1] && g->parent[g->n_edges - 1] == parent) {
        return 0; // said twice
    }
    if (weir_grow(&g->parent, &g->cap_parent, g->n_edges + 1, 4))
        return no_memory(err);
    g->parent[g->n_edges++] = parent;
    g->from[g->n] = (uint32_t)g->n_edges;
    return 0;
}

static uint32_t node_of(const struct graph *g, uint32_t id)
{
    size_t low = 0, high = g->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (g->id[mid] < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < g->n && g->id[low] == id ? (uint32_t)low : NO_NODE;
}

static int read_graph(struct graph *g, weir_extsort *edges, uint64_t memory, struct weir_err *err)
{
    struct weir_span key, value;
    int got;
    while ((got = weir_extsort_next(edges, &key, &value, err)) > 0) {
        const int rc = add_edge(g, kg_get_be32(key.p), kg_get_be32(key.p + 4), err);
        const uint64_t bytes = (uint64_t)g->n_edges * 12 + (uint64_t)g->n * 20;
        if (rc)
            return rc;
        if (bytes > memory)
            return weir_err_set(err, WEIR_EMEM,
                                "the subclass graph does not fit -m: twice as much may do");
    }
    if (got < 0)
        return got;
    g->node = weir_calloc(g->n_edges + 1, 4);
    g->met = weir_calloc(g->n + 1, 4);
    g->queue = weir_calloc(g->n + 1, 4);
    if (!g->node || !g->met || !g->queue)
        return no_memory(err);
    for (size_t i = 0; i < g->n_edges; i++)
        g->node[i] = node_of(g, g->parent[i]);
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* All above node start, ascending, each once, into g->found; negative when out of memory. */
static int64_t search(struct graph *g, uint32_t start, uint64_t *n_cut, struct weir_err *err)
{
    size_t n = 0, head = 0, tail = 0;
    uint32_t at = start;
    int full = 0;
    for (;;) {
        for (size_t i = g->from[at]; i < g->from[at + 1] && !full; i++) {
            const uint32_t node = g->node[i];
            if (node != NO_NODE && g->met[node] == start + 1)
                continue;
            if (n == KG_ANCESTORS_MAX) {
                full = 1;
                break;
            }
            if (weir_grow(&g->found, &g->cap_found, n + 1, 4))
                return no_memory(err);
            g->found[n++] = g->parent[i];
            if (node != NO_NODE) {
                g->met[node] = start + 1;
                g->queue[tail++] = node;
            }
        }
        if (full || head == tail)
            break;
        at = g->queue[head++];
    }
    *n_cut += (uint64_t)full;
    if (n > 1)
        qsort(g->found, n, 4, by_number);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!kept || g->found[kept - 1] != g->found[i])
            g->found[kept++] = g->found[i];
    return (int64_t)kept;
}

static int write_all(struct kg_writer *w, struct graph *g, struct weir_job *job, uint64_t *n_cut,
                     struct weir_err *err)
{
    struct kg_class c = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i < g->n; i++) {
        const int64_t n = search(g, (uint32_t)i, n_cut, err);
        if (n < 0)
            return (int)n;
        c.id = g->id[i];
        rc = kg_aside_put(w, &c, sizeof c, err);
        if (!rc)
            rc = kg_section_put(w, KG_ANCESTORS, g->found, (size_t)n * 4, err);
        c.at += (uint64_t)n;
        weir_job_progress(job, -1);
    }
    w->trailer.totals.n_classes = g->n;
    w->trailer.totals.n_ancestors = c.at;
    c.id = UINT32_MAX;
    return rc ? rc : kg_aside_put(w, &c, sizeof c, err);
}

int kg_write_classes(struct kg_writer *w, weir_extsort *edges, struct weir_job *job,
                     uint64_t memory, uint64_t *n_cut, struct weir_err *err)
{
    struct graph g = {0};
    *n_cut = 0;
    int rc = read_graph(&g, edges, memory, err);
    if (!rc)
        rc = kg_section_begin(w, KG_ANCESTORS, err);
    if (!rc)
        rc = kg_aside_begin(w, err);
    if (!rc)
        rc = write_all(w, &g, job, n_cut, err);
    graph_free(&g);
    if (!rc)
        rc = kg_section_end(w, KG_ANCESTORS, err);
    return rc ? rc : kg_aside_end(w, KG_CLASSES, err);
}
