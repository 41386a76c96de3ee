/* Converted SentencePiece models: BPE over characters, where one that is no token is the tokens of
 * its bytes.  Spaces are U+2581 in tokens; what puts that into the text is the normalizer or the
 * pre-tokenizer (normalizers/prepend.rs and replace.rs, pre_tokenizers/metaspace.rs).
 *
 * A text is cut between two characters that no token holds side by side: all that merging makes is
 * a token, so that nothing merges across. */
#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>

static const char mark[] = "\xE2\x96\x81"; // U+2581
enum { MARK = 3 };

static int is_mark(const char *p, size_t n)
{
    return n >= MARK && !memcmp(p, mark, MARK);
}

/* ---- spaces ---- */

struct writer {
    struct weir_buf *text;
    uint32_t **at; // of each byte of text: where it comes from
    size_t *cap_at;
};

static int put_from(struct writer *w, const char *p, size_t n, uint32_t from)
{
    if (weir_grow(w->at, w->cap_at, w->text->n + n + 1, sizeof **w->at))
        return WEIR_EMEM;
    for (size_t i = 0; i < n; i++)
        (*w->at)[w->text->n + i] = from;
    weir_buf_add(w->text, p, n);
    return w->text->failed ? WEIR_EMEM : 0;
}

/* Appends p with U+2581 for spaces; from[i] is where p[i] comes from, first + i without it. */
static int put_marked(struct writer *w, const char *p, size_t n, const uint32_t *from,
                      uint32_t first)
{
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        const uint32_t origin = from ? from[i] : first + (uint32_t)i;
        rc = p[i] == ' ' ? put_from(w, mark, MARK, origin) : put_from(w, p + i, 1, origin);
    }
    return rc;
}

int hf_piece_normalize(hftok_scratch *s, const char *p, size_t n, const uint32_t *at)
{
    struct writer w = {&s->text, &s->origin, &s->cap_origin};
    if (!n)
        return 0;
    return put_from(&w, mark, MARK, at[0]) || put_marked(&w, p, n, at, 0) ? WEIR_EMEM : 0;
}

void hf_piece_normal_form(struct weir_buf *to, struct weir_span text)
{
    weir_buf_add(to, mark, text.n ? MARK : 0);
    for (size_t i = 0; i < text.n; i++)
        weir_buf_add(to, text.p[i] == ' ' ? mark : text.p + i, text.p[i] == ' ' ? MARK : 1);
}

/* ---- encoding ---- */

static size_t chunk_end(const hftok *t, const char *p, size_t at, size_t end)
{
    unsigned len;
    uint32_t left = hf_char(p + at, &len), right;
    for (at += len; at < end; at += len, left = right) {
        right = hf_char(p + at, &len);
        if (!hf_joins(t, left, right))
            break;
    }
    return at;
}

static int encode(const hftok *t, hftok_scratch *s, const char *p, size_t at, size_t end,
                  struct hf_sink *o)
{
    int rc = 0;
    for (size_t to; at < end && !rc; at = to) {
        unsigned len;
        to = chunk_end(t, p, at, end);
        const uint32_t id = hf_char_id(t, hf_char(p + at, &len));
        if (to - at > len || id == HF_NONE)
            rc = hf_merge(t, s, p, at, to, HF_MIXED, o);
        else if (hf_sink_room(o, 1))
            rc = WEIR_EMEM;
        else
            o->p[o->n++] = (struct weir_piece){id, (uint32_t)at, (uint32_t)to};
    }
    return rc;
}

/* Behind the mark at `at`: where the next one stands, or the end. */
static size_t word_end(const struct weir_buf *b, size_t at)
{
    while (++at < b->n)
        if (is_mark(b->p + at, b->n - at))
            return at;
    return b->n;
}

static int encode_marked(const hftok *t, hftok_scratch *s, struct hf_sink *o)
{
    const struct weir_buf *b = &s->marked;
    int rc = 0;
    if (!t->splits_marks)
        return encode(t, s, b->p, 0, b->n, o);
    for (size_t at = 0, to; at < b->n && !rc; at = to) {
        to = word_end(b, at);
        rc = encode(t, s, b->p, at, to, o);
    }
    return rc;
}

int hf_piece_words(const hftok *t, hftok_scratch *s, size_t at, size_t end, struct hf_sink *o)
{
    struct writer w = {&s->marked, &s->marked_at, &s->cap_marked_at};
    const char *p = s->text.p + at;
    const size_t n = end - at, from = o->n;
    if (t->marks == HF_MARKS_NORMALIZER)
        return encode(t, s, s->text.p, at, end, o);
    const int prefix = t->marks == HF_MARKS_ALWAYS || (t->marks == HF_MARKS_FIRST && at == 0);
    s->marked.n = 0;
    if ((prefix && *p != ' ' && !is_mark(p, n) && put_from(&w, mark, MARK, (uint32_t)at)) ||
        put_marked(&w, p, n, NULL, (uint32_t)at) || encode_marked(t, s, o))
        return WEIR_EMEM;
    s->marked_at[s->marked.n] = (uint32_t)end;
    for (size_t i = from; i < o->n; i++) {
        o->p[i].begin = s->marked_at[o->p[i].begin];
        o->p[i].end = s->marked_at[o->p[i].end];
    }
    return 0;
}

