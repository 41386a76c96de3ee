/* Words of a text, and which of them say a relation between two marks. */
#include <string.h>

#include "kg2instruction/ann_scene.h"
#include "weir/utf8.h"

enum {
    GRIP = 8,    // bytes over which a cue holds what is beside it
    BORN_IN = 48 // bytes between the place and the person in "Born in Ulm, Einstein"
};

size_t ann_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- words ---- */

static int whole_word(const struct ann_text *t, size_t at, size_t n)
{
    return t->end[at] && t->end[at + n];
}

/* In an address of the web, "developer.example.org/news", letters are no words. */
static int is_address(const struct ann_text *t, size_t at, size_t n)
{
    const char *const p = t->folded.p;
    return t->cls[at] == ANN_WORD &&
           ((at > 1 && p[at - 1] && strchr("/.@", p[at - 1]) && t->cls[at - 2] == ANN_WORD) ||
            (at + n + 1 < t->folded.n && p[at + n] && strchr("/.@", p[at + n]) &&
             t->cls[at + n + 1] == ANN_WORD));
}

static int overlaps(const struct ann_mark *m, size_t at, size_t n)
{
    return m && at < m->end && at + n > m->at;
}

static size_t word_find(const struct ann_doc *d, struct weir_span word, size_t from, size_t end,
                        const struct ann_mark *a, const struct ann_mark *b)
{
    const struct ann_text *t = &d->text;
    while (from + word.n <= end) {
        const char *const hit = memmem(t->folded.p + from, end - from, word.p, word.n);
        if (!hit)
            break;
        const size_t at = (size_t)(hit - t->folded.p);
        if (whole_word(t, at, word.n) && !is_address(t, at, word.n) && !overlaps(a, at, word.n) &&
            !overlaps(b, at, word.n))
            return at;
        from = at + 1;
    }
    return SIZE_MAX;
}

size_t ann_cue_find(const struct ann_doc *d, const char *cues, size_t from, size_t end,
                    const struct ann_mark *a, const struct ann_mark *b, size_t *at)
{
    size_t best = SIZE_MAX, best_n = 0;
    while (*cues) {
        const size_t n = strcspn(cues, "|");
        const size_t hit = word_find(d, weir_span(cues, n), from, end, a, b);
        if (hit < best || (hit == best && hit != SIZE_MAX && n > best_n))
            best = hit, best_n = n;
        cues += n + (cues[n] == '|');
    }
    *at = best;
    return best_n;
}

int ann_says(const struct ann_doc *d, const char *words, size_t from, size_t end)
{
    size_t at;
    return ann_cue_find(d, words, from, end, NULL, NULL, &at) > 0;
}

int ann_says_before(const struct ann_doc *d, const char *words, size_t from, size_t at)
{
    const struct ann_text *t = &d->text;
    while (at > from && t->folded.p[at - 1] == ' ')
        at--;
    while (*words) {
        const size_t n = strcspn(words, "|");
        if (at >= from + n && !memcmp(t->folded.p + at - n, words, n) && whole_word(t, at - n, n))
            return 1;
        words += n + (words[n] == '|');
    }
    return 0;
}

int ann_is_object(const struct ann_scene *c, const struct ann_mark *m)
{
    static const char before[] = "on|of|to|with|for|by|from|in|about|than|like|against";
    return ann_says_before(c->d, before, c->s->at, m->at);
}

/* ---- the two and what is between ---- */

struct ann_scene ann_scene_of(const struct ann_doc *d, const struct ann_triple *t)
{
    struct ann_scene c = {.d = d, .h = &d->marks[t->head], .t = &d->marks[t->tail]};
    c.a = c.h->at < c.t->at ? c.h : c.t;
    c.b = c.a == c.h ? c.t : c.h;
    c.s = &d->sentences[c.t->sentence];
    c.from = c.a->end;
    c.end = c.b->at;
    return c;
}

/* Marks that end a clause. */
static const char clause[] = ",;:()";

/* Does one of the marks stand in from … end - 1? */
static int has(const struct ann_doc *d, const char *marks, size_t from, size_t end)
{
    for (; from < end; from++)
        if (d->text.folded.p[from] && strchr(marks, d->text.folded.p[from]))
            return 1;
    return 0;
}

struct hit {
    size_t at, n; // n 0: none
};

static struct hit find(const struct ann_scene *c, const struct ann_relation *r, size_t from,
                       size_t end)
{
    struct hit h = {0, 0};
    if (from < end)
        h.n = ann_cue_find(c->d, r->cues, from, end, c->h, c->t, &h.at);
    return h;
}

static struct hit find_last(const struct ann_scene *c, const struct ann_relation *r, size_t from,
                            size_t end)
{
    struct hit last = {0, 0};
    for (struct hit h; (h = find(c, r, from, end)).n; from = h.at + h.n)
        last = h;
    return last;
}

