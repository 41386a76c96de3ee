/* Folding a text with its places kept. */
#include "kg2instruction/ann_text.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL // heads are short: the call would cost as much as the hash
#include "lib/xxh.h"

#include "weir/utf8.h"

void ann_text_free(struct ann_text *t)
{
    weir_buf_free(&t->folded);
    weir_buf_free(&t->simplified);
    kg_fold_scratch_free(&t->scratch);
    free(t->from);
    free(t->cls);
    free(t->end);
    *t = (struct ann_text){0};
}

enum ann_class ann_class_of(uint32_t c)
{
    if (c < 128)
        return weir_is_ascii_alpha(c) || weir_is_ascii_digit(c) ? ANN_WORD : ANN_OTHER;
    if (weir_is_han(c))
        return ANN_HAN;
    return weir_is_letter(c) || weir_is_number(c) ? ANN_WORD : ANN_OTHER;
}

/* The end of the word of that class that begins at p[at]; Chinese: two characters. */
static size_t word_end(const char *p, size_t n, size_t at, enum ann_class cls)
{
    unsigned len;
    weir_utf8_decode(p + at, n - at, &len);
    at += len;
    while (cls != ANN_OTHER && at < n &&
           ann_class_of(weir_utf8_decode(p + at, n - at, &len)) == cls) {
        at += len;
        if (cls == ANN_HAN)
            break;
    }
    return at;
}

size_t ann_head(const char *p, size_t n, size_t *first)
{
    unsigned len, next;
    const enum ann_class cls = ann_class_of(weir_utf8_decode(p, n, &len));
    const size_t end = *first = word_end(p, n, 0, cls);
    if (cls != ANN_WORD || end == n ||
        ann_class_of(weir_utf8_decode(p + end, n - end, &len)) != ANN_OTHER || end + len == n ||
        ann_class_of(weir_utf8_decode(p + end + len, n - end - len, &next)) != ANN_WORD)
        return end;
    return word_end(p, n, end + len, ANN_WORD);
}

uint64_t ann_head_hash(const char *p, size_t n)
{
    return XXH3_64bits(p, n);
}

/* A character of the text as it stands in the line, and as simplified. */
struct pair {
    const char *p, *q;
    const char *p_end, *q_end;
};

static int same_length(const struct pair *line)
{
    return weir_utf8_count(line->p, (size_t)(line->p_end - line->p)) ==
           weir_utf8_count(line->q, (size_t)(line->q_end - line->q));
}

static uint8_t ascii_fold[128], ascii_class[128];
static pthread_once_t ascii_once = PTHREAD_ONCE_INIT;

static void fill_ascii(void)
{
    for (uint32_t c = 0; c < 128; c++) {
        ascii_fold[c] = (uint8_t)kg_fold_char(c);
        ascii_class[c] = (uint8_t)ann_class_of(c);
    }
}

static void put_ascii(struct ann_text *t, uint8_t c, size_t from)
{
    const size_t at = t->folded.n++;
    const uint8_t cls = ascii_class[c];
    t->folded.p[at] = (char)c;
    t->from[at] = (uint32_t)from;
    t->cls[at] = cls;
    t->end[at] = !(at && cls == ANN_WORD && t->cls[at - 1] == ANN_WORD);
}

static void put(struct ann_text *t, uint32_t c, size_t from)
{
    struct weir_buf *b = &t->folded;
    const size_t at = b->n;
    const unsigned n = weir_utf8_encode(c, b->p + at);
    const uint8_t cls = (uint8_t)ann_class_of(c);
    b->n += n;
    t->end[at] = !(at && cls == ANN_WORD && t->cls[at - 1] == ANN_WORD);
    for (unsigned i = 0; i < n; i++) {
        t->from[at + i] = (uint32_t)from;
        t->cls[at + i] = cls;
        if (i)
            t->end[at + i] = 0;
    }
}

/* One line.  OpenCC's phrases replace characters one by one; where the simplified line has another
 * length all the same, its places would be lost, and the line is read as it stands. */
