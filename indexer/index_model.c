#include "indexer/index_model.h"

#include <string.h>

int index_model_open(struct index_model *m, const char *path, struct weir_err *err)
{
    struct weir_err why = {0};
    m->tok = weir_tok_open(path, &why);
    if (m->tok)
        return 0;
    if (why.code != WEIR_EUSAGE) {
        *err = why;
        return err->code;
    }
    m->spm = weir_spm_open(path, err);
    return m->spm ? 0 : err->code;
}

void index_model_close(struct index_model *m)
{
    weir_tok_free(m->tok);
    weir_spm_free(m->spm);
}

struct weir_span index_model_piece(const struct index_model *m, uint32_t id)
{
    return m->tok ? weir_tok_piece(m->tok, id) : weir_spm_piece(m->spm, id);
}

uint32_t index_model_unk(const struct index_model *m)
{
    return m->tok ? weir_tok_unk(m->tok) : weir_spm_unk(m->spm);
}

void index_model_begin(struct index_model *m)
{
    m->stream = (struct weir_tok_stream){0};
    m->begun = 0;
}

/* What two ids decode to beyond the first of them alone: the space that a text may begin with is of
 * the first. */
static int next_of_library(struct index_model *m, uint32_t id, struct weir_buf *text,
                           struct weir_err *err)
{
    const uint32_t pair[2] = {m->last, id};
    const size_t begin = text->n;
    if (!m->begun)
        return weir_spm_decode(m->spm, &id, 1, text, err);
    int rc = weir_spm_decode(m->spm, pair, 1, text, err);
    const size_t known = text->n - begin;
    text->n = begin;
    if (!rc)
        rc = weir_spm_decode(m->spm, pair, 2, text, err);
    if (!rc && text->n - begin >= known) {
        memmove(text->p + begin, text->p + begin + known, text->n - begin - known);
        text->n -= known;
    }
    return rc;
}

int index_model_next(struct index_model *m, uint32_t id, struct weir_buf *text,
                     struct weir_err *err)
{
    if (m->tok)
        return weir_tok_stream_next(m->tok, &m->stream, id, text, err);
    const int rc = next_of_library(m, id, text, err);
    m->last = id;
    m->begun = 1;
    return rc;
}

size_t index_model_pending(const struct index_model *m)
{
    return m->tok ? m->stream.n_bytes : 0;
}

int index_model_end(struct index_model *m, struct weir_buf *text, struct weir_err *err)
{
    return m->tok ? weir_tok_stream_end(&m->stream, text, err) : 0;
}
