/* What a scan's hits come to.
 *
 * A hit inside a longer hit, harmful or allowed, is void.
 *
 * score of a category: the weights of its distinct terms, divided by the square root of the
 * thousands of characters, when more than one: a longer text needs more.  Weak terms (below
 * LEX_STRONG) are divided by 1 + the weights of the distinct context terms.  A weak term of hate
 * that stands beside a group of people counts three times, what it counts more divided by the
 * thousands themselves: in a short comment it is aimed, in a novel both words are bound to meet.
 *
 * density: the weights of all occurrences, divided in the same way, per 1,000 characters,
 * a text counting as 500 at least; 0 where only one term is met: that is a text about the word. */
#include <math.h>
#include <string.h>
#include "weir/utf8.h"
#include "filters/lexicon.h"

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

enum { NEAR = 60, AIMED = 3 };

/* A group stands at most NEAR bytes before or behind hit i: some twenty Han characters. */
static int is_aimed(const struct lexicon_scan *s, size_t i, size_t *first_near)
{
    const struct lexicon_hit *h = s->hit, *me = h + i;
    while (h[*first_near].end + NEAR < me->at)
        ++*first_near;
    for (size_t k = *first_near; k < s->n_hit && h[k].at <= me->end + NEAR; k++)
        if (s->lexicon->term[h[k].term].category == LEX_GROUP)
            return 1;
    return 0;
}

/* What weak hate terms count more for being aimed. */
static void add_aimed(struct lexicon_scan *s, double weak, double thousands)
{
    size_t first_near = 0;
    new_scan(s);
    for (size_t i = 0; i < s->n_hit; i++) {
        const struct lexicon_term *t = s->lexicon->term + s->hit[i].term;
        if (t->category == LEX_HATE && t->weight < LEX_STRONG && is_aimed(s, i, &first_near) &&
            is_first(s, s->hit[i].term))
            s->score[LEX_HATE] += (AIMED - 1) * t->weight * weak / thousands;
    }
}

static void find_worst(struct lexicon_scan *s)
{
    for (int c = 0; c < LEX_N_CATEGORIES; c++) {
        if (s->score[c] > s->score[s->worst_score])
            s->worst_score = (enum lexicon_category)c;
        if (s->density[c] > s->density[s->worst_density])
            s->worst_density = (enum lexicon_category)c;
        if (s->distinct[c] > s->distinct[s->worst_distinct])
            s->worst_distinct = (enum lexicon_category)c;
    }
}

static void add_up(struct lexicon_scan *s, uint64_t n_chars)
{
    const double weak = 1 / (1 + context_of(s)), middle = sqrt(weak);
    const double length = n_chars > 1000 ? sqrt((double)n_chars / 1000) : 1;
    const double thousands = (n_chars > 500 ? (double)n_chars : 500) / 1000;
    new_scan(s);
    for (size_t i = 0; i < s->n_hit; i++) {
        const struct lexicon_term *t = s->lexicon->term + s->hit[i].term;
        if (t->category >= LEX_N_CATEGORIES)
            continue;
        const double w = t->weight * (t->weight < LEX_STRONG  ? weak
                                      : t->weight < LEX_PLAIN ? middle
                                                              : 1);
        s->density[t->category] += w / thousands;
        if (!is_first(s, s->hit[i].term))
            continue;
        s->score[t->category] += w / length;
        s->distinct[t->category]++;
    }
    for (int c = 0; c < LEX_N_CATEGORIES; c++)
        s->density[c] = s->distinct[c] > 1 ? s->density[c] : 0;
    add_aimed(s, weak, thousands > 1 ? thousands : 1);
    find_worst(s);
}

int lexicon_scan_text(struct lexicon_scan *s, struct weir_span text, uint64_t n_chars)
{
    s->text = text;
    memset(s->score, 0, sizeof s->score);
    memset(s->density, 0, sizeof s->density);
    memset(s->distinct, 0, sizeof s->distinct);
    s->worst_score = s->worst_density = s->worst_distinct = LEX_PORNOGRAPHY;
    if (lexicon_find(s) < 0)
        return WEIR_EMEM;
    if (s->n_hit)
        add_up(s, n_chars);
    return 0;
}

/* Where a hit stands in the text, and what is written there when that is not the term itself. */
static void add_place(const struct lexicon_scan *s, const struct lexicon_hit *h, struct weir_buf *b)
{
    size_t place[2] = {h->at, h->end};
    lexicon_fold_sources(s->lexicon->fold, s->text, place, 2);
    const struct lexicon_term *t = s->lexicon->term + h->term;
    const struct weir_span term = weir_span(s->lexicon->bytes.p + t->at, t->n);
    const struct weir_span found = weir_span(s->text.p + place[0], place[1] - place[0]);
    weir_buf_adds(b, "{\"term\":");
    weir_buf_add_json(b, term);
    weir_buf_addf(b, ",\"weight\":%d,\"at\":%zu,\"end\":%zu", t->weight, place[0], place[1]);
    if (!weir_span_eq(term, found)) {
        weir_buf_adds(b, ",\"found\":");
        weir_buf_add_json(b, found);
    }
    weir_buf_addc(b, '}');
}

void lexicon_scan_terms(const struct lexicon_scan *s, enum lexicon_category c, size_t n,
                        struct weir_buf *b)
{
    size_t n_shown = 0;
    uint32_t shown[16];
    weir_buf_addc(b, '[');
    for (size_t i = 0; i < s->n_hit && n_shown < n && n_shown < 16; i++) {
        size_t k = 0;
        while (k < n_shown && shown[k] != s->hit[i].term)
            k++;
        if (s->lexicon->term[s->hit[i].term].category != c || k < n_shown)
            continue;
        if (n_shown)
            weir_buf_addc(b, ',');
        add_place(s, s->hit + i, b);
        shown[n_shown++] = s->hit[i].term;
    }
    weir_buf_addc(b, ']');
}