static size_t left_of(const struct ann_scene *c)
{
    return c->a->at > c->s->at + ANN_BESIDE_TAIL ? c->a->at - ANN_BESIDE_TAIL : c->s->at;
}

static size_t right_of(const struct ann_scene *c)
{
    return ann_least(c->b->end + ANN_BESIDE_TAIL, c->s->at_end);
}

/* Does an "and" before the cue give it another subject than a, which is but an object: "the wife
 * of A and the mother of B"? */
static int is_of_another(const struct ann_scene *c, struct hit h)
{
    return ann_is_object(c, c->a) && ann_says_before(c->d, "and|and the|and a", c->from, h.at);
}

/* Does a cue of parents between the two say it the other way round: "X, the father of T", X之子T,
 * "T, son of X"?  The relation goes from child to parent. */
static int is_reversed(const struct ann_scene *c, struct hit h)
{
    static const char parent[] = "father of|mother of|parents of|parent of|father to|mother to";
    static const char child[] = "son of|daughter of|child of|children of|born to";
    static const char han_child[] = "之子|之女|儿子|女儿|长子|次子";
    static const char han_parent[] = "父|母";
    const struct ann_doc *d = c->d;
    const size_t end = ann_least(c->end, h.at + h.n + 4);
    if (c->a == c->h)
        return ann_says(d, parent, h.at, end) || ann_says(d, han_child, h.at, end);
    return ann_says(d, child, h.at, end) || ann_says(d, han_parent, h.at, end);
}

/* The word that ends before a place, spaces aside. */
static struct weir_span word_before(const struct ann_doc *d, size_t from, size_t at)
{
    const struct ann_text *t = &d->text;
    while (at > from && t->folded.p[at - 1] == ' ')
        at--;
    size_t begin = at;
    while (begin > from && t->cls[begin - 1] == ANN_WORD)
        begin--;
    return weir_span(t->folded.p + begin, at - begin);
}

static int is_among(const char *words, struct weir_span word)
{
    for (size_t n; *words; words += n + (words[n] == '|')) {
        n = strcspn(words, "|");
        if (n == word.n && !memcmp(words, word.p, n))
            return 1;
    }
    return 0;
}

/* "produced by T", "written and produced by T": are all verbs those of other relations? */
static int is_by_another(const struct ann_scene *c, const struct ann_relation *r)
{
    static const char verbs[] =
        "produced|directed|published|released|composed|edited|translated|illustrated|developed|"
        "distributed|followed|inspired|designed|adapted|arranged|covered|influenced|preceded";
    const struct ann_doc *d = c->d;
    const char *const begin = d->text.folded.p;
    struct weir_span w = word_before(d, c->from, c->t->at);
    if (!weir_span_eq(w, weir_span("by", 2)))
        return 0;
    w = word_before(d, c->from, (size_t)(w.p - begin));
    if (!is_among(verbs, w) || is_among(r->cues, w))
        return 0;
    w = word_before(d, c->from, (size_t)(w.p - begin));
    if (!weir_span_eq(w, weir_span("and", 3)))
        return 1;
    return !is_among(r->cues, word_before(d, c->from, (size_t)(w.p - begin)));
}

/* ---- places: the cue governs the place behind it ---- */

/* Where a chain of places begins that ends with the tail: "in Providence, Rhode Island". */
static size_t chain_begin(const struct ann_scene *c)
{
    const struct ann_mark *m = c->t;
    while (m > c->h + 1 && m[-1].entity != ANN_NONE_ENTITY && m[-1].entity != c->h->entity &&
           (m[-1].end == m->at ||
            (m->at - m[-1].end == 2 && !memcmp(c->d->text.folded.p + m[-1].end, ", ", 2))))
        m--;
    return m->at;
}

static int starts_with(const struct ann_doc *d, size_t at, size_t end, const char *word)
{
    const size_t n = strlen(word);
    return end - at >= n && !memcmp(d->text.folded.p + at, word, n);
}

/* Is the mark the begin of a longer name, "Zhengzhou Baiwen"?  Not "Shaanxi Province". */
static int is_part(const struct ann_doc *d, const struct ann_mark *m)
{
    static const char units[] = "province|city|county|state|district|region|island|islands|"
                                "prefecture|territory|township|republic|municipality|peninsula|"
                                "university|river";
    const struct weir_span t = d->doc.text;
    const size_t end = m->src + m->n;
    size_t at;
    if (end + 1 >= t.n || t.p[end] != ' ' || t.p[end + 1] < 'A' || t.p[end + 1] > 'Z')
        return 0;
    const size_t near = ann_least(m->end + 16, d->text.folded.n);
    return !ann_cue_find(d, units, m->end, near, NULL, NULL, &at) || at > m->end + 1;
}

