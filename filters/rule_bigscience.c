/* The measures of ROOTS (Laurençon et al. 2022; bigscience-workshop/data-preparation,
 * filtering.py), which data-juicer (Chen et al. 2023) took over.  "Refined" words are in lower case
 * and without special characters at their ends; those of which nothing is left do not count. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include "weir/utf8.h"
#include "filters/filter.h"
#include "filters/filter_stop.h"

/* ---- special characters ---- */

/* Besides ASCII punctuation, digits and white space, and single emoji: data-juicer's list, which is
 * that of ROOTS and a few more. */
static const char others[] =
    "\302\201\302\202\302\203\302\204\302\205\302\221\302\222\302\223\302\225\302\226\302\227\302"
    "\230\302\231\302\234\302\235"
    "¡¢£¤¥¦§¨ª«\u00ad¯°±²³´·¸¹º»¼½¾¿×÷øıɪʺʻʼˈˌː˘˚˜πГ،ه٪٬۩\u093e\u0940\u0947\u094dॽ\u09be๑"
    "\u2002\u2003\u2005\u2008\u2009\u200a\u200b‐‑–—―‖‘’‚“”„‟†•․…\u202f‰′″‹›‿⁃⁄₨₪€℃←↑→↓⇓"
    "∆∈−√∞∟∼≈≖≤≥⊕⋅═■▬▲▴▷►▻▼◆●◦★☆☛☻♡♫✓✦✱❖➤➩\u2800\u3000、。《》「」【】゜シッツン・ー一上士﴾﴿"
    "\ufeff！（），．１：；？＾～￼�";

static uint8_t special_bmp[0x10000];
static pthread_once_t special_once = PTHREAD_ONCE_INIT;

static int is_emoji(uint32_t c)
{
    return u_hasBinaryProperty((UChar32)c, UCHAR_EMOJI) && !(c >= 0x1F1E6 && c <= 0x1F1FF);
}

static void fill_special(void)
{
    unsigned len;
    for (uint32_t c = 0; c < 0x10000; c++)
        special_bmp[c] =
            c < 0x80 ? (c >= 9 && c <= 13) || (c >= ' ' && c <= '~' && !weir_is_ascii_alpha(c))
                     : is_emoji(c);
    for (size_t i = 0; i + 1 < sizeof others; i += len)
        special_bmp[weir_utf8_decode(others + i, sizeof others - 1 - i, &len) & 0xFFFF] = 1;
}

static int is_special(uint32_t c)
{
    return c < 0x10000 ? special_bmp[c] : is_emoji(c);
}

static double special(struct filter_doc *d, int arg)
{
    uint64_t n = 0;
    unsigned len;
    (void)arg;
    pthread_once(&special_once, fill_special);
    for (size_t i = 0; i < d->text.n; i += len)
        n += is_special(weir_utf8_decode(d->text.p + i, d->text.n - i, &len)) != 0;
    return filter_ratio((double)n, (double)filter_classes(d)->chars);
}

/* ---- refined words ---- */

struct refined {
    uint64_t text_no; // whose words these are
    enum filter_scheme scheme;
    struct weir_buf bytes; // the words, joined
    uint32_t *at;          // (n + 1) where each begins
    size_t n, cap;
    struct filter_grams grams;
    int has_grams;
};

static int no_open(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                   void **shared, struct weir_err *err)
{
    (void)opt, (void)plan, (void)err;
    pthread_once(&special_once, fill_special);
    *shared = NULL;
    return 0;
}

static void no_close(void *shared)
{
    (void)shared;
}

