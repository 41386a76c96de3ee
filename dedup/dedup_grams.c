#include "dedup/dedup_grams.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/xxh.h"
#include "weir/utf8.h"

enum { GATHER = 64 << 10 };

struct dedup_grams {
    struct dedup_gram_rule rule;
    struct dedup_simple_text text;
    dedup_words *words;
    struct weir_buf gathered;        // units with spaces between them
    size_t from[DEDUP_MAX_GRAM + 1]; // where the open units begin in it, by number mod this
    uint32_t weight[DEDUP_MAX_GRAM + 1];
    uint64_t first, n;    // the open units: numbers first to n - 1
    uint32_t sum, enough; // their weight; that of an n-gram
};

dedup_grams *dedup_grams_new(const struct dedup_gram_rule *rule, struct weir_err *err)
{
    dedup_grams *g = calloc(1, sizeof *g);
    if (!g) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    g->rule = *rule;
    g->enough = rule->n_words * rule->n_chars;
    g->words = dedup_words_new(DEDUP_WORDS_CHARS, err);
    if (g->words)
        return g;
    dedup_grams_free(g);
    return NULL;
}

void dedup_grams_free(dedup_grams *g)
{
    if (!g)
        return;
    dedup_words_free(g->words);
    weir_buf_free(&g->text.chunk);
    weir_buf_free(&g->gathered);
    free(g);
}

void dedup_grams_start(dedup_grams *g)
{
    weir_buf_reset(&g->gathered, 2 * GATHER);
    g->first = g->n = 0;
    g->sum = 0;
}

static void compact(dedup_grams *g)
{
    enum { RING = DEDUP_MAX_GRAM + 1 };
    const size_t keep = g->first < g->n ? g->from[g->first % RING] : g->gathered.n;
    memmove(g->gathered.p, g->gathered.p + keep, g->gathered.n - keep);
    g->gathered.n -= keep;
    for (size_t i = 0; i < RING; i++)
        g->from[i] -= keep;
}

static int is_cjk(struct weir_span word)
{
    unsigned len;
    return dedup_is_cjk(weir_utf8_decode(word.p, word.n, &len));
}

static int add_unit(dedup_grams *g, struct weir_span word,
                    void (*each)(void *ctx, const struct dedup_gram *gram), void *ctx)
{
    enum { RING = DEDUP_MAX_GRAM + 1 };
    if (g->gathered.n > GATHER)
        compact(g);
    if (weir_buf_reserve(&g->gathered, word.n + 1))
        return WEIR_EMEM;
    if (g->gathered.n)
        weir_buf_addc(&g->gathered, ' ');
    const size_t at = g->n++ % RING;
    g->from[at] = g->gathered.n;
    g->weight[at] = is_cjk(word) ? g->rule.n_words : g->rule.n_chars;
    g->sum += g->weight[at];
    weir_buf_add(&g->gathered, word.p, word.n);
    for (; g->sum >= g->enough; g->first++) {
        const size_t from = g->from[g->first % RING];
        struct dedup_gram gram = {.end_unit = g->n - 1};
        gram.text = weir_span(g->gathered.p + from, g->gathered.n - from);
        gram.hash = XXH64(gram.text.p, gram.text.n, 0);
        each(ctx, &gram);
        g->sum -= g->weight[g->first % RING];
    }
    return 0;
}

int64_t dedup_grams_add(dedup_grams *g, struct weir_span text,
                        void (*each)(void *ctx, const struct dedup_gram *gram), void *ctx)
{
    const struct weir_span *words;
    struct weir_span chunk;
    int rc = 0;
    dedup_simple_start(&g->text, g->rule.simple, text);
    while (!rc && dedup_simple_next(&g->text, &chunk)) {
        const int64_t n = dedup_words_of(g->words, chunk, g->text.marks, &words);
        rc = n < 0 ? WEIR_EMEM : 0;
        for (int64_t i = 0; i < n && !rc; i++)
            rc = add_unit(g, words[i], each, ctx);
    }
    if (g->text.chunk.failed)
        rc = WEIR_EMEM;
    weir_buf_reset(&g->text.chunk, GATHER);
    return rc ? rc : (int64_t)g->n;
}

