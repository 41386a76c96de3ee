/* MAP-CC's rules (Du et al. 2024, arXiv 2404.04167; MAP-NEO's chinese_data_clean_pipeline), over
 * the text with full-width marks made ASCII and each character in NFKC. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include "weir/utf8.h"
#include "filters/filter.h"

struct mapcc {
    uint64_t text_no;
    const UNormalizer2 *nfkc;
    struct weir_buf text; // as above
    uint64_t chars, sentences, hashes, ellipses, digits, not_marks, marks, in_brackets;
    uint64_t lines, read_more, bullets;
    struct filter_chars grams;
};

static int mapcc_open(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                      void **shared, struct weir_err *err)
{
    (void)opt, (void)plan, (void)err;
    *shared = NULL;
    return 0;
}

static void mapcc_close(void *shared)
{
    (void)shared;
}

static int mapcc_thread_open(void *shared, void **scratch, struct weir_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    struct mapcc *m = *scratch = weir_calloc(1, sizeof *m);
    (void)shared;
    if (!m)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    m->nfkc = unorm2_getNFKCInstance(&status);
    return U_FAILURE(status) ? weir_err_set(err, WEIR_EFAIL, "ICU has no NFKC data") : 0;
}

static void mapcc_shrink(void *scratch)
{
    struct mapcc *m = scratch;
    weir_buf_free(&m->text);
    filter_chars_free(&m->grams);
    m->text_no = 0;
}

static void mapcc_thread_close(void *scratch)
{
    mapcc_shrink(scratch);
    free(scratch);
}

static const struct filter_tool mapcc_tool = {.open = mapcc_open,
                                              .close = mapcc_close,
                                              .thread_open = mapcc_thread_open,
                                              .shrink = mapcc_shrink,
                                              .thread_close = mapcc_thread_close};

/* ---- the text ---- */

/* Full-width marks as ASCII: the pipeline's table; 0 for others. */
static uint32_t ascii_mark(uint32_t c)
{
    if (c >= 0xFF03 && c <= 0xFF5E && !weir_is_ascii_alpha(c - 0xFEE0) &&
        !weir_is_ascii_digit(c - 0xFEE0))
        return c - 0xFEE0;
    return c == 0x3002                  ? '.'
           : c == 0xFF01                ? '!'
           : c == 0x201C || c == 0x201D ? '"'
           : c == 0x2018 || c == 0x2019 ? '\''
                                        : 0;
}

static void add_normal(struct mapcc *m, const char *p, unsigned len, uint32_t c)
{
    UChar from[2], to[32]; // the longest character in NFKC has 18 units
    UErrorCode status = U_ZERO_ERROR;
    if (c < 0x80 || weir_is_han(c) || unorm2_isInert(m->nfkc, (UChar32)c)) {
        weir_buf_add(&m->text, p, len);
        return;
    }
    int32_t n = 0;
    U16_APPEND_UNSAFE(from, n, (UChar32)c);
    n = unorm2_normalize(m->nfkc, from, n, to, 32, &status);
    for (int32_t i = 0; U_SUCCESS(status) && i < n;) {
        UChar32 out;
        U16_NEXT(to, i, n, out);
        weir_buf_add_utf8(&m->text, (uint32_t)out);
    }
}

static void normalize(struct mapcc *m, struct weir_span text)
{
    unsigned len;
    m->text.n = 0;
    for (size_t i = 0; i < text.n; i += len) {
        const uint32_t c = weir_utf8_decode(text.p + i, text.n - i, &len), mark = ascii_mark(c);
        if (mark)
            weir_buf_addc(&m->text, (char)mark);
        else
            add_normal(m, text.p + i, len, c);
    }
}

/* ---- counts ---- */

static int is_ascii_mark(uint32_t c)
{
    return c > ' ' && c < 0x7F && !weir_is_ascii_alpha(c) && !weir_is_ascii_digit(c);
}