/* The head first: "X, a town located in T", "X was born on 1 May 1900 in T", X在T逝世. */
static int place_behind(const struct ann_scene *c, const struct ann_relation *r, struct hit *h)
{
    const size_t tail = chain_begin(c);
    *h = find_last(c, r, c->from, tail);
    if (h->n && (has(c->d, ":;", c->from, h->at) || is_part(c->d, c->h)))
        return 1;
    if (h->n && !has(c->d, clause, h->at + h->n, tail))
        return 2;
    if (h->n && r->said & ANN_SINGLE && c->d->english)
        return ann_says_before(c->d, "in|at|near|in the", c->from, tail) ? 2 : 1;
    const struct hit behind = find(c, r, c->t->end, right_of(c));
    if (!behind.n)
        return h->n > 0;
    *h = behind;
    return r->said & ANN_SINGLE && !has(c->d, clause, c->t->end, behind.at) &&
                   ann_says_before(c->d, "在|于", c->from, tail)
               ? 2
               : 1;
}

/* The tail first: "Born in T, X", 生于T的X, T出生的X. */
static int place_before(const struct ann_scene *c, const struct ann_relation *r, struct hit *h)
{
    *h = find_last(c, r, left_of(c), c->a->at);
    if (h->n && (c->d->english ? h->at <= c->s->at + 2 && c->end - c->from <= BORN_IN
                               : starts_with(c->d, c->from, c->end, "的") &&
                                     c->end - c->from <= ANN_BESIDE_TAIL &&
                                     !has(c->d, clause, h->at + h->n, c->end)))
        return 2;
    const struct hit between = find(c, r, c->from, c->end);
    if (!between.n)
        return h->n > 0;
    *h = between;
    return r->said & ANN_SINGLE && between.at <= c->from + GRIP &&
                   !has(c->d, clause, c->from, c->end) &&
                   starts_with(c->d, between.at + between.n, c->end, "的")
               ? 2
               : 1;
}

/* ---- all others ---- */

/* Before a: "Founded in 1897, X"; where more stands between the two it is of something else. */
static int is_held_before(const struct ann_scene *c, const struct ann_relation *r, struct hit h)
{
    if (r->said & ANN_KIN && h.at + h.n + 1 < c->a->at)
        return 0;
    return c->a == c->t && c->end - c->from <= BORN_IN && !ann_is_object(c, c->b) &&
           (h.at <= c->s->at + ANN_OPENING || (!c->d->english && c->end - c->from <= GRIP));
}

/* Behind b: "A and B were married", "X received the T award", "X was T's wife".  Who makes
 * something stands before the verb in Chinese, and the thing behind it but for 由, 被 and 是. */
static int is_held_behind(const struct ann_scene *c, const struct ann_relation *r, struct hit h)
{
    const struct ann_doc *d = c->d;
    const int acts = !d->english && c->b == c->t && c->t->entity != ANN_NONE_ENTITY &&
                     (d->entities[c->t->entity].topic == ANN_PERSON ||
                      d->entities[c->t->entity].topic == ANN_ORGANIZATION);
    if (acts && c->end - c->from > GRIP && !ann_says_before(d, "由|被|是|为|经", c->from, c->end))
        return 0;
    return !has(c->d, clause, c->b->end, h.at) &&
           (!(r->said & ANN_KIN) || h.at <= c->b->end + GRIP);
}

static int cue_beside(const struct ann_scene *c, const struct ann_relation *r, struct hit *best)
{
    const int near = c->end - c->from <= ANN_BETWEEN;
    *best = find(c, r, c->from, c->end);
    if (best->n && is_by_another(c, r))
        return 1;
    if (best->n && near && !(r->said & ANN_KIN && is_of_another(c, *best)))
        return r->said == ANN_KIN && is_reversed(c, *best) ? 0 : 2; // of parents
    const struct hit behind = find(c, r, c->b->end, right_of(c));
    if (behind.n && near && is_held_behind(c, r, behind)) {
        *best = behind;
        return 2;
    }
    const struct hit before = find(c, r, left_of(c), c->a->at);
    if (before.n && near && is_held_before(c, r, before)) {
        *best = before;
        return 2;
    }
    if (!best->n)
        *best = behind.n ? behind : before;
    return best->n > 0;
}

int ann_cue_place(const struct ann_scene *c, const struct ann_relation *r, struct ann_triple *t)
{
    struct hit h = {0, 0};
    int place = 0;
    if (!*r->cues)
        return 0;
    if (!(r->said & ANN_PLACED))
        place = cue_beside(c, r, &h);
    else if (c->a == c->h)
        place = place_behind(c, r, &h);
    else
        place = place_before(c, r, &h);
    if (place == 2 && c->end - c->from > ANN_BETWEEN)
        place = 1;
    if (!place && (h = find(c, r, c->s->at, c->s->at_end)).n)
        place = 1;
    t->cue = h.at, t->cue_n = h.n;
    return place;
}
