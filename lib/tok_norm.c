/* Normalisation as SentencePiece's (normalizer.cc, 0.1.97): user-defined symbols are left alone,
 * then the longest rule of the precompiled charsmap, else the character itself, U+FFFD for a byte
 * that is no UTF-8.  The charsmap is a Darts-clone double array and NUL-terminated texts. */
#include "tok_impl.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "weir/utf8.h"

static const char mark[] = "\xE2\x96\x81"; // U+2581

/* ---- the charsmap ---- */

/* Units as Darts-clone lays them out: bits 0-7 and 31 label, 8 has a value, 9 offset is times 256,
 * 10-30 offset. */
static uint32_t unit_at(struct weir_span rules, uint32_t i)
{
    const uint8_t *u = (const uint8_t *)rules.p + (size_t)i * 4;
    return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

static uint32_t unit_offset(uint32_t unit)
{
    return (unit >> 10) << ((unit & 1u << 9) >> 6);
}

/* Steps from *node by c.  Returns 0 when no rule goes on so; *value is the text's place or -1. */
static int step(const weir_tok *t, uint32_t *node, uint8_t c, int64_t *value)
{
    const size_t n = t->rules.n / 4;
    const uint32_t to = *node ^ unit_offset(unit_at(t->rules, *node)) ^ c;
    *value = -1;
    if (to >= n)
        return 0;
    const uint32_t unit = unit_at(t->rules, to);
    if ((unit & (1u << 31 | 0xFF)) != c)
        return 0;
    *node = to;
    if (unit >> 8 & 1) {
        const uint32_t leaf = to ^ unit_offset(unit);
        if (leaf < n)
            *value = unit_at(t->rules, leaf) & 0x7FFFFFFF;
    }
    return 1;
}

/* Length of the longest rule that s begins with, 0 without one; its text in *to. */
static size_t longest_rule(const weir_tok *t, struct weir_span s, struct weir_span *to)
{
    enum { MOST = 32 }; // the library looks at no more
    size_t longest = 0;
    int64_t value;
    uint32_t node = 0;
    unsigned found = 0;
    for (size_t i = 0; i < s.n && found < MOST && step(t, &node, (uint8_t)s.p[i], &value); i++)
        if (value >= 0 && (size_t)value < t->rule_texts.n) {
            const char *p = t->rule_texts.p + value;
            *to = weir_span(p, strnlen(p, t->rule_texts.n - (size_t)value));
            longest = i + 1;
            found++;
        }
    return longest;
}

static int read_rules(weir_tok *t, struct weir_err *err)
{
    const struct weir_span s = t->model.charsmap;
    uint32_t n;
    if (!s.n)
        return 0;
    if (s.n <= 4)
        return weir_err_set(err, WEIR_EBAD, "damaged normalisation rules");
    n = unit_at(s, 0);
    if (n >= s.n - 4 || n < 4)
        return weir_err_set(err, WEIR_EBAD, "damaged normalisation rules");
    t->rules = weir_span(s.p + 4, n);
    t->rule_texts = weir_span(s.p + 4 + n, s.n - 4 - n);
    if (t->rule_texts.p[t->rule_texts.n - 1])
        return weir_err_set(err, WEIR_EUSAGE,
                            "Weir's encoder does not support unterminated normalisation rules");
    if (weir_utf8_valid(t->rule_texts.p, t->rule_texts.n) != t->rule_texts.n)
        return weir_err_set(err, WEIR_EUSAGE,
                            "Weir's encoder does not support normalisation to what is not UTF-8");
    return 0;
}

static int is_plain(const weir_tok *t, uint8_t c)
{
    uint32_t node = 0;
    int64_t value;
    if (t->user_raw.first[c])
        return 0;
    if (!t->rules.n || !step(t, &node, c, &value))
        return 1;
    if (value >= 0)
        return 0;
    for (unsigned d = 1; d < 128; d++) {
        uint32_t at = node;
        if (step(t, &at, (uint8_t)d, &value))
            return 0;
    }
    return 1;
}

/* No rule and no symbol begins with the character, of three bytes; and it is no U+2581. */
static int is_plain_bmp(const weir_tok *t, uint32_t c)
{
    const uint8_t u[3] = {(uint8_t)(0xE0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 63)),
                          (uint8_t)(0x80 | (c & 63))};
    uint32_t node = 0;
    int64_t value;
    if (c == 0x2581 || t->user_raw.first[u[0]])
        return 0;
    for (unsigned i = 0; i < 3 && t->rules.n; i++) {
        if (!step(t, &node, u[i], &value))
            return 1;
        if (value >= 0)
            return 0;
    }
    return !t->rules.n;
}

/* A piece that ends inside a user-defined symbol ends, as offsets tell it, before the symbol.  That
 * can be where symbols are no symbols to the encoder: in unigram models, and where it meets them
 * with other spaces than the normaliser. */