/* Pieces that runs of . ! ? ; " and … separate, blank ones left out. */
static void count_marks(struct mapcc *m)
{
    const char *p = m->text.p;
    const size_t n = m->text.n;
    unsigned len;
    int full = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < n; i += len) {
        const uint32_t c = weir_utf8_decode(p + i, n - i, &len);
        const unsigned k = filter_class_of(c);
        const int end = c < 0x80 ? c && strchr(".!?;\"", (int)c) != NULL : c == 0x2026;
        const int word = (k & (CLASS_LETTER | CLASS_NUMBER)) || c == '_';
        m->sentences += end && full;
        full = end ? 0 : full || !(k & CLASS_SPACE);
        m->hashes += c == '#' && last != '#';
        m->ellipses += c == '.' && last == '.' && (i < 2 || p[i - 2] != '.');
        m->digits += (k & CLASS_NUMBER) != 0;
        m->not_marks += word || (k & CLASS_SPACE);
        m->marks += (uint64_t)is_ascii_mark(c) + (c == 0x2026);
        m->chars++;
        last = c;
    }
    m->sentences += (uint64_t)full;
}

/* Characters between 【 and the next 】 of the same line. */
static void count_brackets(struct mapcc *m)
{
    static const char open[] = "【", close[] = "】";
    const char *p = m->text.p, *const end = p + m->text.n;
    while (p < end && (p = memmem(p, (size_t)(end - p), open, 3)) != NULL) {
        p += 3;
        const char *stop = memmem(p, (size_t)(end - p), close, 3);
        if (!stop)
            break;
        if (memchr(p, '\n', (size_t)(stop - p)))
            continue;
        m->in_brackets += weir_utf8_count(p, (size_t)(stop - p));
        p = stop + 3;
    }
}

static int ends_with(struct weir_span t, const char *s)
{
    const size_t n = strlen(s);
    return t.n >= n && memcmp(t.p + t.n - n, s, n) == 0;
}

static int is_bullet(struct weir_span t)
{
    static const uint16_t bullets[] = {0x2022, 0x25CF, 0x25CB, 0x25A0, 0x25A1,
                                       0x25AA, 0x25AB, 0x203B, 0x00B7, 0x27A2,
                                       0x2023, 0x25B6, 0x25C0, 0x25E6, 0x2013};
    unsigned len;
    const uint32_t c = t.n ? weir_utf8_decode(t.p, t.n, &len) : 0;
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (bullets[i] == c)
            return 1;
    return 0;
}

static void count_lines(struct mapcc *m)
{
    const char *p = m->text.p, *const end = p + m->text.n;
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        const struct weir_span line = weir_span(p, (size_t)((nl ? nl : end) - p));
        m->lines++;
        m->read_more += ends_with(line, "readmore") || ends_with(line, "展开") ||
                        ends_with(line, "更多") || ends_with(line, "。。。");
        m->bullets += (uint64_t)is_bullet(line);
        p = nl ? nl + 1 : end;
    }
}

static const struct mapcc *mapcc(struct filter_doc *d)
{
    struct mapcc *m = filter_scratch(d, &mapcc_tool);
    if (m->text_no == d->text_no)
        return m;
    m->text_no = d->text_no;
    m->chars = m->sentences = m->hashes = m->ellipses = m->digits = m->not_marks = m->marks = 0;
    m->in_brackets = m->lines = m->read_more = m->bullets = 0;
    normalize(m, d->text);
    if (m->text.failed || filter_chars_start(&m->grams, weir_buf_span(&m->text)) < 0)
        d->failed = 1;
    if (m->text.n && !d->failed) {
        count_marks(m);
        count_brackets(m);
        count_lines(m);
    }
    return m;
}

enum { CHARS, SENTENCES, HASHES, ELLIPSES, DIGITS, MARKS, BRACKETS, READ_MORE, BULLETS };

static double count(struct filter_doc *d, int what)
{
    const struct mapcc *m = mapcc(d);
    const double chars = (double)m->chars, lines = (double)m->lines;
    switch (what) {
    case CHARS:
        return chars;
    case SENTENCES:
        return (double)m->sentences;
    case HASHES:
        return filter_ratio((double)m->hashes, chars);
    case ELLIPSES:
        return filter_ratio((double)m->ellipses, chars);
    case DIGITS:
        return filter_ratio((double)m->digits, (double)m->not_marks);
    case MARKS:
        return (double)m->marks;
    case BRACKETS:
        return filter_ratio((double)m->in_brackets, chars);
    case READ_MORE:
        return filter_ratio((double)m->read_more, lines);
    default:
        return filter_ratio((double)m->bullets, lines);
    }
}

