/* RedPajama-V2's quality signals (Weber et al. 2024, arXiv 2411.12372; RedPajama-Data,
 * app/src/core/quality_signals).  "Normal" words are in lower case, without ASCII punctuation, and
 * what white space separates; "raw" ones are runs of letters, digits and _ or of other marks.
 * Signals that RedPajama gives by line are means over the lines here. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include "weir/utf8.h"
#include "filters/filter.h"

struct rps {
    uint64_t text_no;
    struct weir_buf text; // normal words with single spaces between
    struct filter_words words;
    struct filter_ngrams ngrams;
    uint64_t chars; // of the normal words
    uint64_t raw, no_alpha, all_caps, symbols, braces, sentences;
    uint64_t lines, ends, bullets;
    double upper, digits; // sums of the lines' shares
};

static int rps_open(const struct weir_filters_opt *opt, const struct filter_plan *plan,
                    void **shared, struct weir_err *err)
{
    (void)opt, (void)plan, (void)err;
    *shared = NULL;
    return 0;
}

static void rps_close(void *shared)
{
    (void)shared;
}

static int rps_thread_open(void *shared, void **scratch, struct weir_err *err)
{
    (void)shared;
    *scratch = weir_calloc(1, sizeof(struct rps));
    return *scratch ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
}

static void rps_shrink(void *scratch)
{
    struct rps *r = scratch;
    weir_buf_free(&r->text);
    filter_words_free(&r->words);
    filter_ngrams_free(&r->ngrams);
    memset(r, 0, sizeof *r);
}

static void rps_thread_close(void *scratch)
{
    rps_shrink(scratch);
    free(scratch);
}

static const struct filter_tool rps_tool = {.open = rps_open,
                                            .close = rps_close,
                                            .thread_open = rps_thread_open,
                                            .shrink = rps_shrink,
                                            .thread_close = rps_thread_close};

static int is_ascii_mark(uint32_t c)
{
    return c > ' ' && c < 0x7F && !weir_is_ascii_alpha(c) && !weir_is_ascii_digit(c);
}

static void normalize(struct rps *r, struct weir_span text)
{
    unsigned len;
    r->text.n = 0;
    for (size_t i = 0; i < text.n; i += len) {
        const uint32_t c = weir_utf8_decode(text.p + i, text.n - i, &len);
        if (c < 0x80 && !is_ascii_mark(c))
            weir_buf_addc(&r->text, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
        else if (c >= 0x80 && c < 0x3000)
            weir_buf_add_utf8(&r->text, (uint32_t)u_tolower((UChar32)c));
        else if (c >= 0x80)
            weir_buf_add(&r->text, text.p + i, len);
    }
}

/* A raw word while its characters pass. */
struct raw {
    int kind; // 0: none, 1: letters and digits, 2: marks
    int alpha, upper, lower;
};

static void end_raw(struct rps *r, struct raw *w)
{
    r->raw += w->kind != 0;
    r->no_alpha += w->kind && !w->alpha;
    r->all_caps += w->upper && !w->lower;
    *w = (struct raw){0};
}

/* Sentences: runs of other characters than . ! ? that hold a letter, digit or _. */
static void count_chars(struct rps *r, struct weir_span text)
{
    unsigned len;
    struct raw w = {0};
    int in_sentence = 0;
    for (size_t i = 0; i < text.n; i += len) {
        const uint32_t c = weir_utf8_decode(text.p + i, text.n - i, &len);
        const unsigned k = filter_class_of(c);
        const int word = (k & (CLASS_LETTER | CLASS_NUMBER)) || c == '_';
        const int kind = k & CLASS_SPACE ? 0 : word ? 1 : 2;
        if (kind != w.kind) {
            end_raw(r, &w);
            w.kind = kind;
        }
        w.alpha |= weir_is_ascii_alpha(c);
        w.upper |= k & CLASS_LETTER && u_isupper((UChar32)c);
        w.lower |= k & CLASS_LETTER && u_islower((UChar32)c);
        r->symbols += c == '#' || c == 0x2026;
        r->braces += c == '{' || c == '}';
        const int end = c == '.' || c == '!' || c == '?';
        r->sentences += word && !in_sentence;
        in_sentence = !end && (in_sentence || word);
    }
    end_raw(r, &w);
}

static uint64_t count_dots(struct weir_span text)
{
    uint64_t n = 0;
    const char *p = text.p, *const end = p + text.n;
    while (p < end && (p = memmem(p, (size_t)(end - p), "...", 3)) != NULL) {
        n++;
        p += 3;
    }
    return n;
}