void dedup_gram_show(struct weir_buf *b, struct weir_span text)
{
    int after_cjk = 0;
    for (size_t at = 0; at < text.n;) {
        unsigned len;
        const uint32_t c = weir_utf8_decode(text.p + at, text.n - at, &len);
        const int gap = c == ' ' && after_cjk && at + 1 < text.n &&
                        is_cjk(weir_span(text.p + at + 1, text.n - at - 1));
        if (!gap)
            weir_buf_add(b, text.p + at, len);
        after_cjk = dedup_is_cjk(c);
        at += len;
    }
}

/* ---- the table ---- */

struct dedup_gram_slot {
    uint64_t hash;
    uint32_t number; // 0: empty
} __attribute__((packed, aligned(4)));

int dedup_gram_table_init(struct dedup_gram_table *t, uint64_t limit)
{
    uint64_t mix;
    if (getrandom(&mix, sizeof mix, GRND_NONBLOCK) != sizeof mix)
        mix = (uint64_t)time(NULL) * 0x9E3779B97F4A7C15 ^ (uintptr_t)&mix;
    *t = (struct dedup_gram_table){.cap = 1024, .shift = 54, .mix = mix | 1, .limit = limit};
    t->slot = weir_calloc(t->cap, sizeof *t->slot);
    t->maybe = weir_calloc(t->cap, 1);
    return t->slot && t->maybe ? 0 : WEIR_EMEM;
}

void dedup_gram_table_free(struct dedup_gram_table *t)
{
    free(t->slot);
    free(t->maybe);
    t->slot = NULL;
    t->maybe = NULL;
}

static size_t place_of(const struct dedup_gram_table *t, uint64_t hash)
{
    size_t at = (size_t)(hash * t->mix >> t->shift);
    while (t->slot[at].number && t->slot[at].hash != hash)
        at = (at + 1) & (t->cap - 1);
    return at;
}

static size_t bit_of(const struct dedup_gram_table *t, uint64_t hash)
{
    return (size_t)(hash * t->mix >> (t->shift - 3));
}

static void set_bit(struct dedup_gram_table *t, uint64_t hash)
{
    const size_t bit = bit_of(t, hash);
    t->maybe[bit / 8] |= (uint8_t)(1 << bit % 8);
}

uint32_t dedup_gram_table_find(const struct dedup_gram_table *t, uint64_t hash)
{
    const size_t bit = bit_of(t, hash);
    if (!(t->maybe[bit / 8] >> bit % 8 & 1))
        return 0;
    return t->slot[place_of(t, hash)].number;
}

static int grow(struct dedup_gram_table *t)
{
    struct dedup_gram_table bigger = *t;
    bigger.cap *= 2;
    bigger.shift--;
    if ((bigger.cap + t->cap) * (sizeof *t->slot + 1) > t->limit)
        return WEIR_EMEM;
    bigger.slot = weir_calloc(bigger.cap, sizeof *t->slot);
    bigger.maybe = weir_calloc(bigger.cap, 1);
    if (!bigger.slot || !bigger.maybe) {
        dedup_gram_table_free(&bigger);
        return WEIR_EMEM;
    }
    for (size_t i = 0; i < t->cap; i++) {
        if (!t->slot[i].number)
            continue;
        bigger.slot[place_of(&bigger, t->slot[i].hash)] = t->slot[i];
        set_bit(&bigger, t->slot[i].hash);
    }
    dedup_gram_table_free(t);
    *t = bigger;
    return 0;
}

int dedup_gram_table_add(struct dedup_gram_table *t, uint64_t hash, uint32_t number)
{
    if (t->n + 1 > t->cap / 2 && grow(t))
        return WEIR_EMEM;
    struct dedup_gram_slot *s = &t->slot[place_of(t, hash)];
    if (s->number)
        return 0;
    *s = (struct dedup_gram_slot){hash, number};
    set_bit(t, hash);
    t->n++;
    return 1;
}