static int tells_symbols(const weir_tok *t)
{
    const struct spm_model *m = &t->model;
    for (size_t i = 0; i < m->n_pieces; i++) {
        const struct weir_span s = m->pieces[i].text;
        if (m->pieces[i].type == SPM_USER_DEFINED &&
            (m->type == SPM_UNIGRAM || memchr(s.p, ' ', s.n) || memmem(s.p, s.n, mark, 3)))
            return 1;
    }
    return 0;
}

int tok_norm_build(weir_tok *t, struct weir_err *err)
{
    const struct spm_model *m = &t->model;
    if (read_rules(t, err))
        return err ? err->code : WEIR_EBAD;
    for (unsigned c = 1; c < 128; c++)
        t->plain[c] = (uint8_t)is_plain(t, (uint8_t)c);
    t->plain_ascii = 1;
    for (unsigned c = ' '; c < 127; c++)
        t->plain_ascii &= t->plain[c];
    for (uint32_t c = 0x800; c < 0x10000; c++)
        if (c < 0xD800 || c > 0xDFFF)
            t->plain_bmp[c >> 6] |= (uint64_t)is_plain_bmp(t, c) << (c & 63);
    t->copies = !t->rules.n && !m->remove_spaces && !m->whitespace_suffix && !tells_symbols(t);
    return 0;
}

/* ---- a text ---- */

struct writer {
    const weir_tok *t;
    struct weir_buf *to;
    uint32_t *origin;
    size_t at; // of the text, consumed
};

static void put(struct writer *w, char c)
{
    w->origin[w->to->n] = (uint32_t)w->at;
    w->to->p[w->to->n++] = c;
}

#ifdef __SSE2__
enum { WIDE = 16 };

/* 16 characters at once that stay as they are: printable ASCII, where no rule is about it, and
 * single spaces; what follows is ASCII, too. */
static inline int put_wide(struct writer *w, struct weir_span text, int removes, int *after_space)
{
    if (!w->t->plain_ascii || text.n - w->at <= WIDE || w->to->cap - w->to->n < WIDE + 8 ||
        (uint8_t)text.p[w->at + WIDE] >= 128)
        return 0;
    const __m128i v = _mm_loadu_si128((const __m128i *)(text.p + w->at));
    const __m128i printable =
        _mm_cmpgt_epi8(v, _mm_set1_epi8(31)); // those from 128 on are negative
    const __m128i delete = _mm_cmpeq_epi8(v, _mm_set1_epi8(127));
    const unsigned spaces = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
    if (_mm_movemask_epi8(_mm_andnot_si128(delete, printable)) != 0xFFFF ||
        (removes && spaces & (spaces << 1 | (unsigned)*after_space)))
        return 0;
    uint32_t *origin = w->origin + w->to->n;
    _mm_storeu_si128((__m128i *)(w->to->p + w->to->n), v);
    for (uint32_t i = 0; i < WIDE; i++)
        origin[i] = (uint32_t)w->at + i;
    w->to->n += WIDE;
    w->at += WIDE;
    *after_space = removes && spaces >> (WIDE - 1);
    return 1;
}
#else
static inline int put_wide(struct writer *w, struct weir_span text, int removes, int *after_space)
{
    (void)w, (void)text, (void)removes, (void)after_space;
    return 0;
}
#endif

/* A character of three bytes that stays as it is. */
static inline int is_plain_at(const weir_tok *t, struct weir_span text, size_t at)
{
    const uint8_t *u = (const uint8_t *)text.p + at;
    if (text.n - at < 3 || (u[0] & 0xF0) != 0xE0 || ((u[1] ^ 0x80) | (u[2] ^ 0x80)) > 63)
        return 0;
    const uint32_t c = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3F);
    return t->plain_bmp[c >> 6] >> (c & 63) & 1;
}

static inline void put_three(struct writer *w, const char *p)
{
    for (size_t i = 0; i < 3; i++)
        put(w, p[i]);
    w->at += 3;
}

/* What the front of s becomes; returns how much of s it is. */
static size_t prefix(const weir_tok *t, struct weir_span s, struct weir_span *to)
{
    uint32_t id;
    unsigned len;
    size_t n = tok_trie_longest(&t->user_raw, s.p, s.n, &id);
    if (n) {
        *to = weir_span(s.p, n);
        return n;
    }
    if (t->rules.n && (n = longest_rule(t, s, to)) > 0)
        return n;
    if (weir_utf8_decode(s.p, s.n, &len) == WEIR_UTF8_BAD)
        *to = WEIR_LIT("\xEF\xBF\xBD");
    else
        *to = weir_span(s.p, len);
    return len;
}

static int room(struct writer *w, weir_tok_scratch *s, size_t more)
{
    if (weir_buf_reserve(w->to, more) ||
        weir_grow(&s->origin, &s->cap_origin, w->to->cap + 1, sizeof *s->origin))
        return WEIR_EMEM;
    w->origin = s->origin;
    return 0;
}

