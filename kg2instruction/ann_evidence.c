/* Does the text say the relation?  Both must be named in one sentence, or the head in the one
 * before and a pronoun for it where the tail's sentence begins; and something must say the
 * relation: one of its cues between the two or beside the tail, or a form that is as good: dates in
 * brackets behind the name, "Ulm, Germany", "in Germany", "was a physicist". */
#include <string.h>

#include "kg2instruction/ann_scene.h"
#include "weir/utf8.h"

static const char negations[] =
    "not|never|no|neither|nor|didn't|wasn't|isn't|weren't|don't|doesn't|couldn't|without|denied|"
    "denies|"
    "rejected|refused|declined|failed|unsuccessfully|lost|instead of|rather than|except|excluding|"
    "未|没有|没|并非|不是|从未|无|否认|拒绝|并不|不|未能|失败|落选|除了|而非";
static const char hedges[] =
    "possibly|perhaps|allegedly|supposedly|reportedly|rumored|rumoured|planned|proposed|would|"
    "could|might|"
    "may have|probably|presumably|claimed|claims|if|wanted|hoped|intended|nominated|nomination|"
    "candidate|fictional|hypothetical|pending|upcoming|engaged|engagement|可能|据传|传说|传闻|疑似|"
    "计划|拟|或许|大概|据说|提名|候选|希望|想要|如果|虚构|承认|主张|争取|未婚";
/* What is said behind them is of another than who speaks. */
static const char speech[] =
    "said that|says that|told|you|your|表示|指出|强调|得知|认为|祝贺|你|您|其中";

static int is_between(const struct ann_scene *c, const char *text)
{
    const size_t n = strlen(text);
    return c->end - c->from == n && !memcmp(c->d->text.folded.p + c->from, text, n);
}

static int ends_between(const struct ann_scene *c, const char *const *words)
{
    const char *const p = c->d->text.folded.p;
    for (; *words; words++) {
        const size_t n = strlen(*words);
        if (c->end - c->from >= n && !memcmp(p + c->end - n, *words, n))
            return 1;
    }
    return 0;
}

/* Another mark of the head's topic (or of the tail's type, types set) that the words between could
 * rather be about. */
static int has_rival(const struct ann_scene *c, size_t from, size_t end)
{
    const struct ann_doc *d = c->d;
    const unsigned topic = d->entities[c->h->entity].topic;
    const struct ann_mark *const last = d->marks + d->n_marks;
    for (const struct ann_mark *m = c->a; m < last && m->at < end; m++)
        if (m != c->h && m != c->t && m->at >= from && m->entity != ANN_NONE_ENTITY &&
            m->entity != c->h->entity && m->entity != c->t->entity &&
            d->entities[m->entity].topic == topic)
            return 1;
    return 0;
}

/* ---- forms ---- */

/* Values of time in the bracket that opens behind the head, before the tail; -1: it is in none. */
static int dates_before(const struct ann_scene *c)
{
    const char *const p = c->d->text.folded.p;
    const char *const open = c->a == c->h ? memchr(p + c->from, '(', c->end - c->from) : NULL;
    if (!open || open - (p + c->from) > 60 || memchr(open, ')', (size_t)(p + c->end - open)))
        return -1;
    const size_t at = (size_t)(open - p);
    int n = 0;
    for (const struct ann_mark *m = c->h + 1; m < c->t; m++)
        n += m->at > at && m->entity == ANN_NONE_ENTITY && c->d->values.at[m->value].is_time;
    return n;
}

/* "(14 March 1879 - 18 April 1955)": birth and death of a person. */
static const char *dates(const struct ann_scene *c, const struct ann_relation *r)
{
    const int n = r->said & (ANN_DATES | ANN_DATES_END) ? dates_before(c) : -1;
    if (n < 0)
        return NULL;
    const char *const p = c->d->text.folded.p;
    const char *const dash = memchr(p + c->from, '-', c->end - c->from);
    if (r->said & ANN_DATES && n == 0 && !ann_says(c->d, "died|d.|卒|逝世", c->from, c->end)) {
        const size_t behind = c->t->end, left = c->s->at_end - behind;
        if (memchr(p + behind, '-', left < 4 ? left : 4) ||
            ann_says(c->d, "born|b.|生|出生", c->from, c->end))
            return "dates";
    }
    return r->said & ANN_DATES_END && n == 1 && dash ? "dates" : NULL;
}

