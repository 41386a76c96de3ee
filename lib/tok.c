#include "weir/tok.h"

#include <stdlib.h>
#include <string.h>

#include "tok_impl.h"

enum { NO_ID = 0xFFFFFFFF };

/* ---- opening ---- */

/* The id that a special piece's name leads the library to. */
static uint32_t special_id(const weir_tok *t, int which, int type)
{
    const struct spm_model *m = &t->model;
    const struct weir_span name = m->special[which];
    for (int reserved = 1; reserved >= 0; reserved--)
        for (size_t i = 0; i < m->n_pieces; i++) {
            const int y = m->pieces[i].type;
            const int is_reserved = y == SPM_CONTROL || y == SPM_UNKNOWN || y == SPM_BYTE;
            if (is_reserved == reserved && weir_span_eq(m->pieces[i].text, name))
                return y == type ? (uint32_t)i : NO_ID;
        }
    return type == SPM_UNKNOWN ? t->unk : NO_ID;
}

static int open_model(weir_tok *t, const char *path, struct weir_err *err)
{
    if (hftok_is_json(path)) {
        t->hf = hftok_load(path, t->model.sha256, err);
        if (err->code == WEIR_EUSAGE)
            err->code = WEIR_EFAIL;
        return t->hf ? 0 : err->code;
    }
    int rc = spm_model_load(&t->model, path, err);
    if (rc)
        return rc;
    rc = tok_symbols_build(t, err);
    if (!rc)
        rc = tok_norm_build(t, err);
    if (!rc)
        rc = t->model.type == SPM_BPE ? tok_bpe_build(t, err) : tok_unigram_build(t, err);
    if (rc)
        weir_err_prefix(err, "%s", path);
    return rc;
}

weir_tok *weir_tok_open(const char *path, struct weir_err *err)
{
    struct weir_err own = {0}; // the parts rely on a place for the code
    weir_tok *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    if (open_model(t, path, &own)) {
        weir_err_set(err, own.code, "%s", own.msg);
        weir_tok_free(t);
        return NULL;
    }
    t->limit = t->cache = UINT64_MAX;
    if (t->hf)
        return t;
    t->bos = special_id(t, 1, SPM_CONTROL);
    t->eos = special_id(t, 2, SPM_CONTROL);
    t->pad = special_id(t, 3, SPM_CONTROL);
    return t;
}

void weir_tok_free(weir_tok *t)
{
    if (!t)
        return;
    hftok_free(t->hf);
    spm_model_free(&t->model);
    weir_buf_free(&t->texts);
    free(t->symbols);
    free(t->find);
    tok_trie_free(&t->user);
    tok_trie_free(&t->user_raw);
    tok_bpe_free(t->bpe);
    tok_unigram_free(t->unigram);
    free(t);
}

weir_tok_scratch *weir_tok_scratch_new(const weir_tok *t, struct weir_err *err)
{
    weir_tok_scratch *s = weir_calloc(1, sizeof *s);
    if (!s || (!t->hf && tok_cache_init(&s->cache, t->cache)) ||
        (t->hf && !(s->hf = hftok_scratch_new(t->hf, t->cache, err)))) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        weir_tok_scratch_free(s);
        return NULL;
    }
    return s;
}

void weir_tok_scratch_free(weir_tok_scratch *s)
{
    if (!s)
        return;
    hftok_scratch_free(s->hf);
    weir_buf_free(&s->text);
    free(s->origin);
    tok_cache_free(&s->cache);
    free(s->symbols);
    free(s->ends);
    free(s->next);
    free(s->before);
    free(s->merged);
    free(s->heap);
    free(s->paths);
    free(s->ids);
    free(s);
}

/* ---- facts ---- */

uint32_t weir_tok_vocab_size(const weir_tok *t)
{
    if (t->hf)
        return hftok_vocab_size(t->hf);
    return (uint32_t)t->model.n_pieces;
}

uint32_t weir_tok_unk(const weir_tok *t)
{
    if (t->hf)
        return hftok_unk(t->hf);
    return special_id(t, 0, SPM_UNKNOWN);
}

uint32_t weir_tok_bos(const weir_tok *t)
{
    if (t->hf)
        return hftok_bos(t->hf);
    return t->bos;
}

uint32_t weir_tok_eos(const weir_tok *t)
{
    if (t->hf)
        return hftok_eos(t->hf);
    return t->eos;
}

uint32_t weir_tok_pad(const weir_tok *t)
{
    if (t->hf)
        return hftok_pad(t->hf);
    return t->pad;
}

int weir_tok_is_json(const weir_tok *t)
{
    return t->hf != NULL;
}

const uint8_t *weir_tok_sha256(const weir_tok *t)
{
    return t->model.sha256;
}

uint64_t weir_tok_memory(const weir_tok *t)
{
    if (t->hf)
        return hftok_memory(t->hf);
    uint64_t n = t->model.file.cap + t->texts.cap + t->model.surfaces.cap;
    n += t->model.cap_pieces * sizeof *t->model.pieces + t->cap_symbols * sizeof *t->symbols;
    n += (t->find_mask + 1) * sizeof *t->find;
    if (t->bpe)
        n += sizeof *t->bpe + t->model.n_pieces * sizeof *t->bpe->ranks +
             (t->bpe->merge_mask + 1) * sizeof *t->bpe->merges + tok_pairs_memory(&t->bpe->han);
    if (t->unigram)
        n += t->unigram->trie.n * (sizeof(struct tok_unit) + sizeof(int32_t));
    return n;
}