static void fold_line(struct ann_text *t, struct pair line)
{
    const char *const begin = t->text.p;
    const int aligned = same_length(&line);
    int space = 1;
    while (line.p < line.p_end) {
        unsigned n, m = 0;
        if ((unsigned char)*line.p < 0x80) { // the same in both
            const uint8_t c = ascii_fold[(unsigned char)*line.p];
            if (c && !(c == ' ' && space))
                put_ascii(t, c, (size_t)(line.p - begin));
            space = c ? c == ' ' : space;
            if (aligned)
                weir_utf8_decode_valid(line.q, &m);
            line.p++, line.q += m;
            continue;
        }
        const size_t from = (size_t)(line.p - begin);
        uint32_t c = weir_utf8_decode_valid(line.p, &n);
        if (aligned)
            c = weir_utf8_decode_valid(line.q, &m);
        line.p += n, line.q += m;
        const uint32_t f = kg_fold_char(c);
        if (!f || (f == ' ' && space))
            continue;
        space = f == ' ';
        put(t, f, from);
    }
}

/* Every character of the text becomes at most one, of at most 4 bytes (of 3 where it has 3: case
 * folding of one code point never makes a longer one but for a few of 2 bytes). */
static int make_room(struct ann_text *t, size_t n)
{
    const size_t most = n * 2 + 1;
    t->folded.n = 0;
    return n >= UINT32_MAX || weir_buf_reserve(&t->folded, most + 4) ||
                   weir_grow(&t->from, &t->cap_from, most, sizeof *t->from) ||
                   weir_grow(&t->cls, &t->cap_cls, most, 1) ||
                   weir_grow(&t->end, &t->cap_end, most, 1)
               ? WEIR_EMEM
               : 0;
}

int ann_text_set(struct ann_text *t, const kg_fold *fold, struct weir_span text)
{
    pthread_once(&ascii_once, fill_ascii);
    t->text = text;
    t->simplified.n = 0;
    if (make_room(t, text.n) || kg_fold_simplify(fold, &t->scratch, text, &t->simplified))
        return WEIR_EMEM;
    struct pair rest = {text.p, t->simplified.p, text.p + text.n,
                        t->simplified.p + t->simplified.n};
    while (rest.p < rest.p_end) {
        struct pair line = rest;
        const char *const p = memchr(rest.p, '\n', (size_t)(rest.p_end - rest.p));
        const char *const q = memchr(rest.q, '\n', (size_t)(rest.q_end - rest.q));
        line.p_end = p ? p : rest.p_end;
        line.q_end = q ? q : rest.q_end;
        fold_line(t, line);
        if (!p || !q)
            break;
        put(t, '\n', (size_t)(p - text.p));
        rest.p = p + 1, rest.q = q + 1;
    }
    t->from[t->folded.n] = (uint32_t)text.n;
    t->cls[t->folded.n] = ANN_OTHER;
    t->end[t->folded.n] = 1;
    return 0;
}

struct weir_span ann_text_source(const struct ann_text *t, size_t at, size_t end)
{
    unsigned len;
    const size_t from = t->from[at], last = t->from[end - 1];
    weir_utf8_decode_valid(t->text.p + last, &len);
    return weir_span(t->text.p + from, last + len - from);
}

/* ---- names ---- */

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

/* Chinese names of two characters need a free place on both sides, of three on one; none is part of
 * a longer name, as far as one character tells. */
static int is_weak(const struct ann_text *t, size_t at, size_t end, size_t last_end)
{
    size_t chars = 0;
    for (size_t i = at; i < end; i++) {
        if (t->cls[i] != ANN_HAN)
            return 0;
        chars += ((unsigned char)t->folded.p[i] & 0xC0) != 0x80;
    }
    const char *const p = t->folded.p;
    if ((at && at != last_end && is_free(p + weir_utf8_prev(p, at), 4)) ||
        (end < t->folded.n && is_free(p + end, 8) && !is_free(p + weir_utf8_prev(p, end), 16)))
        return 1;
    if (chars > 3)
        return 0;
    const int left =
        !at || at == last_end || t->cls[at - 1] != ANN_HAN || is_free(p + weir_utf8_prev(p, at), 1);
    const int right = end == t->folded.n || t->cls[end] != ANN_HAN || is_free(p + end, 2);
    return chars < 3 ? !(left && right) : !(left || right);
}

static size_t next_char(const struct ann_text *t, size_t at)
{
    do
        at++;
    while (at < t->folded.n && ((unsigned char)t->folded.p[at] & 0xC0) == 0x80);
    return at;
}

