/* Finding names in a folded text. */
#include "kg2instruction/ann_text.h"

#include <pthread.h>
#include <string.h>

#include "kg2instruction/ann_index_impl.h"
#include "weir/utf8.h"

/* Characters that seldom belong to a name on this side of it: they make a short name between them
 * a word of its own. */
static const char before[] =
    "的是在和与及或于由为以被对从到至向往把将让给了着过也都而并但因其该此这那某每各任据经用称叫名等"
    "说人家者员师长帝王国省市县区州府月日年时后前子";
static const char after[] =
    "的是在和与及或于由为以被对从到至向往把将让了着过也都而并但因曾又还则有位等出生毕成建就担任获说"
    "去来赴率著写创亦即指含属"
    "市省县区州地中时之内外间上下里人";

/* A part of a place before its name (东耶路撒冷), and what makes another name of it (安大略湖). */
static const char parts[] = "东西南北";
static const char other[] = "湖河江岛山湾峡";
static const char units[] = "省市县区州国旗盟镇乡村"; // a place's name is whole with it

/* (65,536) bit 0: in before, bit 1: in after, 2: in parts, 3: in other, 4: in units. */
static uint8_t sides[0x10000];
static pthread_once_t sides_once = PTHREAD_ONCE_INIT;

static void fill_side(const char *p, uint8_t bit)
{
    for (unsigned len; *p; p += len)
        sides[weir_utf8_decode_valid(p, &len)] |= bit;
}

static void fill_sides(void)
{
    fill_side(before, 1);
    fill_side(after, 2);
    fill_side(parts, 4);
    fill_side(other, 8);
    fill_side(units, 16);
}

/* Is the character at p of that set: for 1 and 2, is the place beside it free? */
static int is_free(const char *p, unsigned bit)
{
    unsigned len;
    const uint32_t c = weir_utf8_decode_valid(p, &len);
    return c < 0x10000 && sides[c] & bit;
}

/* The character before a place, of which there is one. */
static const char *before_place(const struct ann_text *t, size_t at)
{
    const char *p = t->folded.p + at - 1;
    while (((unsigned char)*p & 0xC0) == 0x80)
        p--;
    return p;
}

/* Its characters, or SIZE_MAX when not all are Chinese; many are 4. */
static size_t count_han(const struct ann_text *t, size_t at, size_t end)
{
    size_t n = 0;
    for (; at < end && t->cls[at] == ANN_HAN && n < 4; n++)
        at += (unsigned char)t->folded.p[at] < 0xF0 ? 3 : 4;
    while (at < end && t->cls[at] == ANN_HAN)
        at++;
    return at < end ? SIZE_MAX : n;
}

/* Chinese names of two characters need a free place on both sides, of three on one; none is part of
 * a longer name, as far as one character tells. */
static int is_weak(const struct ann_text *t, size_t at, size_t end, size_t last_end)
{
    const size_t chars = count_han(t, at, end);
    if (chars == SIZE_MAX)
        return 0;
    const char *const p = t->folded.p;
    if ((at && at != last_end && is_free(before_place(t, at), 4)) ||
        (end < t->folded.n && is_free(p + end, 8) && !is_free(before_place(t, end), 16)))
        return 1;
    if (chars > 3)
        return 0;
    const int left =
        !at || at == last_end || t->cls[at - 1] != ANN_HAN || is_free(before_place(t, at), 1);
    const int right = end == t->folded.n || t->cls[end] != ANN_HAN || is_free(p + end, 2);
    return chars < 3 ? !(left && right) : !(left || right);
}

/* ---- where names may begin ---- */

enum { AHEAD = 32 }; // places that are looked at together

struct start {
    size_t at;
    uint64_t hash;
};

struct starts {
    struct start at[AHEAD];
    size_t n;
};

/* What is searched, and the word that was looked at as the second of a pair. */
struct search {
    const struct ann_text *t;
    const ann_index *ix;
    struct ann_filter filter;
    uint64_t seed;
    size_t at; // the next place
    size_t word_at, word_n;
    uint64_t word_hash;
    size_t taken; // names up to here are found
};

