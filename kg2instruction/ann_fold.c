/* Folding a text with its places kept.  Most of a text is ASCII or Chinese: eight bytes of the one
 * and one character of the other are taken at a time, all else by a table. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_text.h"
#include "weir/utf8.h"

void ann_text_free(struct ann_text *t)
{
    weir_buf_free(&t->folded);
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

/* ---- characters ---- */

/* Folded character and, from bit 24, class: those below LOW, among them all alphabets, kana and the
 * punctuation of Chinese, and the full-width forms. */
enum { LOW = 0x3200, FORMS = 0xFF00, N_FORMS = 0x100 };
static uint32_t low[LOW], forms[N_FORMS];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static uint32_t look_up(uint32_t c)
{
    const uint32_t f = kg_fold_char(c);
    return f | (uint32_t)ann_class_of(f) << 24;
}

static void fill_tables(void)
{
    for (uint32_t c = 0; c < LOW; c++)
        low[c] = look_up(c);
    for (uint32_t c = 0; c < N_FORMS; c++)
        forms[c] = look_up(FORMS + c);
}

static uint32_t folded_of(uint32_t c)
{
    if (c < LOW)
        return low[c];
    return c >= FORMS && c < FORMS + N_FORMS ? forms[c - FORMS] : look_up(c);
}

/* The first bytes are those of a character of the block 4E00 … 9FFF, which folds to itself; four
 * can be read. */
static int is_han(const char *p)
{
    uint32_t w;
    memcpy(&w, p, 4);
    return (__builtin_bswap32(w) >> 8) - 0xE4B880 <= 0xE9BFBF - 0xE4B880;
}

/* ---- writing ---- */

/* So many places behind those in use can be written at will. */
enum { SLACK = ANN_WALK_SLACK };

static void put_han(struct ann_text *t, const char *p, size_t from)
{
    static const uint8_t cls[4] = {ANN_HAN, ANN_HAN, ANN_HAN, ANN_OTHER}, end[4] = {1};
    const size_t at = t->folded.n;
    memcpy(t->folded.p + at, p, 4);
    memcpy(t->cls + at, cls, 4);
    memcpy(t->end + at, end, 4);
    for (int i = 0; i < 4; i++)
        t->from[at + i] = (uint32_t)from;
    t->folded.n = at + 3;
}

static void put(struct ann_text *t, uint32_t c, uint8_t cls, size_t from)
{
    struct weir_buf *b = &t->folded;
    const size_t at = b->n;
    unsigned n = 1;
    if (c < 0x80)
        b->p[at] = (char)c;
    else
        n = weir_utf8_encode(c, b->p + at);
    b->n += n;
    t->end[at] = !(at && cls == ANN_WORD && t->cls[at - 1] == ANN_WORD);
    for (unsigned i = 0; i < n; i++) {
        t->from[at + i] = (uint32_t)from;
        t->cls[at + i] = cls;
        if (i)
            t->end[at + i] = 0;
    }
}

/* Puts any character; space: whether one would follow another, or begin a line. */
static void put_any(struct ann_text *t, uint32_t c, size_t from, int *space)
{
    const uint32_t v = folded_of(c), f = v & 0xFFFFFF;
    if (!f || (f == ' ' && *space))
        return;
    *space = f == ' ';
    put(t, f, (uint8_t)(v >> 24), from);
}

static uint64_t bytes_of(unsigned char c)
{
    return 0x0101010101010101u * c;
}

/* The upper bit of each byte below 0x80 that lies in first … last. */
static uint64_t between(uint64_t x, unsigned char first, unsigned char last)
{
    return (x + bytes_of((unsigned char)(0x80 - first))) &
           ~(x + bytes_of((unsigned char)(0x7F - last))) & bytes_of(0x80);
}

/* Of the eight bytes at p those before the first that is no ASCII, vanishes or becomes another but
 * by its case; how many. */
static unsigned put_ascii(struct ann_text *t, const char *p, size_t from, int *space)
{
    const size_t at = t->folded.n;
    uint64_t x;
    memcpy(&x, p, 8);
    const uint64_t upper = x & bytes_of(0x80);
    x &= bytes_of(0x7F);
    const uint64_t spaces = between(x, ' ', ' ');
    const uint64_t others = upper | (between(x, ' ', 0x7F) ^ bytes_of(0x80)) |
                            between(x, '_', '_') | (spaces & (spaces << 8 | (*space ? 0x80 : 0)));
    const unsigned n = others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
    if (!n)
        return 0;
    x |= between(x, 'A', 'Z') >> 2;
    const uint64_t words = between(x, 'a', 'z') | between(x, '0', '9');
    const uint64_t cls = words >> 7; // ANN_WORD is 1, ANN_OTHER 0
    const uint64_t last = at && t->cls[at - 1] == ANN_WORD;
    const uint64_t end = ~(cls & (cls << 8 | last)) & bytes_of(1);
    memcpy(t->folded.p + at, &x, 8);
    memcpy(t->cls + at, &cls, 8);
    memcpy(t->end + at, &end, 8);
    for (unsigned i = 0; i < 8; i++)
        t->from[at + i] = (uint32_t)from + i;
    *space = spaces >> (8 * n - 1) & 1;
    t->folded.n = at + n;
    return n;
}

