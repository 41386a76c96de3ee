/* The second view: readings of what the marks show.  It holds more than it must (whole stretches
 * of 64 bytes around a sign); lexicon_hits.c decides which hits in it count. */
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"
#include "filters/lexicon_fold.h"

enum {
    BLOCK = 64,  // bytes to a mark
    AROUND = 48, // bytes before and behind that belong to the sign: 16 Han characters
    MAX_WORD = 40
};

void lexicon_pieces_free(struct lexicon_pieces *p)
{
    weir_buf_free(&p->text);
    free(p->from);
    memset(p, 0, sizeof *p);
}

/* ---- one character after another ---- */

struct walk {
    const lexicon_fold *f;
    struct weir_span view;
    struct lexicon_pieces *p;
};

static inline unsigned kind_at(const struct walk *w, size_t at, unsigned *len, uint32_t *c)
{
    const unsigned char first = (unsigned char)w->view.p[at];
    if (first < 0x80) {
        *len = 1;
        *c = first;
        return lexicon_kind(w->f, first);
    }
    *c = weir_utf8_decode_valid(w->view.p + at, len);
    if (*c < 1 << 16)
        return lexicon_kind(w->f, *c);
    return weir_is_han(*c) ? LEX_HAN : LEX_SIGN;
}

/* Room for it was made before: make_room(). */
static void add(struct walk *w, size_t at, unsigned len)
{
    struct lexicon_pieces *p = w->p;
    for (unsigned i = 0; i < len; i++) {
        p->from[p->text.n] = (uint32_t)(at + i);
        p->text.p[p->text.n++] = w->view.p[at + i];
    }
}

/* One byte that reads otherwise than what stands at `at`. */
static void add_as(struct walk *w, size_t at, char c)
{
    w->p->from[w->p->text.n] = (uint32_t)at;
    w->p->text.p[w->p->text.n++] = c;
}

static void end_piece(struct walk *w, size_t at)
{
    if (w->p->text.n && w->p->text.p[w->p->text.n - 1] != '\n')
        add_as(w, at, '\n');
}

/* ---- words of letters, with readings ---- */

static int is_word_part(unsigned kind, uint32_t c)
{
    return kind == LEX_LETTER || kind == LEX_LEET || kind == LEX_BANG || kind == LEX_LOOK ||
           weir_is_ascii_digit(c);
}

static size_t end_of_word(const struct walk *w, size_t at, size_t end)
{
    unsigned len = 0;
    uint32_t c;
    for (; at < end; at += len) {
        const unsigned kind = kind_at(w, at, &len, &c);
        if (!is_word_part(kind, c))
            break;
    }
    return at;
}

static char reading(char c, char one)
{
    static const char letter['@' + 1] = {['0'] = 'o', ['3'] = 'e', ['4'] = 'a', ['5'] = 's',
                                         ['7'] = 't', ['8'] = 'b', ['$'] = 's', ['@'] = 'a'};
    if (c == '1' || c == '!' || c == '|')
        return one;
    return c > 0 && c <= '@' && letter[(size_t)c] ? letter[(size_t)c] : c;
}

/* One reading of [at, end): 1 and ! as `one`, runs of three and more letters cut to `run`. */
static void add_reading(struct walk *w, size_t at, size_t end, char one, int run)
{
    unsigned len;
    uint32_t c;
    char last = 0;
    int n_same = 0;
    const size_t start = w->p->text.n;
    for (size_t i = at; i < end; i += len) {
        const unsigned kind = kind_at(w, i, &len, &c);
        const char r = kind == LEX_LOOK ? (char)w->f->look[c] : reading((char)c, one);
        n_same = r == last ? n_same + 1 : 1;
        last = r;
        if (n_same <= 2)
            add_as(w, i, r);
        else if (n_same == 3 && run == 1 && w->p->text.n > start)
            w->p->text.n--;
    }
    end_piece(w, at);
}