static struct filter_chars *grams(struct filter_doc *d, unsigned n)
{
    struct mapcc *m = (struct mapcc *)mapcc(d);
    if (!d->failed && filter_chars_raise(&m->grams, weir_buf_span(&m->text), n) < 0)
        d->failed = 1;
    return &m->grams;
}

static double unique(struct filter_doc *d, int arg)
{
    (void)arg;
    const struct filter_chars *c = grams(d, 1);
    return d->failed ? 0 : filter_ratio((double)c->grams.n_gram, (double)c->n);
}

static double entropy(struct filter_doc *d, int arg)
{
    (void)arg;
    const struct filter_chars *c = grams(d, 1);
    double sum = 0;
    for (size_t i = 0; i < c->grams.n_gram && !d->failed; i++) {
        const double p = c->grams.gram[i].count / (double)c->n;
        sum -= p * log(p);
    }
    return sum;
}

/* The first of the n-gram's occurrences does not count. */
static double top(struct filter_doc *d, int n)
{
    const struct filter_chars *c = grams(d, (unsigned)n);
    const uint32_t most = d->failed ? 0 : filter_chars_most(c);
    return most ? filter_ratio((double)(most - 1) * n, (double)c->n) : 0;
}

static double in_repeated(struct filter_doc *d, int n)
{
    struct filter_chars *c = grams(d, (unsigned)n);
    const struct mapcc *m = mapcc(d);
    uint64_t chars = 0;
    if (!d->failed && filter_chars_in_repeated(c, weir_buf_span(&m->text), &chars) < 0)
        d->failed = 1;
    return filter_ratio((double)chars, (double)c->n);
}

#define MAPCC(name_, kind_, measure_, arg_, help_)                                                 \
    {                                                                                              \
        .name = "mapcc-" name_, .kind = kind_, .measure = measure_, .arg = arg_,                   \
        .needs = FILTER_NEEDS_CHARS, .tool = &mapcc_tool, .help = help_                            \
    }
#define TOP(n)                                                                                     \
    MAPCC("top-" #n "-chars-max", FILTER_MAX, top, n,                                              \
          "characters of the most frequent run of " #n ", its first left out / characters")
#define REPEATED(n)                                                                                \
    MAPCC("dup-" #n "-chars-max", FILTER_MAX, in_repeated, n,                                      \
          "different characters in runs of " #n " that occur again / characters")

const struct filter_rule rule_mapcc[] = {
    MAPCC("brackets-max", FILTER_MAX, count, BRACKETS, "characters in 【】 / characters"),
    MAPCC("sentences-min", FILTER_MIN, count, SENTENCES, "pieces between end marks"),
    MAPCC("chars-min", FILTER_MIN, count, CHARS, "characters"),
    MAPCC("chars-max", FILTER_MAX, count, CHARS, "characters"),
    MAPCC("hashes-max", FILTER_MAX, count, HASHES, "runs of # / characters"),
    MAPCC("ellipses-max", FILTER_MAX, count, ELLIPSES, "runs of two dots or more / characters"),
    MAPCC("digits-max", FILTER_MAX, count, DIGITS, "digits / letters, digits and white space"),
    MAPCC("read-more-max", FILTER_MAX, count, READ_MORE,
          "lines that end in readmore, 展开 or 更多 / lines"),
    MAPCC("bullets-max", FILTER_MAX, count, BULLETS, "lines that start with a bullet / lines"),
    MAPCC("marks-min", FILTER_MIN, count, MARKS, "punctuation marks"),
    MAPCC("unique-min", FILTER_MIN, unique, 0, "different characters / characters"),
    MAPCC("entropy-min", FILTER_MIN, entropy, 0, "entropy of the characters, in nats"),
    TOP(2),
    TOP(3),
    TOP(4),
    REPEATED(5),
    REPEATED(6),
    REPEATED(7),
    REPEATED(8),
    REPEATED(9),
    REPEATED(10),
    {0},
};
