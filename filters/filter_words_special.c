/* spaCy's special cases: words that are cut in a way of their own, whatever the rules say. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/utf8.h"
#include "filters/filter_words_en.h"

enum { MAX_SPECIALS = 1536, SLOTS = 4096 };
static struct filter_en_special special[MAX_SPECIALS];
static size_t n_special;
static uint16_t slot[SLOTS]; // 1 + the special's number
/* Bits that most words lack: of three bytes by length; of the first two parts of specials that the
 * rules cut. */
static uint64_t three[EN_LONGEST_SPECIAL + 1][64], pairs[64];
static unsigned most_parts;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static size_t slot_of(const char *p, size_t n)
{
    size_t i = XXH3_64bits(p, n) % SLOTS;
    while (slot[i] &&
           !(special[slot[i] - 1].n == n && memcmp(special[slot[i] - 1].text, p, n) == 0))
        i = (i + 1) % SLOTS;
    return i;
}

static inline int has_bit(const uint64_t bits[64], unsigned i)
{
    return bits[i / 64 & 63] >> i % 64 & 1;
}

static inline void set_bit(uint64_t bits[64], unsigned i)
{
    bits[i / 64 & 63] |= (uint64_t)1 << i % 64;
}

static inline unsigned three_bit(const char *p, size_t n)
{
    const unsigned char *u = (const unsigned char *)p;
    return (u[0] * 131u + u[n / 2] * 29u + u[n - 1] * 7u) & 4095;
}

static inline unsigned pair_bit(const char *p, size_t n, char next)
{
    return ((unsigned char)*p * 131u + (unsigned)n * 517u + (unsigned char)next * 29u) & 4095;
}

/* Adds pieces separated by bars, unless whole; with a capital; with ’ for '. */
static void add(const char *p, size_t n, int whole, int capital, int curly)
{
    struct filter_en_special s = {.n_pieces = 1};
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '|' && !whole) {
            s.n_pieces++;
            continue;
        }
        const int quote = p[i] == '\'' && curly;
        const unsigned bytes = quote ? 3 : 1;
        memcpy(s.text + s.n, quote ? "’" : p + i, bytes);
        s.n = (uint8_t)(s.n + bytes);
        s.piece[s.n_pieces - 1] = (uint8_t)(s.piece[s.n_pieces - 1] + bytes);
    }
    if (capital)
        s.text[0] = (char)(s.text[0] - 32);
    const size_t at = slot_of(s.text, s.n);
    if (slot[at] || n_special == MAX_SPECIALS)
        return;
    special[n_special] = s;
    slot[at] = (uint16_t)++n_special;
    set_bit(three[s.n], three_bit(s.text, s.n));
}

static void add_list(const char *list, int whole, int both)
{
    for (const char *p = list; *p;) {
        const size_t n = strcspn(p, " ");
        const int quoted = memchr(p, '\'', n) ? 1 : 0;
        for (int capital = 0; capital <= both; capital++)
            for (int curly = 0; curly <= quoted; curly++)
                add(p, n, whole, capital, curly);
        p += n + (p[n] == ' ');
    }
}

/* How the rules cut it: what the tokens of a text are compared with. */
static void cut(struct filter_en_special *s)
{
    struct filter_words w = {0};
    const struct weir_span text = weir_span(s->text, s->n);
    if (filter_en_split_plain(&w, text, 0, s->n) == 0 && w.n >= 2 && w.n <= EN_MOST_PARTS) {
        s->n_parts = (uint8_t)w.n;
        for (size_t i = 0; i < w.n; i++)
            s->part[i] = (uint8_t)w.at[i].n;
        set_bit(pairs, pair_bit(s->text, s->part[0], s->text[s->part[0]]));
        most_parts = w.n > most_parts ? (unsigned)w.n : most_parts;
    }
    filter_words_free(&w);
}

static void fill(void)
{
    add_list(filter_en_specials_both, 0, 1);
    add_list(filter_en_specials, 0, 0);
    add_list(filter_en_specials_whole, 1, 0);
    for (size_t i = 0; i < n_special; i++)
        cut(special + i);
}

void filter_en_init(void)
{
    pthread_once(&once, fill);
}