/* 1 when the word reads otherwise than it stands. */
static int add_word(struct walk *w, size_t at, size_t end)
{
    int has_one = 0, has_run = 0;
    size_t n_letters = 0;
    for (size_t i = at; i < end; i++) {
        const char c = w->view.p[i];
        has_one |= c == '1' || c == '!' || c == '|';
        has_run |= i >= at + 2 && c == w->view.p[i - 1] && c == w->view.p[i - 2];
        n_letters += weir_is_ascii_alpha((unsigned char)c);
    }
    if (end - at > MAX_WORD || !n_letters || (n_letters == end - at && !has_run))
        return 0;
    for (int run = 2; run >= 2 - has_run; run--) {
        add_reading(w, at, end, 'i', run);
        if (has_one)
            add_reading(w, at, end, 'l', run);
    }
    return 1;
}

/* The stretch as it stands with its words read, for terms of several words. */
static void add_phrase(struct walk *w, size_t at, size_t end)
{
    unsigned len;
    uint32_t c;
    for (; at < end; at += len) {
        const unsigned kind = kind_at(w, at, &len, &c);
        if (kind == LEX_LOOK)
            add_as(w, at, (char)w->f->look[c]);
        else if (is_word_part(kind, c))
            add_as(w, at, reading((char)c, 'i'));
        else
            add(w, at, len);
    }
    end_piece(w, at - 1);
}

static int spells(const char *v, size_t at, size_t end)
{
    return at < end &&
           (weir_is_ascii_alpha((unsigned char)v[at]) || weir_is_ascii_digit((unsigned char)v[at]));
}

/* Letters one by one with the same sign or space between, f.u.c.k: past them, or at. */
static size_t add_spelled(struct walk *w, size_t at, size_t end)
{
    const char *const v = w->view.p;
    size_t i = at, n = 0;
    if (at + 4 >= end || v[at + 1] != v[at + 3])
        return at;
    const unsigned between = lexicon_kind(w->f, (unsigned char)v[at + 1]);
    if (between != LEX_SIGN && between != LEX_SPACE)
        return at;
    while (spells(v, i, end) && (i + 1 >= end || v[i + 1] == v[at + 1])) {
        i += 2;
        n++;
    }
    /* The last letter has no sign behind it. */
    if (spells(v, i, end) && !spells(v, i + 1, end)) {
        i += 1;
        n++;
    }
    if (n < 3)
        return at;
    /* A word of one letter may stand before: "what a f u c k". */
    for (size_t first = at; first <= at + (n > 3 && between == LEX_SPACE ? 2 : 0); first += 2) {
        for (size_t k = first; k < i && k < end; k += 2)
            add_as(w, k, reading(v[k], 'i'));
        end_piece(w, at);
    }
    return i;
}

/* ---- Han characters with something between ---- */

/* From a Han character: the end of the run of them with signs, spaces and "!" between, and how many
 * places have something between. */
static size_t end_of_han(const struct walk *w, size_t at, size_t end, size_t *n_gaps)
{
    unsigned len;
    uint32_t c;
    size_t gap = 0;
    for (*n_gaps = 0; at < end; at += len) {
        const unsigned kind = kind_at(w, at, &len, &c);
        if (kind == LEX_HAN) {
            *n_gaps += gap;
            gap = 0;
        } else if (kind != LEX_SIGN && kind != LEX_SPACE && kind != LEX_BANG) {
            break;
        } else {
            gap = 1;
        }
    }
    return at;
}

/* That run without what stands between; one with nothing between is no piece.  Returns its end. */
static size_t add_han(struct walk *w, size_t at, size_t end)
{
    unsigned len;
    uint32_t c;
    size_t n_gaps;
    const size_t run_end = end_of_han(w, at, end, &n_gaps);
    for (size_t i = at; n_gaps && i < run_end; i += len)
        if (kind_at(w, i, &len, &c) == LEX_HAN)
            add(w, i, len);
    end_piece(w, at);
    return run_end;
}

/* ---- stretches ---- */