static int is_bullet(uint32_t c)
{
    return c == 0x2022 || c == 0x2023 || c == 0x25B6 || c == 0x25C0 || c == 0x25E6 || c == 0x25A0 ||
           c == 0x25A1 || c == 0x25AA || c == 0x25AB || c == 0x2013;
}

/* isnumeric() of Python: 三, ½ and ① too. */
static int is_numeric(uint32_t c)
{
    return c < 0x80 ? weir_is_ascii_digit(c)
                    : u_getIntPropertyValue((UChar32)c, UCHAR_NUMERIC_TYPE) != U_NT_NONE;
}

/* Capitals are a share of the line as it stands, with its newline; digits of the normal line, where
 * white space inside is one space. */
static void count_line(struct rps *r, struct weir_span line, int has_newline)
{
    const struct weir_span t = filter_strip(line);
    uint64_t chars = 0, upper = 0, digits = 0, kept = 0;
    int gap = 0;
    unsigned len;
    for (size_t i = 0; i < line.n; i += len) {
        const uint32_t c = weir_utf8_decode(line.p + i, line.n - i, &len);
        const unsigned k = filter_class_of(c);
        chars++;
        upper += k & CLASS_LETTER && u_isupper((UChar32)c);
        if (is_ascii_mark(c))
            continue;
        if (k & CLASS_SPACE) {
            gap = kept > 0;
            continue;
        }
        kept += 1 + (uint64_t)gap;
        gap = 0;
        digits += (uint64_t)is_numeric(c);
    }
    r->lines++;
    r->upper += filter_ratio((double)upper, (double)(chars + (uint64_t)has_newline));
    r->digits += filter_ratio((double)digits, (double)kept);
    if (!t.n)
        return;
    const uint32_t first = weir_utf8_decode(t.p, t.n, &len);
    const char last = t.p[t.n - 1];
    r->bullets += (uint64_t)is_bullet(first);
    r->ends += last == '.' || last == '!' || last == '?' ||
               (t.n >= 3 && memcmp(t.p + t.n - 3, "”", 3) == 0);
}

static void count_lines(struct rps *r, struct weir_span text)
{
    const char *p = text.p, *const end = p + text.n;
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        count_line(r, weir_span(p, (size_t)((nl ? nl : end) - p)), nl != NULL);
        p = nl ? nl + 1 : end;
    }
}

static int measure(struct rps *r, struct weir_span text)
{
    r->chars = r->raw = r->no_alpha = r->all_caps = r->braces = r->sentences = 0;
    r->lines = r->ends = r->bullets = 0;
    r->upper = r->digits = 0;
    r->symbols = count_dots(text);
    normalize(r, text);
    const struct weir_span normal = weir_buf_span(&r->text);
    if (r->text.failed || filter_words_measure(normal, FILTER_WORDS_SPACE, &r->words) < 0 ||
        filter_ngrams_prepare(&r->ngrams, normal, &r->words) < 0)
        return WEIR_EMEM;
    for (size_t i = 0; i < r->words.n; i++)
        r->chars += r->words.at[i].chars;
    count_chars(r, text);
    count_lines(r, text);
    return 0;
}

static struct rps *rps(struct filter_doc *d)
{
    struct rps *r = filter_scratch(d, &rps_tool);
    if (r->text_no != d->text_no && measure(r, d->text) < 0)
        d->failed = 1;
    r->text_no = d->text_no;
    return r;
}

enum {
    WORDS,
    LENGTH,
    SYMBOLS,
    NO_ALPHA,
    UNIQUE,
    ENTROPY,
    CAPS,
    SENTENCES,
    BRACES,
    LINE_ENDS,
    LINE_BULLETS,
    LINE_WORDS,
    LINE_UPPER,
    LINE_DIGITS
};

/* NAN where RedPajama gives none: a text without words. */
static double share(uint64_t part, uint64_t all)
{
    return all ? (double)part / (double)all : NAN;
}

static double unigrams(struct filter_doc *d, struct rps *r, int what)
{
    const uint64_t n = r->words.n;
    uint64_t different = 0;
    double entropy = 0;
    if (!n || filter_ngrams_grams(&r->ngrams, &r->words, 1) < 0) {
        d->failed |= n != 0;
        return NAN;
    }
    const struct filter_grams *g = &r->ngrams.grams;
    for (size_t i = 0; i < g->n_gram; i++) {
        const double p = (double)g->gram[i].count / (double)n;
        different++;
        entropy -= p * log(p);
    }
    return what == UNIQUE ? share(different, n) : entropy;
}