static int refined_open(void *shared, void **scratch, struct weir_err *err)
{
    (void)shared;
    *scratch = weir_calloc(1, sizeof(struct refined));
    return *scratch ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static void refined_shrink(void *scratch)
{
    struct refined *r = scratch;
    weir_buf_free(&r->bytes);
    filter_grams_free(&r->grams);
    free(r->at);
    memset(r, 0, sizeof *r);
}

static void refined_close(void *scratch)
{
    refined_shrink(scratch);
    free(scratch);
}

static const struct filter_tool refined_tool = {.open = no_open,
                                                .close = no_close,
                                                .thread_open = refined_open,
                                                .shrink = refined_shrink,
                                                .thread_close = refined_close};

/* The word without special characters at its ends. */
static struct weir_span strip(struct weir_span w)
{
    unsigned len;
    while (w.n && is_special(weir_utf8_decode(w.p, w.n, &len))) {
        w.p += len;
        w.n -= len;
    }
    while (w.n) {
        const size_t at = weir_utf8_prev(w.p, w.n);
        if (!is_special(weir_utf8_decode(w.p + at, w.n - at, &len)))
            break;
        w.n = at;
    }
    return w;
}

/* Case does not change what is special, so the order does not matter. */
static void add_word(struct refined *r, struct weir_span w)
{
    unsigned len;
    w = strip(w);
    if (!w.n)
        return;
    r->at[r->n++] = (uint32_t)r->bytes.n;
    for (size_t i = 0; i < w.n; i += len) {
        const uint32_t c = weir_utf8_decode(w.p + i, w.n - i, &len);
        if (c >= 0x3000 && c < 0xA000) // no case there
            weir_buf_add(&r->bytes, w.p + i, len);
        else
            weir_buf_add_utf8(&r->bytes, (uint32_t)u_tolower((UChar32)c));
    }
}

static struct refined *refined(struct filter_doc *d)
{
    struct refined *r = filter_scratch(d, &refined_tool);
    if (r->text_no == d->text_no && r->scheme == d->scheme)
        return r;
    const struct filter_words *w = filter_words(d);
    if (d->failed || weir_grow(&r->at, &r->cap, w->n + 1, sizeof *r->at) < 0) {
        d->failed = 1;
        return r;
    }
    r->text_no = d->text_no;
    r->scheme = d->scheme;
    r->n = r->bytes.n = 0;
    r->has_grams = 0;
    for (size_t i = 0; i < w->n; i++)
        add_word(r, weir_span(d->text.p + w->at[i].at, w->at[i].n));
    r->at[r->n] = (uint32_t)r->bytes.n;
    d->failed |= r->bytes.failed || r->bytes.n > UINT32_MAX;
    return r;
}

static double count(struct filter_doc *d, int arg)
{
    (void)arg;
    return (double)refined(d)->n;
}

static double repetition(struct filter_doc *d, int n)
{
    struct refined *r = refined(d);
    struct filter_grams *g = &r->grams;
    if (d->failed)
        return 0;
    if ((!r->has_grams || g->level > (unsigned)n) &&
        filter_grams_start(g, r->bytes.p, r->at, r->n) < 0)
        d->failed = 1;
    r->has_grams = 1;
    if (!d->failed && filter_grams_raise(g, (unsigned)n) < 0)
        d->failed = 1;
    return filter_ratio((double)g->n_place, (double)filter_grams_all(g));
}

enum { OF_WORDS, OF_WORDS_AND_PAIRS };

/* Pairs of words count as words: Chinese is cut too small as often as too large. */
static double stop_share(struct filter_doc *d, int of)
{
    const struct refined *r = refined(d);
    uint64_t n = 0;
    for (size_t i = 0; i < r->n && !d->failed; i++) {
        const char *p = r->bytes.p + r->at[i];
        n += (uint64_t)filter_is_stop_word_zh(weir_span(p, r->at[i + 1] - r->at[i]));
        if (i + 1 < r->n)
            n += (uint64_t)filter_is_stop_word_zh(weir_span(p, r->at[i + 2] - r->at[i]));
    }
    const uint64_t pairs = of == OF_WORDS_AND_PAIRS && r->n ? r->n - 1 : 0;
    const double share = filter_ratio((double)n, (double)(r->n + pairs));
    return share > 1 ? 1 : share;
}

/* ---- characters ---- */

static double char_repetition(struct filter_doc *d, int n)
{
    double share = 0;
    struct filter_chars *c = filter_chars(d);
    if (!d->failed &&
        (filter_chars_raise(c, d->text, (unsigned)n) < 0 || filter_chars_repetition(c, &share) < 0))
        d->failed = 1;
    return share;
}

static double text_per_line(struct filter_doc *d, int arg)
{
    (void)arg;
    return filter_ratio((double)filter_classes(d)->chars, (double)filter_lines(d)->lines);
}

#define REFINED .words = FILTER_WORDS, .tool = &refined_tool
#define CHAR_REP(n)                                                                                \
    {                                                                                              \
        .name = "char-rep-" #n "-max", .kind = FILTER_MAX, .measure = char_repetition, .arg = n,   \
        .needs = FILTER_NEEDS_CHARS,                                                               \
        .help = "runs of " #n " characters: share of the most frequent ones (ROOTS)"               \
    }
#define WORD_REP(n)                                                                                \
    {                                                                                              \
        .name = "word-rep-" #n "-max", .kind = FILTER_MAX, .measure = repetition, .arg = n,        \
        .needs = FILTER_NEEDS_GRAMS, REFINED,                                                      \
        .help = "runs of " #n " refined words: share of those that occur again (ROOTS)"            \
    }

const struct filter_rule rule_bigscience[] = {
    {.name = "special-max",
     .kind = FILTER_MAX,
     .measure = special,
     .help = "special characters (ROOTS: marks, digits, white space, emoji) / characters"},
    {.name = "text-per-line-min",
     .kind = FILTER_MIN,
     .measure = text_per_line,
     .help = "characters, newlines too / lines (data-juicer)"},
    {.name = "text-per-line-max",
     .kind = FILTER_MAX,
     .measure = text_per_line,
     .help = "characters, newlines too / lines (data-juicer)"},
    CHAR_REP(3),
    CHAR_REP(10),
    {.name = "refined-words-min",
     .kind = FILTER_MIN,
     .measure = count,
     REFINED,
     .help = "words that are not only special characters (ROOTS)"},
    {.name = "refined-words-max",
     .kind = FILTER_MAX,
     .measure = count,
     REFINED,
     .help = "words that are not only special characters (ROOTS)"},
    WORD_REP(5),
    WORD_REP(10),
    {.name = "roots-stop-share-min",
     .kind = FILTER_MIN,
     .measure = stop_share,
     .arg = OF_WORDS,
     REFINED,
     .help = "Chinese stop words, and pairs of words that make one / refined words (ROOTS)"},
    {.name = "dj-stop-share-min",
     .kind = FILTER_MIN,
     .measure = stop_share,
     .arg = OF_WORDS_AND_PAIRS,
     REFINED,
     .help = "the same / refined words and pairs of them (data-juicer)"},
    {0},
};
