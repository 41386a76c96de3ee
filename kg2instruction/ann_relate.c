/* Statements of the knowledge file between what a text names. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_doc.h"

enum {
    STATEMENTS = 20000, // of one entity
    PAIRS = 256,        // of marks of two entities, tried for one statement
};
/* Steps of a document, so that its time grows with its bytes whatever it says: a value beside an
 * entity is one each time it is seen, a pair as many as its sentences have bytes. */
#define STEPS(bytes) (((uint64_t)32 << 20) + 512 * (uint64_t)(bytes))

static int damaged(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "the knowledge file is damaged: weir kg2instruction check");
}

static unsigned type_of(const struct ann_doc *d, const struct ann_mark *m)
{
    if (m->entity != ANN_NONE_ENTITY)
        return d->entities[m->entity].topic;
    return d->values.at[m->value].is_time ? ANN_TIME_TYPE : ANN_QUANTITY_TYPE;
}

/* The level that a triple must have. */
static int needed(const struct ann_doc *d)
{
    return 3 - d->sh->opt->precision;
}

/* The same triple in the same piece: the head's entity, the relation, the tail's entity or value.
 */
static int same(const struct ann_doc *d, const struct ann_triple *a, const struct ann_triple *b)
{
    const struct ann_mark *ha = &d->marks[a->head], *hb = &d->marks[b->head];
    const struct ann_mark *ta = &d->marks[a->tail], *tb = &d->marks[b->tail];
    if (a->piece != b->piece || a->relation != b->relation || (!a->relation && a->pid != b->pid))
        return 0;
    if (ha->entity == hb->entity && ta->entity == tb->entity)
        return ta->entity != ANN_NONE_ENTITY || ta == tb;
    return a->relation && a->relation->said & ANN_SYMMETRIC && ha->entity == tb->entity &&
           ta->entity == hb->entity;
}

static int better(const struct ann_triple *a, const struct ann_triple *b)
{
    if (a->level != b->level)
        return a->level > b->level;
    return a->order != b->order ? a->order < b->order : a->head < b->head;
}

/* Keeps the better of those that are the same.  What the text denies somewhere in the piece stays
 * as a mark, and only a place that says it plainly comes up against it. */
static int keep(struct ann_doc *d, const struct ann_triple *t, struct weir_err *err)
{
    if (t->level < needed(d) && !t->denied)
        return 0;
    for (size_t i = d->n_triples; i-- > 0 && d->n_triples - i < 4096;)
        if (same(d, &d->triples[i], t)) {
            struct ann_triple *old = &d->triples[i];
            if (old->denied ? t->level == 3 : t->denied ? old->level < 3 : better(t, old))
                *old = *t;
            return 0;
        }
    if (weir_grow(&d->triples, &d->cap_triples, d->n_triples + 1, sizeof *d->triples))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    d->triples[d->n_triples++] = *t;
    return 0;
}

/* Are there steps left, after n more? */
static int steps(struct ann_doc *d, uint64_t n)
{
    d->work += n;
    d->cut |= d->work > STEPS(d->doc.text.n);
    return !d->cut;
}