static const char *beside(const struct ann_scene *c, const struct ann_relation *r)
{
    static const char parts[] = "western|eastern|northern|southern|central|west|east|north|south";
    if (!(r->said & ANN_BESIDE) || ann_says_before(c->d, parts, c->s->at, c->h->at))
        return NULL;
    const size_t n_h = c->h->end - c->h->at, n_t = c->t->end - c->t->at;
    const char *const p = c->d->text.folded.p;
    if (n_h > n_t && !memcmp(p + c->h->end - n_t, p + c->t->at, n_t))
        return NULL; // "South Saskatchewan, Saskatchewan": two rivers of a list
    if (c->a == c->h && is_between(c, ", "))
        return "beside";
    if (c->a == c->t && c->from == c->end && c->d->text.cls[c->t->end] == ANN_HAN)
        return "beside";
    return NULL;
}

/* A name that lies in one place as a whole: neither a word in small letters nor a river or road. */
static int is_proper(const struct ann_scene *c)
{
    static const char long_ones[] = "river|road|highway|railway|canal";
    const char first = c->d->doc.text.p[c->h->src];
    return !(first >= 'a' && first <= 'z') && !ann_says(c->d, long_ones, c->h->at, c->h->end);
}

/* "X is a town in Germany", "the castle in Germany", 德国的柏林, 柏林位于德国: between the two
 * stands a preposition alone, or a copula with one. */
static const char *inside(const struct ann_scene *c, const struct ann_relation *r)
{
    static const char *const before[] = {" in ",          " in the ",
                                         " of ",          " of the ",
                                         " in northern ", " in southern ",
                                         " in eastern ",  " in western ",
                                         " in central ",  "位于",
                                         "地处",          "坐落于",
                                         "坐落在",        NULL};
    static const char *const copulas[] = {" is ", " was ", " are ", " were ", NULL};
    static const char others[] = "for|to|with|by|from|who|that|which|against|about";
    static const char kinds[] = "a|an|the|one|in|part|now";
    const char *const p = c->d->text.folded.p + c->from;
    const size_t n = c->end - c->from;
    if (!(r->said & ANN_IN))
        return NULL;
    if (c->a == c->t)
        return is_between(c, "的") ? "in" : NULL;
    if (n > 70 || memchr(p, ',', n) || !ends_between(c, before) || !is_proper(c))
        return NULL;
    for (int i = 0; before[i]; i++)
        if (is_between(c, before[i]))
            return ann_says(c->d, "of", c->from, c->end) ||
                           ann_says_before(c->d, "of the|by", c->s->at, c->h->at)
                       ? NULL
                       : "in";
    if (ann_is_object(c, c->h) || ann_says(c->d, others, c->from, c->end))
        return NULL;
    for (int i = 0; copulas[i]; i++)
        if (n > strlen(copulas[i]) && !memcmp(p, copulas[i], strlen(copulas[i])))
            return ann_says(c->d, kinds, c->from, c->from + strlen(copulas[i]) + 5) ? "in" : NULL;
    return NULL;
}

/* "the director Grigori Chukhrai": an office or a trade of somebody else. */
static int is_title_of_another(const struct ann_scene *c, const struct ann_relation *r)
{
    const struct weir_span t = c->d->doc.text;
    const size_t end = c->t->src + c->t->n;
    return r->said & ANN_COPULA && end + 1 < t.n && t.p[end] == ' ' && t.p[end + 1] >= 'A' &&
           t.p[end + 1] <= 'Z';
}