/* ann_head() over the classes that are known; a line's end divides words that are no name. */
static size_t head(const struct ann_text *t, size_t at, size_t *first)
{
    size_t end = next_char(t, at);
    if (t->cls[at] == ANN_HAN)
        end = t->cls[end] == ANN_HAN ? next_char(t, end) : end;
    else if (t->cls[at] == ANN_WORD)
        while (t->cls[end] == ANN_WORD)
            end++;
    *first = end - at;
    if (t->cls[at] != ANN_WORD || end == t->folded.n || t->cls[end] != ANN_OTHER ||
        t->folded.p[end] == '\n')
        return *first;
    size_t second = next_char(t, end);
    if (t->cls[second] != ANN_WORD)
        return *first;
    while (t->cls[second] == ANN_WORD)
        second++;
    return second - at;
}

/* Places where a name may begin, with what is found out about them ahead. */
struct start {
    size_t at;
    uint64_t hash;
    struct ann_walk walk;
};
enum {
    AHEAD = 32,
    NODES_AHEAD = 2, // of the walk of a word; of a Chinese one most would be in vain, since a name
                     // goes over the places behind its begin
};

static inline void walk(const struct ann_text *t, const ann_index *ix, struct start *s,
                        unsigned nodes)
{
    ann_index_walk(ix, &s->walk, t->folded.p + s->at, t->folded.n - s->at, t->end + s->at, nodes);
}

/* Looks ahead for the names that begin so; 1 when there may be any. */
static int look(const struct ann_text *t, const ann_index *ix, size_t at, size_t len,
                struct start *s)
{
    s->at = at;
    s->hash = ann_head_hash(t->folded.p + at, len);
    return ann_index_fetch(ix, s->hash);
}

/* The next places from *at on: of a word first the names of more words than it, so that the longer
 * one is found first. */
static size_t gather(const struct ann_text *t, const ann_index *ix, size_t *at, struct start *s)
{
    size_t n = 0, first;
    int words = 0;
    while (*at < t->folded.n && n + 1 < AHEAD) {
        const size_t from = *at;
        if (!t->end[from] || t->folded.p[from] == ' ' || t->folded.p[from] == '\n') {
            ++*at;
            continue;
        }
        const size_t len = head(t, from, &first);
        if (len > first)
            n += (size_t)look(t, ix, from, len, &s[n]);
        n += (size_t)look(t, ix, from, first, &s[n]);
        words |= t->cls[from] != ANN_HAN;
        *at = t->cls[from] == ANN_WORD ? from + first : next_char(t, from);
    }
    for (size_t i = 0; i < n; i++)
        s[i].walk = (struct ann_walk){ann_index_tree(ix, s[i].hash), 0, 0};
    for (int k = 0; words && k < NODES_AHEAD; k++)
        for (size_t i = 0; i < n; i++)
            if (s[i].walk.node && t->cls[s[i].at] != ANN_HAN)
                walk(t, ix, &s[i], 1);
    return n;
}

static int add_match(struct ann_matches *out, const struct ann_text *t, size_t at, size_t end,
                     int weak)
{
    const struct weir_span src = ann_text_source(t, at, end);
    if (weir_grow(&out->at, &out->cap, out->n + 1, sizeof *out->at))
        return WEIR_EMEM;
    out->at[out->n++] = (struct ann_match){at, end, (size_t)(src.p - t->text.p), src.n, weak, 0};
    return 0;
}

int ann_text_match(const struct ann_text *t, const ann_index *ix, struct ann_matches *out)
{
    struct start s[AHEAD];
    pthread_once(&sides_once, fill_sides);
    size_t at = 0, n, last_end = SIZE_MAX, taken = 0;
    out->n = 0;
    while ((n = gather(t, ix, &at, s)) > 0)
        for (size_t i = 0; i < n; i++) {
            const size_t from = s[i].at;
            if (from < taken)
                continue;
            if (s[i].walk.node)
                walk(t, ix, &s[i], UINT_MAX);
            const size_t len = s[i].walk.best;
            if (!len)
                continue;
            const int weak = is_weak(t, from, from + len, last_end);
            if (add_match(out, t, from, from + len, weak))
                return WEIR_EMEM;
            if (!weak)
                taken = last_end = from + len;
        }
    return 0;
}