/* The first mark of an entity in that sentence or behind it, of its own; n: none. */
static uint32_t first_from(const struct ann_doc *d, const struct ann_entity *e, uint32_t sentence)
{
    const uint32_t *marks = d->by_entity + e->first;
    uint32_t lo = 0, hi = e->n;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        if (d->marks[marks[mid]].sentence < sentence)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Tries the marks of the head around one mark of the tail. */
static int around(struct ann_doc *d, const struct ann_entity *h, uint32_t tail, struct ann_triple t,
                  int *tries, struct weir_err *err)
{
    const uint32_t *marks = d->by_entity + h->first;
    const uint32_t s = d->marks[tail].sentence;
    uint32_t i = first_from(d, h, s ? s - 1 : 0);
    for (; i < h->n && d->marks[marks[i]].sentence <= s + 1 && (*tries)-- > 0; i++) {
        const uint32_t o = d->marks[marks[i]].sentence;
        if (!steps(d, d->sentences[o > s ? o : s].at_end - d->sentences[o < s ? o : s].at))
            return 0;
        t.head = marks[i];
        t.tail = tail;
        t.piece = d->marks[tail].piece;
        ann_judge(d, &t);
        if (keep(d, &t, err))
            return err->code;
    }
    return 0;
}

static int allowed(const struct ann_doc *d, const struct ann_entity *h,
                   const struct ann_relation *r)
{
    const int schema = d->sh->opt->schema;
    return r ? schema != WEIR_KG_SCHEMA_TOPIC || h->topic == d->topic
             : schema == WEIR_KG_SCHEMA_ALL;
}

/* A statement whose value is an entity. */
static int with_entity(struct ann_doc *d, const struct ann_entity *h, kg_id id, struct ann_triple t,
                       struct weir_err *err)
{
    const uint32_t e = ann_entity_find(d, id);
    if (e == ANN_NONE_ENTITY || &d->entities[e] == h)
        return 0;
    const struct ann_entity *tail = &d->entities[e];
    if (t.relation && !(t.relation->tails >> tail->topic & 1))
        return 0;
    int tries = PAIRS;
    for (uint32_t i = 0; i < tail->n && tries > 0 && !d->cut; i++) {
        const uint32_t mark = d->by_entity[tail->first + i], s = d->marks[mark].sentence;
        const uint32_t k = first_from(d, h, s ? s - 1 : 0);
        if (k == h->n)
            break;
        const uint32_t there = d->marks[d->by_entity[h->first + k]].sentence;
        if (there > s + 1) // none near; go on where the next head is
            i = first_from(d, tail, there - 1) - 1;
        else if (around(d, h, mark, t, &tries, err))
            return err->code;
    }
    return 0;
}

static int time_matches(const struct kg_time *k, const struct ann_value *v)
{
    if (k->year < INT32_MIN / 2 || k->year > INT32_MAX / 2 || k->precision < ANN_MILLENNIUM)
        return 0;
    const struct ann_time value = {(int32_t)k->year, (uint8_t)k->month, (uint8_t)k->day,
                                   (uint8_t)(k->precision > ANN_DAY ? ANN_DAY : k->precision),
                                   k->calendar == 1985786};
    return (int)ann_time_compare(&v->time, &value);
}

static int quantity_matches(const struct kg_quantity *k, const struct ann_value *v)
{
    struct ann_decimal amount, lower, upper;
    if (!ann_decimal_parse(k->amount, &amount))
        return 0;
    if (!k->lower.n || !ann_decimal_parse(k->lower, &lower))
        lower = amount;
    if (!k->upper.n || !ann_decimal_parse(k->upper, &upper))
        upper = amount;
    return (int)ann_quantity_compare(&v->quantity, v->about, amount, lower, upper,
                                     k->unit ? k->unit : 199);
}

static int with_value(struct ann_doc *d, const struct ann_entity *h, const struct kg_snak *s,
                      struct ann_triple t, struct weir_err *err)
{
    int tries = PAIRS;
    for (size_t i = 0; i < d->n_beside && tries > 0 && steps(d, 1); i++) {
        const struct ann_mark *m = &d->marks[d->beside[i]];
        const struct ann_value *v = &d->values.at[m->value];
        if (v->is_time != (s->kind == KG_TIME))
            continue;
        const int match =
            v->is_time ? time_matches(&s->u.time, v) : quantity_matches(&s->u.quantity, v);
        if (!match || (t.relation && !(t.relation->tails >> type_of(d, m) & 1)))
            continue;
        t.match = (uint8_t)match;
        if (around(d, h, d->beside[i], t, &tries, err))
            return err->code;
    }
    return 0;
}

/* Lists the values in the sentences of the entity's marks and those next to them. */
static int list_beside(struct ann_doc *d, const struct ann_entity *h, struct weir_err *err)
{
    size_t done = 0; // marks seen
    d->n_beside = 0;
    for (uint32_t i = 0; i < h->n; i++) {
        const size_t at = d->by_entity[h->first + i];
        const uint32_t s = d->marks[at].sentence;
        size_t from = at > done ? at : done;
        while (from > done && d->marks[from - 1].sentence + 1 >= s)
            from--;
        for (; from < d->n_marks && d->marks[from].sentence <= s + 1; from++) {
            if (!steps(d, 1))
                return 0;
            if (d->marks[from].entity != ANN_NONE_ENTITY)
                continue;
            if (weir_grow(&d->beside, &d->cap_beside, d->n_beside + 1, sizeof *d->beside))
                return weir_err_set(err, WEIR_EMEM, "out of memory");
            d->beside[d->n_beside++] = (uint32_t)from;
        }
        done = from;
    }
    return 0;
}

static int statements(struct ann_doc *d, const struct ann_entity *h, struct weir_err *err)
{
    struct kg_cursor c;
    struct kg_statement s;
    int rc = list_beside(d, h, err);
    if (!rc)
        rc = kg_statements(d->sh->kg, h->row, 0, &c);
    for (int i = 0; !rc && i < STATEMENTS && !d->cut; i++) {
        rc = kg_statement_next(&c, &s);
        if (rc <= 0)
            break;
        rc = 0;
        const uint32_t pid = s.main.property & ~KG_PROPERTY;
        struct ann_triple t = {.pid = pid, .relation = ann_relation_find(h->topic, pid)};
        if (s.rank == KG_DEPRECATED || s.main.type != KG_VALUE || pid == 1889 ||
            !allowed(d, h, t.relation))
            continue;
        if (s.main.kind == KG_ENTITY)
            rc = with_entity(d, h, s.main.u.entity, t, err);
        else if (s.main.kind == KG_TIME || s.main.kind == KG_QUANTITY)
            rc = with_value(d, h, &s.main, t, err);
    }
    return rc == KG_DAMAGED && !err->code ? damaged(err) : rc;
}

/* ---- other names ---- */

/* "also known as X", X another name of the entity named before. */
static int aliases(struct ann_doc *d, struct weir_err *err)
{
    static const char cues[] =
        "also known as|known as|also called|nicknamed|formerly|formerly known as|abbreviated|"
        "又名|又称|又稱|亦称|别名|原名|本名|简称|别称|俗称|全称|旧称|古称|艺名|笔名|法号|绰号";
    for (size_t i = 1; i < d->n_marks; i++) {
        const struct ann_mark *b = &d->marks[i], *a = b - 1;
        size_t at;
        if (b->entity == ANN_NONE_ENTITY || a->entity != b->entity || a->sentence != b->sentence ||
            b->at - a->end > 60 || b->by == ANN_BY_NAME ||
            weir_span_eq(weir_span(d->text.folded.p + a->at, a->end - a->at),
                         weir_span(d->text.folded.p + b->at, b->end - b->at)) ||
            d->entities[a->entity].topic >= ANN_N_TOPICS ||
            !ann_cue_find(d, cues, a->end, b->at, NULL, NULL, &at) || b->at - at > 40 ||
            memchr(d->text.folded.p + at, ',', b->at - at))
            continue;
        struct ann_triple t = {.head = (uint32_t)i - 1, .tail = (uint32_t)i, .piece = b->piece};
        ann_judge(d, &t);
        t.cue_n = ann_cue_find(d, cues, a->end, b->at, NULL, NULL, &t.cue);
        if (keep(d, &t, err))
            return err->code;
    }
    return 0;
}

/* ---- what contradicts ---- */

static int contradict(const struct ann_doc *d, const struct ann_triple *a,
                      const struct ann_triple *b)
{
    return a->relation && a->relation == b->relation && a->relation->said & ANN_SINGLE &&
           d->marks[a->head].entity == d->marks[b->head].entity;
}

/* Of two dates of which one is the other's year only the finer stays; of two that differ, and of
 * two places, the one that is said better; in doubt neither. */
static void settle(struct ann_doc *d, struct ann_triple *a, struct ann_triple *b)
{
    const struct ann_mark *ma = &d->marks[a->tail], *mb = &d->marks[b->tail];
    struct ann_triple *worse = better(a, b) ? b : a;
    if (ma->entity == ANN_NONE_ENTITY && mb->entity == ANN_NONE_ENTITY) {
        const struct ann_time *x = &d->values.at[ma->value].time,
                              *y = &d->values.at[mb->value].time;
        if (x->precision != y->precision && ann_time_compare(x, y) != ANN_TIME_OTHER)
            worse = x->precision < y->precision ? a : b;
        else if (ann_time_compare(x, y) == ANN_TIME_SAME)
            worse = better(a, b) ? b : a;
        else
            d->n_contradictory++;
    } else
        d->n_contradictory++;
    worse->level = 0;
}

static void drop_contradictory(struct ann_doc *d)
{
    for (size_t i = 0; i < d->n_triples; i++)
        for (size_t k = i + 1; k < d->n_triples && k < i + 4096; k++)
            if (d->triples[i].level && d->triples[k].level &&
                contradict(d, &d->triples[i], &d->triples[k]))
                settle(d, &d->triples[i], &d->triples[k]);
    size_t n = 0;
    for (size_t i = 0; i < d->n_triples; i++) {
        d->n_negated += d->triples[i].denied;
        if (d->triples[i].level)
            d->triples[n++] = d->triples[i];
    }
    d->n_triples = n;
}

static int by_place(const void *x, const void *y)
{
    const struct ann_triple *a = x, *b = y;
    if (a->piece != b->piece)
        return a->piece < b->piece ? -1 : 1;
    if (a->head != b->head)
        return a->head < b->head ? -1 : 1;
    if (a->tail != b->tail)
        return a->tail < b->tail ? -1 : 1;
    if (a->relation != b->relation) // places in one table
        return a->relation < b->relation ? -1 : 1;
    return a->pid < b->pid ? -1 : a->pid > b->pid;
}

/* The topic of the text: of its subject, else of most marks of one topic. */
static unsigned topic_of(const struct ann_doc *d)
{
    size_t counts[ANN_NO_TOPIC + 1] = {0};
    unsigned best = ANN_NO_TOPIC;
    if (d->subject != ANN_NONE_ENTITY)
        return d->entities[d->subject].topic;
    for (size_t i = 0; i < d->n_entities; i++)
        counts[d->entities[i].topic] += d->entities[i].n;
    for (unsigned i = 0; i < ANN_N_TOPICS; i++)
        if (counts[i] && (best == ANN_NO_TOPIC || counts[i] > counts[best]))
            best = i;
    return best;
}

int ann_relate(struct ann_doc *d, struct weir_err *err)
{
    d->topic = topic_of(d);
    for (size_t i = 0; i < d->n_entities; i++)
        if (d->entities[i].n && !d->cut && statements(d, &d->entities[i], err))
            return err->code;
    if (aliases(d, err))
        return err->code;
    drop_contradictory(d);
    if (d->n_triples > 1)
        qsort(d->triples, d->n_triples, sizeof *d->triples, by_place);
    return 0;
}
