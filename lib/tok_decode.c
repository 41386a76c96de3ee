/* Decoding as SentencePiece's (sentencepiece_processor.cc, Decode), id by id. */
#include <string.h>

#include "tok_impl.h"
#include "weir/utf8.h"

static const char mark[] = "\xE2\x96\x81"; // U+2581

/* ---- bytes ---- */

static unsigned bytes_wanted(uint8_t first)
{
    return first < 0xC2 || first > 0xF4 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* Appends the characters that are complete; all of the bytes when no more can come. */
static void flush(struct weir_tok_stream *s, struct weir_buf *text, int all)
{
    while (s->n_bytes && (all || s->n_bytes >= bytes_wanted(s->bytes[0]))) {
        unsigned len;
        const char *p = (const char *)s->bytes;
        if (weir_utf8_decode(p, s->n_bytes, &len) == WEIR_UTF8_BAD)
            weir_buf_adds(text, "\xEF\xBF\xBD");
        else
            weir_buf_add(text, p, len);
        s->n_bytes = (uint8_t)(s->n_bytes - len);
        memmove(s->bytes, s->bytes + len, s->n_bytes);
        s->any_text = 1;
    }
}

/* ---- pieces ---- */

static void add_piece(const struct spm_model *m, struct weir_tok_stream *s, struct weir_span p,
                      struct weir_buf *text)
{
    const int at_front = !s->space_seen && !s->any_text;
    const size_t before = text->n;
    if (at_front && (m->dummy_prefix || m->remove_spaces) && p.n >= 3 && !memcmp(p.p, mark, 3)) {
        p = weir_span(p.p + 3, p.n - 3);
        s->space_seen = !m->remove_spaces; // those are all dropped, not the first alone
    }
    for (size_t i = 0; i < p.n;) {
        const int is_mark = p.n - i >= 3 && !memcmp(p.p + i, mark, 3);
        weir_buf_addc(text, is_mark ? ' ' : p.p[i]);
        i += is_mark ? 3 : 1;
    }
    s->any_text |= text->n > before;
}

static int next_surface(const hftok *t, struct weir_tok_stream *s, uint32_t id,
                        struct weir_buf *text, struct weir_err *err)
{
    struct weir_span p = {"", 0};
    const int is_byte = hftok_surface(t, id, &p, err);
    if (is_byte < 0)
        return is_byte;
    const int drop = !s->any_text && !s->n_bytes && hftok_strips(t) && p.n && *p.p == ' ';
    if (drop) {
        weir_buf_add(text, p.p + 1, p.n - 1);
        s->any_text = 1;
    } else if (is_byte) {
        s->bytes[s->n_bytes++] = (uint8_t)*p.p;
    } else {
        flush(s, text, 1);
        weir_buf_add(text, p.p, p.n);
        s->any_text |= p.n > 0;
    }
    flush(s, text, 0);
    return weir_buf_check(text, err);
}

int weir_tok_stream_next(const weir_tok *t, struct weir_tok_stream *s, uint32_t id,
                         struct weir_buf *text, struct weir_err *err)
{
    const struct spm_model *m = &t->model;
    if (t->hf && hftok_is_pieces(t->hf))
        return next_surface(t->hf, s, id, text, err);
    s->parts = t->hf != NULL;
    if (t->hf)
        return hftok_decode_next(t->hf, s->bytes, &s->n_bytes, id, text, err);
    if (id >= m->n_pieces)
        return weir_err_set(err, WEIR_EBAD, "id %u is not in the vocabulary", id);
    const struct spm_piece *p = &m->pieces[id];
    if (p->type == SPM_BYTE) {
        s->bytes[s->n_bytes++] = p->byte;
        flush(s, text, 0);
        return weir_buf_check(text, err);
    }
    flush(s, text, 1);
    if (p->type == SPM_UNKNOWN) {
        const size_t n = strnlen(m->unk_surface.p, m->unk_surface.n);
        weir_buf_add(text, m->unk_surface.p, n);
        s->any_text |= n > 0;
    } else if (p->type != SPM_CONTROL) {
        add_piece(m, s, p->text, text);
    }
    return weir_buf_check(text, err);
}

int weir_tok_stream_end(struct weir_tok_stream *s, struct weir_buf *text, struct weir_err *err)
{
    if (s->parts)
        hftok_decode_end(&s->n_bytes, text);
    flush(s, text, 1);
    *s = (struct weir_tok_stream){0};
    return weir_buf_check(text, err);
}

int weir_tok_decode(const weir_tok *t, const uint32_t *ids, size_t n, struct weir_buf *text,
                    struct weir_err *err)
{
    struct weir_tok_stream s = {0};
    if (t->hf)
        return hftok_decode(t->hf, ids, n, text, err);
    for (size_t i = 0; i < n; i++) {
        const int rc = weir_tok_stream_next(t, &s, ids[i], text, err);
        if (rc)
            return rc;
    }
    return weir_tok_stream_end(&s, text, err);
}