static void put_canonical(struct writer *w, struct weir_span sp)
{
    const int escapes = w->t->model.escape_spaces;
    for (size_t i = 0; i < sp.n;) {
        const int is_mark = escapes && sp.n - i >= 3 && !memcmp(sp.p + i, mark, 3);
        put(w, is_mark ? ' ' : sp.p[i]);
        i += is_mark ? 3 : 1;
    }
}

/* The text without what the library drops at its front. */
static size_t skip_spaces(const weir_tok *t, struct weir_span text)
{
    size_t at = 0;
    struct weir_span sp;
    while (at < text.n) {
        const size_t n = prefix(t, weir_span(text.p + at, text.n - at), &sp);
        if (!weir_span_is(sp, " "))
            break;
        at += n;
    }
    return at;
}

static int put_text(struct writer *w, weir_tok_scratch *s, struct weir_span text)
{
    const weir_tok *t = w->t;
    const int removes = t->model.remove_spaces;
    int after_space = removes;
    while (w->at < text.n) {
        const uint8_t c = (uint8_t)text.p[w->at];
        if (w->to->cap - w->to->n < 8 && room(w, s, text.n - w->at + 64))
            return WEIR_EMEM;
        if (put_wide(w, text, removes, &after_space))
            continue;
        if (c < 128 && t->plain[c] && w->at + 1 < text.n && (uint8_t)text.p[w->at + 1] < 128) {
            if (c != ' ' || !after_space)
                put(w, (char)c);
            w->at++;
            after_space = c == ' ' && removes;
            continue;
        }
        if (is_plain_at(t, text, w->at)) {
            put_three(w, text.p + w->at);
            after_space = 0;
            continue;
        }
        struct weir_span sp;
        const size_t n = prefix(t, weir_span(text.p + w->at, text.n - w->at), &sp);
        while (after_space && sp.n && *sp.p == ' ')
            sp = weir_span(sp.p + 1, sp.n - 1);
        if (sp.n) {
            if (w->to->cap - w->to->n < sp.n && room(w, s, text.n - w->at + sp.n + 64))
                return WEIR_EMEM;
            put_canonical(w, sp);
            after_space = removes && sp.p[sp.n - 1] == ' ';
        }
        w->at += n;
    }
    return 0;
}

static int normalize(const weir_tok *t, weir_tok_scratch *s, struct weir_span text)
{
    const struct spm_model *m = &t->model;
    struct writer w = {.t = t, .to = &s->text};
    if (m->remove_spaces && (w.at = skip_spaces(t, text)) == text.n)
        return 0;
    if (room(&w, s, text.n + 64))
        return WEIR_EMEM;
    if (m->dummy_prefix && !m->whitespace_suffix && !s->continues)
        put(&w, ' ');
    if (put_text(&w, s, text))
        return WEIR_EMEM;
    if (m->remove_spaces)
        while (w.to->n && w.to->p[w.to->n - 1] == ' ')
            w.at = w.origin[--w.to->n];
    if (room(&w, s, 8))
        return WEIR_EMEM;
    if (m->dummy_prefix && m->whitespace_suffix)
        put(&w, ' ');
    w.origin[w.to->n] = (uint32_t)w.at;
    return 0;
}

/* ---- the usual case: nothing to do but spaces ---- */

static int has_mark(struct weir_span s)
{
    enum { PART = 4096 };
    const uint8_t *u = (const uint8_t *)s.p;
    for (size_t at = 0; at + 2 < s.n; at += PART) {
        const size_t end = s.n - 2 - at < PART ? s.n - 2 : at + PART;
        uint8_t found = 0;
        for (size_t i = at; i < end; i++)
            found |= (uint8_t)((u[i] == 0xE2) & (u[i + 1] == 0x96) & (u[i + 2] == 0x81));
        if (found)
            return 1;
    }
    return 0;
}

int tok_normalize(const weir_tok *t, weir_tok_scratch *s, struct weir_span text, int *plain,
                  uint32_t *shift)
{
    s->text.n = 0;
    *shift = 0;
    *plain = t->copies && !(t->model.escape_spaces && has_mark(text)) &&
             weir_utf8_valid(text.p, text.n) == text.n;
    if (text.n && !*plain && normalize(t, s, text))
        return WEIR_EMEM;
    if (text.n && *plain) {
        if (weir_buf_reserve(&s->text, text.n + 8))
            return WEIR_EMEM;
        if (t->model.dummy_prefix && !s->continues)
            s->text.p[s->text.n++] = ' ';
        *shift = (uint32_t)s->text.n;
        memcpy(s->text.p + s->text.n, text.p, text.n);
        s->text.n += text.n;
    }
    /* NUL joins nothing: loops need no end. */
    if (weir_buf_reserve(&s->text, 0))
        return WEIR_EMEM;
    memset(s->text.p + s->text.n, 0, WEIR_PADDING);
    return 0;
}