uint64_t weir_tok_scratch_memory(const weir_tok *t)
{
    if (t->hf)
        return hftok_scratch_memory(t->cache);
    return sizeof(weir_tok_scratch) + tok_cache_memory(t->cache);
}

unsigned weir_tok_cost(const weir_tok *t)
{
    if (t->hf)
        return hftok_is_pieces(t->hf) ? 40 : 20; // twice a copy and where its bytes came from
    return t->copies ? 20 : 30; // half a token for a byte; a copy and where its bytes came from
}

void weir_tok_limit(weir_tok *t, uint64_t bytes)
{
    t->limit = bytes;
}

void weir_tok_cache(weir_tok *t, uint64_t bytes)
{
    t->cache = bytes;
}

struct weir_span weir_tok_piece(const weir_tok *t, uint32_t id)
{
    if (t->hf)
        return hftok_piece(t->hf, id);
    return id < t->model.n_pieces ? t->model.pieces[id].text : weir_span("", 0);
}

int weir_tok_is_exact(const weir_tok_scratch *s)
{
    if (s->hf)
        return hftok_is_exact(s->hf);
    return s->exact;
}

void tok_set_exact(weir_tok_scratch *s, int exact)
{
    if (s->hf)
        hftok_set_exact(s->hf, exact);
    s->exact = exact;
}

uint64_t weir_tok_folded(const weir_tok *t, struct weir_span text, const struct weir_piece *p,
                         size_t n)
{
    if (t->hf)
        return hftok_folded(t->hf, text, p, n);
    return spm_model_folded(&t->model, text, p, n);
}

/* ---- encoding ---- */

int tok_sink_room(struct tok_sink *o, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(o->n, more, &need))
        return WEIR_EMEM;
    if (need <= o->cap)
        return 0;
    if (need > o->t->limit / (2 * sizeof *o->p)) // the array moves when it grows
        return WEIR_EMEM;
    return weir_grow(&o->p, &o->cap, need, sizeof *o->p);
}

void tok_put_unknown(struct tok_sink *o, const char *text, size_t at, size_t end)
{
    const weir_tok *t = o->t;
    if (t->model.byte_fallback) {
        const size_t begin = o->last + o->shift;
        const int is_mark = text[at] == ' ' && t->model.escape_spaces;
        const char *p = is_mark ? "\xE2\x96\x81" : text + at;
        const size_t n = is_mark ? 3 : end - at;
        for (size_t i = 0; i + 1 < n; i++)
            tok_put(o, t->byte_ids[(uint8_t)p[i]], begin);
        tok_put(o, t->byte_ids[(uint8_t)p[n - 1]], end);
    } else if (o->n && o->p[o->n - 1].id == t->unk) {
        o->last = o->p[o->n - 1].end = (uint32_t)end - o->shift;
    } else {
        tok_put(o, t->unk, end);
    }
}

static int encode(const weir_tok *t, weir_tok_scratch *s, struct tok_sink *o)
{
    if (!t->bpe)
        return tok_unigram_encode(t, s, o);
    int rc = tok_bpe_encode(t, s, o);
    if (rc > 0) { // an unused piece whose parts depend on all of the text
        o->n = 0;
        o->last = 0;
        rc = tok_merge_exact(t, s, o);
    }
    return rc;
}

int tok_no_memory(const weir_tok *t, size_t n, struct weir_err *err)
{
    if (t->limit == UINT64_MAX)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return weir_err_set(err, WEIR_EMEM, "a text of %zu bytes needs about -m %lluM", n,
                        (unsigned long long)n * 120 / (1 << 20) + 96);
}

int tok_encode_part(const weir_tok *t, weir_tok_scratch *s, struct weir_span text, int continues,
                    struct weir_piece **p, size_t *cap, size_t *n, struct weir_err *err)
{
    int plain;
    struct tok_sink o = {.t = t, .p = *p, .cap = *cap, .fuses = !t->model.byte_fallback};
    *n = 0;
    if (t->hf)
        return hftok_encode(t->hf, s->hf, t->limit, text, p, cap, n, err);
    s->exact = 0;
    s->continues = continues;
    if (text.n > INT32_MAX / 2)
        return weir_err_set(err, WEIR_EBAD, "text of %zu bytes is too long to encode", text.n);
    int rc = text.n > t->limit / (t->copies ? 2 : 8) ? WEIR_EMEM : 0;
    if (!rc)
        rc = tok_normalize(t, s, text, &plain, &o.shift);
    if (!rc && s->text.n)
        rc = encode(t, s, &o);
    *p = o.p;
    *cap = o.cap;
    if (rc)
        return tok_no_memory(t, text.n, err);
    *n = o.n;
    /* The canonical text was the text, its spaces are the pieces' U+2581, and none was unknown. */
    s->exact = plain && t->model.escape_spaces && t->model.byte_fallback;
    for (size_t i = 0; i < o.n && !plain; i++) {
        o.p[i].begin = s->origin[o.p[i].begin];
        o.p[i].end = s->origin[o.p[i].end];
    }
    return 0;
}

int weir_tok_encode(const weir_tok *t, weir_tok_scratch *s, struct weir_span text,
                    struct weir_piece **p, size_t *cap, size_t *n, struct weir_err *err)
{
    return tok_encode_part(t, s, text, 0, p, cap, n, err);
}