/* ---- decoding ---- */

/* "<0x0A>", as decoders/byte_fallback.rs reads it. */
static int is_byte(struct weir_span s, uint8_t *byte)
{
    unsigned v = 0;
    if (s.n != 6 || memcmp(s.p, "<0x", 3) || s.p[5] != '>')
        return 0;
    for (size_t i = 3; i < 5; i++) {
        const char c = s.p[i], low = (char)(c | 32);
        const int digit = c >= '0' && c <= '9'       ? c - '0'
                          : low >= 'a' && low <= 'f' ? low - 'a' + 10
                                                     : -1;
        if (digit < 0)
            return 0;
        v = v * 16 + (unsigned)digit;
    }
    *byte = (uint8_t)v;
    return 1;
}

static int add_surface(hftok *t, size_t id, struct weir_span name)
{
    struct hf_surface *f = &t->surfaces[id];
    *f = (struct hf_surface){.at = (uint32_t)t->surface_texts.n, .n = 0};
    if (is_byte(name, &f->byte)) {
        f->is_byte = 1;
        weir_buf_addc(&t->surface_texts, (char)f->byte);
    }
    for (size_t i = 0; i < name.n && !f->is_byte; i++) {
        const int marked = is_mark(name.p + i, name.n - i);
        weir_buf_addc(&t->surface_texts, marked ? ' ' : name.p[i]);
        i += marked ? MARK - 1 : 0;
    }
    f->n = (uint32_t)t->surface_texts.n - f->at;
    return t->surface_texts.failed ? WEIR_EMEM : 0;
}

int hf_surfaces_build(hftok *t, struct weir_err *err)
{
    t->surfaces = weir_calloc(t->n_ids, sizeof *t->surfaces);
    int rc = t->surfaces ? 0 : WEIR_EMEM;
    for (size_t id = 0; id < t->n_ids && !rc; id++)
        rc = add_surface(t, id, hftok_piece(t, (uint32_t)id));
    /* The reference shows an added token as it looks for it. */
    for (size_t i = 0; i < t->n_added && !rc; i++) {
        const struct hf_added *a = &t->added[i];
        struct weir_buf b = {0};
        if (!a->normalized || t->marks != HF_MARKS_NORMALIZER)
            continue;
        hf_piece_normal_form(&b, a->content);
        rc = b.failed ? WEIR_EMEM : add_surface(t, a->id, weir_buf_span(&b));
        weir_buf_free(&b);
    }
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

int hftok_surface(const hftok *t, uint32_t id, struct weir_span *text, struct weir_err *err)
{
    if (id >= t->n_ids || !t->tokens[id].there)
        return weir_err_set(err, WEIR_EBAD, "no token has the id %u", id);
    const struct hf_surface *f = &t->surfaces[id];
    *text = weir_span(t->surface_texts.p + f->at, f->n);
    return f->is_byte;
}

/* The bytes of a run are its text, or nothing of them is. */
static void end_run(struct weir_buf *text, size_t run)
{
    const size_t n = text->n - run;
    if (weir_utf8_valid(text->p + run, n) == n)
        return;
    text->n = run;
    for (size_t i = 0; i < n; i++)
        weir_buf_adds(text, "\xEF\xBF\xBD");
}

int hf_piece_decode(const hftok *t, const uint32_t *ids, size_t n, struct weir_buf *text,
                    struct weir_err *err)
{
    const size_t begin = text->n;
    size_t run = SIZE_MAX; // where the bytes that were not looked at begin
    for (size_t i = 0; i < n; i++) {
        struct weir_span s = {"", 0};
        const int byte = hftok_surface(t, ids[i], &s, err);
        if (byte < 0)
            return byte;
        if (byte && run == SIZE_MAX)
            run = text->n;
        if (!byte && run != SIZE_MAX) {
            end_run(text, run);
            run = SIZE_MAX;
        }
        weir_buf_add(text, s.p, s.n);
    }
    const int rc = weir_buf_check(text, err);
    if (rc)
        return rc;
    if (run != SIZE_MAX)
        end_run(text, run);
    if (t->strips && text->n > begin && text->p[begin] == ' ') {
        memmove(text->p + begin, text->p + begin + 1, text->n - begin - 1);
        text->n--;
    }
    return weir_buf_check(text, err);
}

uint64_t hf_piece_folded(const hftok *t, struct weir_span text, const struct weir_piece *p,
                         size_t n)
{
    uint64_t folded = 0;
    size_t at = 0;
    int is_same = weir_utf8_valid(text.p, text.n) == text.n;
    for (size_t i = 0; i < n; i++) {
        const struct hf_surface *f = &t->surfaces[p[i].id];
        const char *surface = t->surface_texts.p + f->at;
        size_t n_surface = f->n;
        if (i == 0 && t->strips && n_surface && *surface == ' ')
            surface++, n_surface--;
        if (n_surface > text.n - at || memcmp(surface, text.p + at, n_surface))
            is_same = 0;
        else
            at += n_surface;
        const size_t span = p[i].end - p[i].begin;
        if (span != n_surface || memcmp(surface, text.p + p[i].begin, span))
            folded += span ? span : 1;
    }
    return is_same && at == text.n ? 0 : folded ? folded : 1;
}