/* ---- lines ---- */

/* A line of the text, and as simplified. */
struct pair {
    const char *p, *q;
    const char *p_end, *q_end;
};

static int same_length(const struct pair *line)
{
    return weir_utf8_count(line->p, (size_t)(line->p_end - line->p)) ==
           weir_utf8_count(line->q, (size_t)(line->q_end - line->q));
}

/* A line that is simplified; it ends at a line end or where the text does. */
static void fold_same(struct ann_text *t, const char *p, const char *p_end)
{
    const char *const begin = t->text.p;
    int space = 1;
    while (p < p_end) {
        unsigned n = 0;
        const size_t from = (size_t)(p - begin);
        if (t->text.n - from >= 8) {
            if (is_han(p)) {
                put_han(t, p, from);
                p += 3, space = 0;
                continue;
            }
            if ((unsigned char)*p < 0x80)
                n = put_ascii(t, p, from, &space);
        }
        if (!n)
            put_any(t, weir_utf8_decode_valid(p, &n), from, &space);
        p += n;
    }
}

/* OpenCC's phrases replace characters one by one. */
static void fold_changed(struct ann_text *t, struct pair line)
{
    const char *const begin = t->text.p;
    int space = 1;
    while (line.p < line.p_end) {
        unsigned n, m;
        const size_t from = (size_t)(line.p - begin);
        if (line.p_end - line.p >= 4 && line.q_end - line.q >= 4 && is_han(line.p) &&
            is_han(line.q)) {
            put_han(t, line.q, from);
            line.p += 3, line.q += 3, space = 0;
            continue;
        }
        const uint32_t p = weir_utf8_decode_valid(line.p, &n);
        const uint32_t q = weir_utf8_decode_valid(line.q, &m);
        put_any(t, p < 0x80 ? p : q, from, &space);
        line.p += n, line.q += m;
    }
}

/* Where the simplified line has another length, its places would be lost, and the line is read as
 * it stands. */
static void fold_line(struct ann_text *t, struct pair line)
{
    const size_t n = (size_t)(line.p_end - line.p);
    if (line.p == line.q || (n == (size_t)(line.q_end - line.q) && !memcmp(line.p, line.q, n)) ||
        !same_length(&line))
        fold_same(t, line.p, line.p_end);
    else
        fold_changed(t, line);
}

/* Every character of the text becomes at most one, of at most 4 bytes (of 3 where it has 3: case
 * folding of one code point never makes a longer one but for a few of 2 bytes). */
static int make_room(struct ann_text *t, size_t n)
{
    const size_t most = n * 2 + 1 + SLACK;
    t->folded.n = 0;
    return n >= UINT32_MAX || weir_buf_reserve(&t->folded, most) ||
                   weir_grow(&t->from, &t->cap_from, most, sizeof *t->from) ||
                   weir_grow(&t->cls, &t->cap_cls, most, 1) ||
                   weir_grow(&t->end, &t->cap_end, most, 1)
               ? WEIR_EMEM
               : 0;
}

int ann_text_set(struct ann_text *t, const kg_fold *fold, struct weir_span text)
{
    struct weir_span simplified;
    pthread_once(&tables_once, fill_tables);
    t->text = text;
    if (make_room(t, text.n) || kg_fold_simple(fold, &t->scratch, text, &simplified))
        return WEIR_EMEM;
    struct pair rest = {text.p, simplified.p, text.p + text.n, simplified.p + simplified.n};
    while (rest.p < rest.p_end) {
        struct pair line = rest;
        const char *const p = memchr(rest.p, '\n', (size_t)(rest.p_end - rest.p));
        const char *const q =
            rest.p == rest.q ? p : memchr(rest.q, '\n', (size_t)(rest.q_end - rest.q));
        line.p_end = p ? p : rest.p_end;
        line.q_end = q ? q : rest.q_end;
        fold_line(t, line);
        if (!p || !q)
            break;
        put(t, '\n', ANN_OTHER, (size_t)(p - text.p));
        rest.p = p + 1, rest.q = q + 1;
    }
    t->from[t->folded.n] = (uint32_t)text.n;
    memset(t->cls + t->folded.n, ANN_OTHER, 8);
    memset(t->folded.p + t->folded.n, 0, 8);
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