static size_t char_bytes(const struct ann_text *t, size_t at)
{
    static const uint8_t bytes[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
    return bytes[(unsigned char)t->folded.p[at] >> 4]; // text that is valid
}

/* Bytes of the word at a place. */
static size_t word_bytes(const struct ann_text *t, size_t at)
{
    uint64_t x;
    for (size_t n = 0;; n += sizeof x) {
        memcpy(&x, t->cls + at + n, sizeof x);
        x ^= 0x0101010101010101 * ANN_WORD;
        if (x)
            return n + (size_t)__builtin_ctzll(x) / 8;
    }
}

/* Takes the place when some head may have that hash. */
static void consider(const struct search *s, struct starts *to, size_t at, uint64_t hash)
{
    to->at[to->n] = (struct start){at, hash};
    to->n += (size_t)ann_filter_may(&s->filter, hash);
}

static void read_word(struct search *s, size_t at)
{
    if (s->word_at == at)
        return;
    s->word_at = at;
    s->word_n = word_bytes(s->t, at);
    s->word_hash = ann_hash_word(s->seed, s->t->folded.p + at, s->word_n);
}

/* The names of two words and more come first, so that the longer one is found first.  A line's end
 * divides words that are no name. */
static size_t take_word(struct search *s, struct starts *to, size_t at)
{
    const struct ann_text *t = s->t;
    read_word(s, at);
    const uint64_t hash = s->word_hash;
    const size_t end = at + s->word_n;
    const char *const between = t->folded.p + end;
    size_t next = end;
    if (t->cls[end] == ANN_OTHER && *between != '\n' && end < t->folded.n) {
        const size_t n = char_bytes(t, end);
        next += *between == ' ';
        if (t->cls[end + n] == ANN_WORD) {
            read_word(s, end + n);
            consider(s, to, at, ann_hash_pair(hash, s->word_hash, between, n));
        }
    }
    consider(s, to, at, hash);
    return next;
}

static size_t take_han(struct search *s, struct starts *to, size_t at)
{
    const size_t first = char_bytes(s->t, at);
    size_t n = first;
    if (s->t->cls[at + n] == ANN_HAN)
        n += char_bytes(s->t, at + n);
    consider(s, to, at, ann_hash_word(s->seed, s->t->folded.p + at, n));
    return at + first;
}

static size_t take_other(struct search *s, struct starts *to, size_t at)
{
    const size_t n = char_bytes(s->t, at);
    const char c = s->t->folded.p[at];
    if (c != ' ' && c != '\n')
        consider(s, to, at, ann_hash_word(s->seed, s->t->folded.p + at, n));
    return at + n;
}

/* The next places from s->at on; what tells of the trees there is being fetched. */
static void gather(struct search *s, struct starts *to)
{
    const struct ann_text *const t = s->t;
    to->n = 0;
    while (s->at < t->folded.n && to->n + 2 <= AHEAD) {
        const uint8_t cls = t->cls[s->at];
        s->at = cls == ANN_WORD  ? take_word(s, to, s->at)
                : cls == ANN_HAN ? take_han(s, to, s->at)
                                 : take_other(s, to, s->at);
    }
    for (size_t i = 0; i < to->n; i++)
        ann_index_fetch(s->ix, to->at[i].hash);
}

/* ---- the names there ---- */

/* A tree of a place, where it is looked for. */
struct way {
    size_t at, node;
};

struct ways {
    struct way at[AHEAD * ANN_INDEX_TWINS];
    size_t n;
};

/* The trees of places gathered, being fetched. */
static void find_trees(const struct search *s, const struct starts *from, struct ways *to)
{
    size_t node[ANN_INDEX_TWINS];
    to->n = 0;
    for (size_t i = 0; i < from->n; i++) {
        const struct start *const x = &from->at[i];
        const unsigned n = x->at < s->taken ? 0 : ann_index_trees(s->ix, x->hash, node);
        for (unsigned k = 0; k < n; k++) {
            ann_index_fetch_tree(s->ix, node[k]);
            to->at[to->n++] = (struct way){x->at, node[k]};
        }
    }
}

static int add_match(struct ann_matches *out, const struct ann_text *t, size_t at, size_t end,
                     int weak)
{
    const struct weir_span src = ann_text_source(t, at, end);
    if (out->n == out->cap && weir_grow(&out->at, &out->cap, out->n + 1, sizeof *out->at))
        return WEIR_EMEM;
    out->at[out->n++] = (struct ann_match){at, end, (size_t)(src.p - t->text.p), src.n, weak, 0};
    return 0;
}

static int take_names(struct search *s, struct ways *ways, struct ann_matches *out)
{
    const struct ann_text *const t = s->t;
    for (size_t i = 0; i < ways->n; i++) {
        const struct way *const w = &ways->at[i];
        if (w->at < s->taken)
            continue;
        const size_t n = ann_index_walk(s->ix, w->node, t->folded.p + w->at, t->folded.n - w->at,
                                        t->end + w->at);
        if (!n)
            continue;
        const size_t end = w->at + n;
        const int weak = is_weak(t, w->at, end, s->taken);
        if (add_match(out, t, w->at, end, weak))
            return WEIR_EMEM;
        if (!weak)
            s->taken = end;
    }
    return 0;
}

/* Three steps in turn, each on what the one before left the last time, so that what it needs came
 * meanwhile. */
int ann_text_match(const struct ann_text *t, const ann_index *ix, struct ann_matches *out)
{
    struct search s = {.t = t,
                       .ix = ix,
                       .filter = ann_index_filter(ix),
                       .seed = ann_index_seed(ix),
                       .word_at = SIZE_MAX};
    struct starts starts[2];
    struct ways ways[2];
    pthread_once(&sides_once, fill_sides);
    out->n = starts[1].n = ways[0].n = ways[1].n = 0;
    for (unsigned i = 0; s.at < t->folded.n || starts[i ^ 1].n || ways[i ^ 1].n; i ^= 1) {
        gather(&s, &starts[i]);
        find_trees(&s, &starts[i ^ 1], &ways[i]);
        if (take_names(&s, &ways[i ^ 1], out))
            return WEIR_EMEM;
    }
    return 0;
}