/* "X (…) was a German physicist": the copula is near, brackets left out, and no clause between. */
static const char *copula(const struct ann_scene *c, const struct ann_relation *r)
{
    static const char words[] = "is a|is an|is the|was a|was an|was the|是|为";
    if (!(r->said & ANN_COPULA) || c->a != c->h || ann_is_object(c, c->h))
        return NULL;
    const char *const p = c->d->text.folded.p;
    size_t from = c->from;
    if (from < c->end && p[from] == ' ')
        from++;
    if (from < c->end && p[from] == '(') {
        const char *const close = memchr(p + from, ')', c->end - from);
        from = close ? (size_t)(close - p) + 1 : from;
    }
    size_t at;
    const size_t n = ann_cue_find(c->d, words, from, c->end, NULL, NULL, &at);
    if (!n || at > from + 2)
        return NULL;
    const size_t rest = c->end - at - n;
    if (rest > 120 ||
        ann_says(c->d, "who|which|whose|that|of|by|for|to|with|的|与|和", at + n, c->end))
        return NULL;
    return "copula";
}

/* ---- judging ---- */

static void say(struct ann_triple *t, int level, const char *rule)
{
    t->level = (uint8_t)level;
    t->rule = rule;
}

/* A value that the text gives less exactly than the knowledge file, or nearly, is no proof. */
static int cap_by_match(const struct ann_doc *d, const struct ann_triple *t, int level)
{
    const struct ann_mark *m = &d->marks[t->tail];
    if (m->entity != ANN_NONE_ENTITY)
        return level;
    const struct ann_value *v = &d->values.at[m->value];
    if (v->is_time)
        return t->match == ANN_TIME_COMPATIBLE || !v->time.year                            ? 1
               : v->time.precision < ANN_YEAR && level > 2 && t->match == ANN_TIME_COARSER ? 2
                                                                                           : level;
    if (t->match == ANN_QUANTITY_NEAR)
        return level < 2 ? level : 2;
    /* A small whole number without a unit is a number of anything. */
    return v->quantity.bare && v->n < 5 ? 1 : level;
}

/* A pronoun stands for what the sentence before begins with. */
static int is_first(const struct ann_doc *d, const struct ann_mark *h)
{
    return h == d->marks || h[-1].sentence != h->sentence || h[-1].entity == h->entity;
}

/* Where words about something else than the head could begin.  The article's subject that a
 * sentence begins with is that of its clauses, so that only the tail's own clause counts, unless it
 * says of whom it speaks. */
static size_t rival_from(const struct ann_scene *c, const struct ann_triple *t)
{
    static const char other[] = "which|who|whose|where|when|while|that|but|其";
    const struct ann_doc *d = c->d;
    size_t from = t->cue_n && t->cue > c->from ? ann_least(t->cue, c->end) : c->end;
    if (c->a != c->h || c->h->entity != d->subject || !is_first(d, c->h) ||
        c->h->at > c->s->at + ANN_OPENING)
        return c->from;
    while (from > c->from && !strchr(",;", d->text.folded.p[from - 1]))
        from--;
    return from > c->from && ann_says(d, other, from, ann_least(from + ANN_OPENING, c->end))
               ? c->from
               : from;
}

/* A value of which the text says more than one: another of its kind stands between the cue and it,
 * or it is where a change begins or ends. */
static int is_vague(const struct ann_scene *c, const struct ann_triple *t)
{
    static const char changes[] =
        "from|increase|increased|increasing|grew|rose|fell|decreased|declined|per|"
        "projected|expected|增加|增长|增至|减少|上升|下降|每|从|由";
    const struct ann_doc *d = c->d;
    if (c->t->entity != ANN_NONE_ENTITY)
        return 0;
    const struct ann_value *v = &d->values.at[c->t->value];
    const size_t left = c->t->at > c->s->at + 40 ? c->t->at - 40 : c->s->at;
    if (!v->is_time)
        return ann_says(d, changes, left, ann_least(c->t->end + 12, c->s->at_end));
    const size_t from = t->cue_n && t->cue > c->t->end ? c->t->end : t->cue_n ? t->cue : c->from;
    const size_t end = t->cue_n && t->cue > c->t->end ? t->cue : c->t->at;
    const struct ann_mark *m = c->a;
    while (m > d->marks && m[-1].at >= from)
        m--;
    for (; m < d->marks + d->n_marks && m->at < end; m++)
        if (m != c->t && m->at >= from && m->entity == ANN_NONE_ENTITY &&
            d->values.at[m->value].is_time)
            return 1;
    return 0;
}

