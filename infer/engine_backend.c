/* Steps that a backend runs: the engine keeps the sequences. */
#include <stdlib.h>
#include "infer/engine_internal.h"

int engine_step_on(engine *e, const struct row *rows, size_t n, float *logits, struct weir_err *err)
{
    backend *b = e->backend;
    const size_t n_vocab = e->m->config.n_vocab, hidden = e->m->config.hidden;
    size_t done = 0;
    int rc = 0;
    while (done < n && !rc) {
        const size_t part = n - done < b->max_rows ? n - done : b->max_rows;
        size_t wanted = 0;
        for (size_t i = 0; i < part; i++) {
            const struct row *r = &rows[done + i];
            e->backend_rows[i] = (struct backend_row){r->s->n++, r->s->page, r->wanted};
            engine_embed(e, r->token, b->x + i * hidden);
            wanted += r->wanted != 0;
        }
        rc = b->step(b, e->backend_rows, part, logits, err);
        logits += wanted * n_vocab;
        done += part;
    }
    if (!rc)
        return 0;
    for (size_t i = done; i < n; i++)
        rows[i].s->n++;
    engine_take_back(e, rows, n);
    return rc;
}

engine *engine_new_on(const model *m, backend *b, struct weir_err *err)
{
    engine *e = calloc(1, sizeof *e);
    if (e)
        e->backend_rows = weir_calloc(b->max_rows, sizeof *e->backend_rows);
    if (!e || !e->backend_rows) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        b->free(b);
        free(e);
        return NULL;
    }
    e->m = m;
    e->backend = b;
    cache_init_on(&e->cache, b);
    return e;
}