const struct filter_en_special *filter_en_special_find(const char *p, size_t n)
{
    if (!n || n > EN_LONGEST_SPECIAL || !has_bit(three[n], three_bit(p, n)))
        return NULL;
    const uint16_t k = slot[slot_of(p, n)];
    return k ? special + k - 1 : NULL;
}

/* ---- joining ---- */

struct match {
    uint32_t start, n;
    const struct filter_en_special *special; // NULL: a space stands within
};

struct matches {
    struct match *at;
    size_t n, cap;
};

/* spaCy's order: the longest first, then the first. */
static int by_length(const void *a, const void *b)
{
    const struct match *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return (x->start > y->start) - (x->start < y->start);
}

static int has_parts(const struct filter_en_special *s, const struct filter_word *w, size_t n)
{
    size_t i = 0;
    while (i < n && i < s->n_parts && s->part[i] == w[i].n)
        i++;
    return s->n_parts == n && i == n;
}

/* Words that follow each other with at most one space are neighbours: other white space is a token
 * of its own in spaCy. */
static int is_next(const struct filter_word *a, struct weir_span text)
{
    const size_t end = a[0].at + a[0].n;
    return a[1].at == end || (a[1].at == end + 1 && text.p[end] == ' ');
}

static int find_at(const struct filter_words *w, struct weir_span text, size_t i,
                   struct matches *found)
{
    char key[EN_LONGEST_SPECIAL];
    size_t n = w->at[i].n;
    int space = 0;
    if (n > sizeof key)
        return 0;
    memcpy(key, text.p + w->at[i].at, n);
    for (size_t k = 1; k < most_parts && i + k < w->n; k++) {
        const struct filter_word *a = w->at + i + k;
        if (!is_next(a - 1, text) || n + a->n > sizeof key)
            break;
        space |= a->at != a[-1].at + a[-1].n;
        memcpy(key + n, text.p + a->at, a->n);
        n += a->n;
        const struct filter_en_special *s = filter_en_special_find(key, n);
        if (!s || !has_parts(s, w->at + i, k + 1))
            continue;
        if (weir_grow(&found->at, &found->cap, found->n + 1, sizeof *found->at) < 0)
            return WEIR_EMEM;
        found->at[found->n++] = (struct match){(uint32_t)i, (uint32_t)k + 1, space ? NULL : s};
    }
    return 0;
}

/* Leaves the matches of which neither end lies in one that was looked at before, as spaCy does. */
static int choose(struct matches *m, size_t n_words)
{
    uint8_t *seen = weir_calloc(n_words + 1, 1);
    if (!seen)
        return WEIR_EMEM;
    qsort(m->at, m->n, sizeof *m->at, by_length);
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        const struct match x = m->at[i];
        const int is_free = !seen[x.start] && !seen[x.start + x.n - 1];
        memset(seen + x.start, 1, x.n);
        if (is_free && x.special)
            m->at[n++] = x;
    }
    m->n = n;
    free(seen);
    return 0;
}

static void replace(struct filter_words *w, struct weir_span text, const struct match *m)
{
    uint32_t at = w->at[m->start].at;
    const struct filter_en_special *s = m->special;
    for (uint32_t i = 0; i < m->n; i++) {
        const uint32_t bytes = i < s->n_pieces ? s->piece[i] : 0; // none: dropped below
        w->at[m->start + i] =
            (struct filter_word){at, bytes, (uint32_t)weir_utf8_count(text.p + at, bytes)};
        at += bytes;
    }
}

int filter_en_join_specials(struct filter_words *w, struct weir_span text)
{
    struct matches m = {0};
    int rc = 0;
    for (size_t i = 0; i + 1 < w->n && rc == 0; i++)
        if (has_bit(pairs, pair_bit(text.p + w->at[i].at, w->at[i].n, text.p[w->at[i + 1].at])))
            rc = find_at(w, text, i, &m);
    if (rc == 0 && m.n && (rc = choose(&m, w->n)) == 0) {
        size_t n = 0;
        for (size_t i = 0; i < m.n; i++)
            replace(w, text, m.at + i);
        for (size_t i = 0; i < w->n; i++)
            if (w->at[i].n)
                w->at[n++] = w->at[i];
        w->n = n;
    }
    free(m.at);
    return rc;
}