static void add_stretch(struct walk *w, size_t at, size_t end)
{
    const size_t start = at;
    unsigned len;
    uint32_t c;
    int reads_otherwise = 0;
    while (at < end) {
        const unsigned kind = kind_at(w, at, &len, &c);
        if (kind == LEX_HAN) {
            at = add_han(w, at, end);
            continue;
        }
        if (!is_word_part(kind, c)) {
            at += len;
            continue;
        }
        const size_t spelled = add_spelled(w, at, end);
        if (spelled > at) {
            at = spelled;
            continue;
        }
        const size_t word_end = end_of_word(w, at, end);
        reads_otherwise |= add_word(w, at, word_end);
        at = word_end;
    }
    if (reads_otherwise)
        add_phrase(w, start, end);
}

static int is_marked(const struct weir_buf *marks, size_t block)
{
    return marks->p[block >> 3] >> (block & 7) & 1;
}

/* The next marked block at or behind `block`, or n_blocks; empty bytes are passed over whole. */
static size_t next_marked(const struct weir_buf *marks, size_t block, size_t n_blocks)
{
    while (block < n_blocks && !is_marked(marks, block))
        block = block & 7 || marks->p[block >> 3] ? block + 1 : block + 8;
    return block < n_blocks ? block : n_blocks;
}

static int is_word_byte(const struct walk *w, size_t at)
{
    const unsigned char c = (unsigned char)w->view.p[at];
    return c < 0x80 ? is_word_part(lexicon_kind(w->f, c), c) : c < 0xE0;
}

/* Moves a border back or on so that no character and no short word is cut. */
static size_t border_before(const struct walk *w, size_t at, size_t floor)
{
    const size_t least = at > floor + MAX_WORD ? at - MAX_WORD : floor;
    while (at > floor && at < w->view.n && ((unsigned char)w->view.p[at] & 0xC0) == 0x80)
        at--;
    while (at > least && is_word_byte(w, at - 1))
        at--;
    return at;
}

static size_t border_behind(const struct walk *w, size_t at)
{
    const size_t most = w->view.n - at > MAX_WORD ? at + MAX_WORD : w->view.n;
    while (at < w->view.n && ((unsigned char)w->view.p[at] & 0xC0) == 0x80)
        at++;
    while (at < most && is_word_byte(w, at))
        at++;
    while (at < w->view.n && ((unsigned char)w->view.p[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* For a stretch of n bytes: a word of one byte has four readings, each with a line end; and the
 * phrase.
 */
static int make_room(struct lexicon_pieces *p, size_t n)
{
    const size_t most = 9 * n + 8;
    return weir_buf_reserve(&p->text, most) ||
           weir_grow(&p->from, &p->cap, p->text.n + most, sizeof *p->from) < 0;
}

int lexicon_pieces_next(const lexicon_fold *f, struct weir_span view, const struct weir_buf *marks,
                        struct lexicon_pieces *p)
{
    struct walk w = {f, view, p};
    const size_t n_blocks = (view.n + BLOCK - 1) / BLOCK;
    p->text.n = 0;
    while (p->text.n < LEX_PIECES && p->next < view.n) {
        const size_t first = next_marked(marks, p->next / BLOCK, n_blocks);
        if (first == n_blocks) {
            p->next = view.n;
            break;
        }
        /* At most so many blocks at once, that the part stays short. */
        size_t last = first;
        while (last + 1 < n_blocks && last - first < 64 && is_marked(marks, last + 1))
            last++;
        const size_t from = first * BLOCK > AROUND ? first * BLOCK - AROUND : 0;
        size_t to = (last + 1) * BLOCK + AROUND;
        to = border_behind(&w, to < view.n ? to : view.n);
        const size_t start = border_before(&w, from, 0);
        if (make_room(p, to - start))
            return WEIR_EMEM;
        add_stretch(&w, start, to);
        p->next = (last + 1) * BLOCK;
    }
    return p->text.n > 0;
}