static double signal(struct filter_doc *d, int what)
{
    struct rps *r = rps(d);
    if (d->failed)
        return NAN;
    switch (what) {
    case WORDS:
        return (double)r->words.n;
    case LENGTH:
        return share(r->chars, r->words.n);
    case SYMBOLS:
        return share(r->symbols, r->raw);
    case NO_ALPHA:
        return share(r->no_alpha, r->raw);
    case UNIQUE:
    case ENTROPY:
        return unigrams(d, r, what);
    case CAPS:
        return share(r->all_caps, r->raw);
    case SENTENCES:
        return (double)r->sentences;
    case BRACES:
        return filter_ratio((double)r->braces, (double)filter_classes(d)->chars);
    case LINE_ENDS:
        return share(r->ends, r->lines);
    case LINE_BULLETS:
        return share(r->bullets, r->lines);
    case LINE_WORDS:
        return share(r->words.n, r->lines);
    case LINE_UPPER:
        return filter_ratio(r->upper, (double)r->lines);
    default:
        return filter_ratio(r->digits, (double)r->lines);
    }
}

static double top(struct filter_doc *d, int n)
{
    struct rps *r = rps(d);
    uint64_t chars = 0;
    uint32_t count = 0;
    if (!d->failed && filter_ngrams_most(&r->ngrams, &r->words, (unsigned)n, &chars, &count) < 0)
        d->failed = 1;
    return count > 1 ? filter_ratio((double)(chars * count), (double)r->chars) : 0;
}

/* Characters of overlapping n-grams are counted once. */
static double covered(struct filter_doc *d, int n)
{
    struct rps *r = rps(d);
    uint64_t chars = 0;
    if (d->failed || filter_ngrams_grams(&r->ngrams, &r->words, (unsigned)n) < 0) {
        d->failed = 1;
        return 0;
    }
    const struct filter_grams *g = &r->ngrams.grams;
    size_t done = 0; // words before it were looked at
    for (size_t k = 0; k < g->n_place; k++) {
        size_t i = g->place[k] > done ? g->place[k] : done;
        for (; i < g->place[k] + (size_t)n; i++)
            chars += r->words.at[i].chars;
        done = i;
    }
    return filter_ratio((double)chars, (double)r->chars);
}

#define RPS(name_, kind_, measure_, arg_, help_)                                                   \
    {                                                                                              \
        .name = "rps-" name_, .kind = kind_, .measure = measure_, .arg = arg_,                     \
        .needs = FILTER_NEEDS_NORMAL, .tool = &rps_tool, .help = help_ " (RedPajama)"              \
    }
#define TOP(n)                                                                                     \
    RPS("top-" #n "-gram-max", FILTER_MAX, top, n,                                                 \
        "characters of the most frequent " #n "-gram / those of all words")
#define COVERED(n)                                                                                 \
    RPS("dup-" #n "-gram-max", FILTER_MAX, covered, n,                                             \
        "characters in repeated " #n "-grams, each once / those of all words")

const struct filter_rule rule_redpajama[] = {
    RPS("words-min", FILTER_MIN, signal, WORDS, "normal words"),
    RPS("word-length-min", FILTER_MIN, signal, LENGTH, "characters of the mean normal word"),
    RPS("symbols-per-word-max", FILTER_MAX, signal, SYMBOLS, "#, ... and … / raw words"),
    RPS("no-alphabetic-words-max", FILTER_MAX, signal, NO_ALPHA, "raw words without A-Z, a-z"),
    RPS("unique-words-min", FILTER_MIN, signal, UNIQUE, "different normal words / normal words"),
    RPS("entropy-min", FILTER_MIN, signal, ENTROPY, "entropy of the normal words, in nats"),
    RPS("all-caps-words-max", FILTER_MAX, signal, CAPS, "raw words in capitals / raw words"),
    RPS("sentences-min", FILTER_MIN, signal, SENTENCES, "sentences that . ! ? end"),
    RPS("curly-brackets-max", FILTER_MAX, signal, BRACES, "{ and } / characters"),
    RPS("line-ends-min", FILTER_MIN, signal, LINE_ENDS, "lines that end in . ! ? ”"),
    RPS("line-bullets-max", FILTER_MAX, signal, LINE_BULLETS, "lines that start with a bullet"),
    RPS("line-words-min", FILTER_MIN, signal, LINE_WORDS, "normal words of the mean line"),
    RPS("line-upper-max", FILTER_MAX, signal, LINE_UPPER, "mean share of capitals in a line"),
    RPS("line-digits-max", FILTER_MAX, signal, LINE_DIGITS, "mean share of digits in a line"),
    TOP(2),
    TOP(3),
    TOP(4),
    COVERED(5),
    COVERED(6),
    COVERED(7),
    COVERED(8),
    COVERED(9),
    COVERED(10),
    {0},
};