static void judge_sentence(struct ann_doc *d, struct ann_triple *t)
{
    const struct ann_scene c = ann_scene_of(d, t);
    const struct ann_relation *r = t->relation;
    const size_t tail_end = ann_least(c.b->end + ANN_BESIDE_TAIL, c.s->at_end);
    const char *form = dates(&c, r);
    if (!form)
        form = beside(&c, r);
    if (form) {
        say(t, 3, form);
        return;
    }
    if (ann_says(d, negations, c.from, c.end) ||
        ann_says(d, negations, c.b->end, ann_least(c.b->end + 12, tail_end))) {
        t->denied = 1;
        say(t, 0, NULL);
        return;
    }
    form = inside(&c, r);
    if (!form)
        form = copula(&c, r);
    const int place = form ? 0 : ann_cue_place(&c, r, t);
    const int spoken = t->cue_n && c.a == c.h && ann_says(d, speech, c.from, t->cue);
    const int doubt = spoken || has_rival(&c, rival_from(&c, t), c.end) ||
                      ann_says(d, hedges, c.s->at, tail_end) || is_title_of_another(&c, r) ||
                      is_vague(&c, t);
    if (form || place == 2)
        say(t, doubt ? 2 : 3, form ? form : "cue");
    else
        say(t, place ? 2 : 1, place ? "cue-far" : "named");
}

/* Does the sentence begin with a pronoun that can be the head? */
static int has_pronoun(const struct ann_doc *d, const struct ann_mark *h, const struct ann_range *s)
{
    static const char person[] = "he|she|his|her|him|they|their|他|她|其|他们|本人";
    static const char thing[] =
        "it|its|they|their|the city|the country|the state|the company|the group|the band|the "
        "film|the book|"
        "the novel|the series|the song|the album|the university|the club|the party|"
        "the island|the province|the country's|the city's|the "
        "lyrics|它|其|该|本|此|它们|全市|全国|全省|"
        "全县";
    const int is_person = d->entities[h->entity].topic == ANN_PERSON;
    size_t at;
    const size_t end = ann_least(s->at + ANN_OPENING, s->at_end);
    const size_t n = ann_cue_find(d, is_person ? person : thing, s->at, end, NULL, NULL, &at);
    return n && at <= s->at + 1;
}

/* The head is in the sentence before. */
static void judge_neighbour(struct ann_doc *d, struct ann_triple *t)
{
    const struct ann_scene c = ann_scene_of(d, t);
    const struct ann_relation *r = t->relation;
    const size_t from = c.s->at, end = ann_least(c.t->end + ANN_BESIDE_TAIL, c.s->at_end);
    say(t, 1, "neighbour");
    if (ann_says(d, negations, from, end)) {
        t->denied = 1;
        say(t, 0, NULL);
        return;
    }
    const size_t n = *r->cues ? ann_cue_find(d, r->cues, from, end, c.h, c.t, &t->cue) : 0;
    if (!n)
        return;
    t->cue_n = n;
    say(t, 2, "neighbour-cue");
    if (has_pronoun(d, c.h, c.s) && c.h->entity == d->subject && is_first(d, c.h) &&
        !has_rival(&c, from, c.t->at) && !has_rival(&c, c.h->end, from) &&
        c.t->at - from <= ANN_BETWEEN && !ann_says(d, hedges, from, end))
        say(t, 3, "pronoun");
}

void ann_judge(struct ann_doc *d, struct ann_triple *t)
{
    const struct ann_mark *h = &d->marks[t->head], *tail = &d->marks[t->tail];
    t->level = t->denied = 0;
    t->cue_n = 0;
    t->from = h->sentence < tail->sentence ? h->sentence : tail->sentence;
    t->to = h->sentence < tail->sentence ? tail->sentence : h->sentence;
    t->order = (uint32_t)(h->at < tail->at ? tail->at - h->end : h->at - tail->end);
    if (h->piece != tail->piece || t->to - t->from > 1)
        return;
    if (!t->relation) {
        if (t->from == t->to)
            say(t, t->pid ? 1 : 3, t->pid ? "named" : "alias");
    } else if (t->from == t->to)
        judge_sentence(d, t);
    else if (h->sentence < tail->sentence)
        judge_neighbour(d, t);
    else
        say(t, 1, "neighbour");
    t->level = (uint8_t)cap_by_match(d, t, t->level);
}
