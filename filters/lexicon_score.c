/* What a scan's hits come to.
 *
 * A hit inside a longer hit, harmful or allowed, is void.  score of a category: the weights of its
 * distinct terms; weak terms (below LEX_STRONG) are divided by 1 + the weights of the distinct
 * context terms; all is divided by the square root of the thousands of characters, when more than
 * one: a longer text needs more.  density: the weights of all occurrences, weak ones divided in
 * the same way, per 1,000 characters, a text counting as 500 at least. */
#include <hs/hs.h>
#include <math.h>
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
    if (!s->seen || (l->exact && hs_alloc_scratch(l->exact, &scratch) != HS_SUCCESS) ||
        (l->caseless && hs_alloc_scratch(l->caseless, &scratch) != HS_SUCCESS)) {
        hs_free_scratch(scratch);
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
    memset(s, 0, sizeof *s);
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

static int on_hit(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                  void *ctx)
{
    (void)from;
    (void)flags;
    struct lexicon_scan *s = ctx;
    const size_t end = (size_t)to, at = end - s->lexicon->term[id].n;
    if (s->lexicon->term[id].caseless && !stands_alone(s->text, at, end))
        return 0;
    if (s->n_hit == MAX_HITS)
        return 1;
    if (s->n_hit == s->cap_hit &&
        weir_grow(&s->hit, &s->cap_hit, s->n_hit + 1, sizeof *s->hit) < 0) {
        s->failed = 1;
        return 1;
    }
    s->hit[s->n_hit++] = (struct lexicon_hit){at, end, id};
    return 0;
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

static void drop_inner(struct lexicon_scan *s)
{
    if (s->n_hit < 2)
        return;
    qsort(s->hit, s->n_hit, sizeof *s->hit, compare_hits);
    size_t n = 0, end = 0;
    const struct lexicon_term *term = s->lexicon->term;
    for (size_t i = 0; i < s->n_hit; i++) {
        const struct lexicon_hit h = s->hit[i];
        /* One term given twice: the user's word, which comes later, holds; allowed is allowed. */
        if (n && h.at == s->hit[n - 1].at && h.end == s->hit[n - 1].end) {
            if (term[s->hit[n - 1].term].category != LEX_ALLOW)
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

/* 1 for the first hit of a term in this scan. */
static int is_first(struct lexicon_scan *s, uint32_t term)
{
    if (s->seen[term] == s->n_scan)
        return 0;
    s->seen[term] = s->n_scan;
    return 1;
}

static void new_scan(struct lexicon_scan *s)
{
    if (++s->n_scan == 0) { // numbers have come round
        memset(s->seen, 0, s->lexicon->n * sizeof *s->seen);
        s->n_scan = 1;
    }
}

static double context_of(struct lexicon_scan *s)
{
    double context = 0;
    new_scan(s);
    for (size_t i = 0; i < s->n_hit; i++) {
        const struct lexicon_term *t = s->lexicon->term + s->hit[i].term;
        if (t->category == LEX_CONTEXT && is_first(s, s->hit[i].term))
            context += t->weight;
    }
    return context;
}

static void add_up(struct lexicon_scan *s, uint64_t n_chars)
{
    const double weak = 1 / (1 + context_of(s));
    const double length = n_chars > 1000 ? sqrt((double)n_chars / 1000) : 1;
    const double thousands = (n_chars > 500 ? (double)n_chars : 500) / 1000;
    new_scan(s);
    for (size_t i = 0; i < s->n_hit; i++) {
        const struct lexicon_term *t = s->lexicon->term + s->hit[i].term;
        if (t->category >= LEX_N_CATEGORIES)
            continue;
        const double w = t->weight * (t->weight < LEX_STRONG ? weak : 1);
        s->density[t->category] += w / thousands;
        if (is_first(s, s->hit[i].term))
            s->score[t->category] += w / length;
    }
    for (int c = 0; c < LEX_N_CATEGORIES; c++) {
        if (s->score[c] > s->score[s->worst_score])
            s->worst_score = (enum lexicon_category)c;
        if (s->density[c] > s->density[s->worst_density])
            s->worst_density = (enum lexicon_category)c;
    }
}

static int scan(struct lexicon_scan *s, const void *db)
{
    if (!db)
        return 0;
    const hs_error_t rc = hs_scan(db, s->text.p, (unsigned)s->text.n, 0, s->scratch, on_hit, s);
    return s->failed || (rc != HS_SUCCESS && rc != HS_SCAN_TERMINATED) ? WEIR_EMEM : 0;
}

int lexicon_scan_text(struct lexicon_scan *s, struct weir_span text, uint64_t n_chars)
{
    s->text = text;
    s->n_hit = 0;
    s->failed = 0;
    memset(s->score, 0, sizeof s->score);
    memset(s->density, 0, sizeof s->density);
    s->worst_score = s->worst_density = LEX_PORNOGRAPHY;
    if (text.n > UINT32_MAX || scan(s, s->lexicon->exact) < 0 || scan(s, s->lexicon->caseless) < 0)
        return WEIR_EMEM;
    drop_inner(s);
    add_up(s, n_chars);
    return 0;
}

void lexicon_scan_terms(const struct lexicon_scan *s, enum lexicon_category c, size_t n,
                        struct weir_buf *b)
{
    size_t n_shown = 0;
    uint32_t shown[16];
    weir_buf_addc(b, '[');
    for (size_t i = 0; i < s->n_hit && n_shown < n && n_shown < 16; i++) {
        const struct lexicon_term *t = s->lexicon->term + s->hit[i].term;
        size_t k = 0;
        while (k < n_shown && shown[k] != s->hit[i].term)
            k++;
        if (t->category != c || k < n_shown)
            continue;
        if (n_shown)
            weir_buf_addc(b, ',');
        weir_buf_add_json(b, weir_span(s->lexicon->bytes.p + t->at, t->n));
        shown[n_shown++] = s->hit[i].term;
    }
    weir_buf_addc(b, ']');
}
