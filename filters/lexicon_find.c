/* Terms in the two views of a text, and which of the hits count.
 *
 * A hit that begins or ends with an ASCII letter or digit is a whole word there.  In the second
 * view:
 *
 *     words    four letters or more
 *     Han      only with something between its characters: three or more characters with a sign in
 * a gap or something in every gap; two with a sign, and no Han character before or behind, because
 * a sign also parts what does not belong together
 *
 * A hit inside a longer hit, harmful or allowed, is void. */
#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"
#include "filters/lexicon.h"

/* A text of nothing but terms must not fill the memory; what so many hits come to is clear. */
enum { MAX_HITS = 1 << 16 };

int lexicon_scan_init(struct lexicon_scan *s, const lexicon *l, struct weir_err *err)
{
    memset(s, 0, sizeof *s);
    s->lexicon = l;
    s->seen = weir_calloc(l->n, sizeof *s->seen);
    hs_scratch_t *scratch = NULL;
    if (!s->seen || (l->database && hs_alloc_scratch(l->database, &scratch) != HS_SUCCESS)) {
        lexicon_scan_free(s);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    s->scratch = scratch;
    return 0;
}

void lexicon_scan_free(struct lexicon_scan *s)
{
    hs_free_scratch(s->scratch);
    free(s->hit);
    free(s->seen);
    weir_buf_free(&s->view);
    weir_buf_free(&s->marks);
    lexicon_pieces_free(&s->pieces);
    memset(s, 0, sizeof *s);
}

void lexicon_scan_shrink(struct lexicon_scan *s)
{
    weir_buf_reset(&s->view, 1 << 20);
    weir_buf_reset(&s->marks, 1 << 20);
}

static int is_word_char(char c)
{
    return weir_is_ascii_alpha((unsigned char)c) || weir_is_ascii_digit((unsigned char)c);
}

/* First byte of U+00C0 to U+024F, which are letters of Latin script. */
static int starts_latin(char c)
{
    return (unsigned char)c >= 0xC3 && (unsigned char)c <= 0xC9;
}

/* A term that begins or ends with a letter or digit is a whole word there. */
static int stands_alone(struct weir_span text, size_t at, size_t end)
{
    const char *p = text.p;
    if (at > 0 && is_word_char(p[at]) &&
        (is_word_char(p[at - 1]) || (at > 1 && starts_latin(p[at - 2]))))
        return 0;
    return !(end < text.n && is_word_char(p[end - 1]) &&
             (is_word_char(p[end]) || starts_latin(p[end])));
}

static int is_han_before(struct weir_span view, size_t at)
{
    unsigned len;
    const size_t before = at ? weir_utf8_prev(view.p, at) : 0;
    return at && weir_is_han(weir_utf8_decode(view.p + before, view.n - before, &len));
}

static int is_han_at(struct weir_span view, size_t at)
{
    unsigned len;
    return at < view.n && weir_is_han(weir_utf8_decode(view.p + at, view.n - at, &len));
}

/* A term of Han characters at [at, end) of the second view. */
static int is_parted(const struct lexicon_scan *s, const struct lexicon_term *t, size_t at,
                     size_t end)
{
    const struct weir_span view = weir_buf_span(&s->view);
    const uint32_t *from = s->pieces.from;
    size_t n_gaps = 0, n_signs = 0;
    for (size_t i = at + 1; i < end; i++) {
        if (from[i] == from[i - 1] + 1)
            continue;
        const char *gap = view.p + from[i - 1] + 1;
        n_gaps++;
        n_signs += *gap != ' ' && memcmp(gap, "\xE3\x80\x80", 3) != 0; // U+3000
    }
    if (t->n_han != 2)
        return n_signs > 0 || (n_gaps && n_gaps + 1 >= t->n_han);
    return n_signs > 0 && !is_han_before(view, from[at]) && !is_han_at(view, from[end - 1] + 1);
}

enum { MIN_WORD = 4 };

static int add_hit(struct lexicon_scan *s, size_t at, size_t end, uint32_t term)
{
    if (s->n_hit == MAX_HITS)
        return 1;
    if (s->n_hit == s->cap_hit &&
        weir_grow(&s->hit, &s->cap_hit, s->n_hit + 1, sizeof *s->hit) < 0) {
        s->failed = 1;
        return 1;
    }
    s->hit[s->n_hit++] = (struct lexicon_hit){at, end, term};
    return 0;
}

static int on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                  void *ctx)
{
    (void)from;
    (void)flags;
    struct lexicon_scan *s = ctx;
    const struct lexicon_term *t = s->lexicon->term + id;
    const size_t end = (size_t)to, at = end - t->key_n;
    const struct weir_span text = weir_buf_span(s->in_pieces ? &s->pieces.text : &s->view);
    if (t->has_letters && !stands_alone(text, at, end))
        return 0;
    if (!s->in_pieces)
        return add_hit(s, at, end, id);
    if (t->n_han ? !is_parted(s, t, at, end) : !t->has_letters || t->key_n < MIN_WORD)
        return 0;
    return add_hit(s, s->pieces.from[at], s->pieces.from[end - 1] + 1, id);
}

/* By place, the longer first: what is inside another comes behind it. */
static int compare_hits(const void *a, const void *b)
{
    const struct lexicon_hit *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return x->term < y->term ? -1 : x->term > y->term;
}

/* Of two readings of one place: what is allowed, then what weighs more. */
static int is_graver(const struct lexicon_term *x, const struct lexicon_term *y)
{
    if ((x->category == LEX_ALLOW) != (y->category == LEX_ALLOW))
        return x->category == LEX_ALLOW;
    return x->weight > y->weight;
}

static void drop_inner(struct lexicon_scan *s)
{
    if (s->n_hit < 2)
        return;
    qsort(s->hit, s->n_hit, sizeof *s->hit, compare_hits);
    size_t n = 0, end = 0;
    const struct lexicon_term *term = s->lexicon->term;
    for (size_t i = 0; i < s->n_hit; i++) {
        const struct lexicon_hit h = s->hit[i];
        if (n && h.at == s->hit[n - 1].at && h.end == s->hit[n - 1].end) {
            if (is_graver(term + h.term, term + s->hit[n - 1].term))
                s->hit[n - 1] = h;
            continue;
        }
        if (h.end <= end)
            continue;
        end = h.end;
        s->hit[n++] = h;
    }
    s->n_hit = n;
}

static int scan(struct lexicon_scan *s, struct weir_span text)
{
    const hs_error_t rc =
        hs_scan(s->lexicon->database, text.p, (unsigned)text.n, 0, s->scratch, on_hit, s);
    return s->failed || (rc != HS_SUCCESS && rc != HS_SCAN_TERMINATED) ? WEIR_EMEM : 0;
}

int lexicon_find(struct lexicon_scan *s)
{
    s->n_hit = 0;
    s->failed = s->in_pieces = 0;
    s->view.n = 0;
    s->pieces.next = 0;
    if (!s->lexicon->database)
        return 0;
    if (s->text.n > UINT32_MAX ||
        lexicon_fold_text(s->lexicon->fold, s->text, &s->view, &s->marks) < 0 ||
        scan(s, weir_buf_span(&s->view)) < 0)
        return WEIR_EMEM;
    s->in_pieces = 1;
    int more;
    while ((more = lexicon_pieces_next(s->lexicon->fold, weir_buf_span(&s->view), &s->marks,
                                       &s->pieces)) > 0)
        if (scan(s, weir_buf_span(&s->pieces.text)) < 0)
            return WEIR_EMEM;
    drop_inner(s);
    return more;
}
