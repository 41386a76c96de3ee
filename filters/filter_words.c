#include "filters/filter_words.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include "weir/utf8.h"
#include "filters/filter_classes.h"
#include "filters/filter_words_en.h"

const char *const filter_scheme_suffix[FILTER_N_SCHEMES] = {"", ":han", ":icu", ":space"};

void filter_words_free(struct filter_words *w)
{
    free(w->at);
    free(w->tail);
    if (w->breaks)
        ubrk_close(w->breaks);
    memset(w, 0, sizeof *w);
}

/* Most characters of most texts are ASCII here. */
static inline uint32_t next_char(const char *p, size_t n, unsigned *len)
{
    if ((unsigned char)*p >= 0x80)
        return weir_utf8_decode(p, n, len);
    *len = 1;
    return (unsigned char)*p;
}

static uint32_t count_chars(const char *p, size_t n)
{
    uint32_t chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += (p[i] & 0xC0) != 0x80;
    return chars;
}

static inline int add_word(struct filter_words *w, size_t at, size_t end, uint32_t chars)
{
    if (w->n == w->cap && weir_grow(&w->at, &w->cap, w->n + 1, sizeof *w->at) < 0)
        return WEIR_EMEM;
    w->at[w->n++] = (struct filter_word){(uint32_t)at, (uint32_t)(end - at), chars};
    return 0;
}

int filter_words_add(struct filter_words *w, struct weir_span text, size_t at, size_t end)
{
    return at < end ? add_word(w, at, end, count_chars(text.p + at, end - at)) : 0;
}

/* ---- splitting ---- */

/* Han characters one by one, what is between them by the English rules. */
static int split_han(struct filter_words *w, struct weir_span text, size_t at, size_t end)
{
    unsigned len;
    size_t start = at; // of the piece without Han
    for (size_t i = at; i < end; i += len) {
        if (!weir_is_han(weir_utf8_decode(text.p + i, end - i, &len)))
            continue;
        if ((start < i && filter_words_split_en(w, text, start, i) < 0) ||
            filter_words_add(w, text, i, i + len) < 0)
            return WEIR_EMEM;
        start = i + len;
    }
    return start < end ? filter_words_split_en(w, text, start, end) : 0;
}

static int split_run(struct filter_words *w, struct weir_span text, enum filter_scheme scheme,
                     size_t at, size_t end)
{
    switch (scheme) {
    case FILTER_WORDS_EN:
        return filter_words_split_en(w, text, at, end);
    case FILTER_WORDS_HAN:
        return split_han(w, text, at, end);
    default:
        return filter_words_add(w, text, at, end);
    }
}

/* Where the run of characters that are white space, or of those that are not, ends. */
static size_t run_end(struct weir_span text, const uint8_t *table, size_t i, unsigned space)
{
    unsigned len;
    for (; i < text.n; i += len) {
        const uint32_t c = next_char(text.p + i, text.n - i, &len);
        /* No white space lies above; U+001C to U+001F are white space to Python. */
        const unsigned k = c <= 0x3000 ? table[c] & CLASS_SPACE : 0;
        if ((k | (unsigned)(c - 0x1C < 4)) != space)
            break;
    }
    return i;
}

/* Eight bytes at once: how long a word is cannot be foretold. */
static size_t letters_end(struct weir_span text, size_t i)
{
    const uint64_t ones = 0x0101010101010101u, high = ones << 7;
    for (; text.n - i >= 8; i += 8) {
        uint64_t w;
        memcpy(&w, text.p + i, sizeof w);
        const uint64_t low = (w | ones * 0x20) & ~high; // in lower case, the top bits free
        const uint64_t letter = (low + ones * (0x80 - 'a')) & ~(low + ones * (0x7F - 'z')) & ~w;
        if ((letter & high) != high)
            return i + (unsigned)__builtin_ctzll(~letter & high) / 8;
    }
    while (i < text.n && weir_is_ascii_alpha((unsigned char)text.p[i]))
        i++;
    return i;
}

static int is_gap(struct weir_span text, size_t i)
{
    return i == text.n || text.p[i] == ' ' || text.p[i] == '\n';
}

/* Most of English is words of ASCII letters with at most one mark behind them: "word", "word,".
 * Bytes of such a word at [at, end of letters), 0 when the splitters must look; *mark is 1 when a
 * mark that comes off stands behind it. */
static size_t plain_word(struct weir_span text, size_t at, enum filter_scheme scheme, int *mark)
{
    const size_t end = letters_end(text, at), n = end - at;
    *mark = 0;
    if (!n || (is_gap(text, end) && scheme == FILTER_WORDS_SPACE))
        return n;
    if (!is_gap(text, end)) {
        const char c = text.p[end];
        *mark = c == ',' || c == ';' || c == '!' || c == '?' ||
                (c == '.' && text.p[end - 1] >= 'a' && !filter_en_special_find(text.p + at, n + 1));
        if (!*mark || !is_gap(text, end + 1) || scheme == FILTER_WORDS_SPACE)
            return 0;
    }
    return filter_en_special_find(text.p + at, n) ? 0 : n;
}

/* Runs of non-space characters, each split further by the scheme. */
static int split_runs(struct filter_words *w, struct weir_span text, enum filter_scheme scheme)
{
    const uint8_t *table = filter_class_table();
    for (size_t at = run_end(text, table, 0, CLASS_SPACE), end; at < text.n;) {
        int mark, rc;
        const size_t n = plain_word(text, at, scheme, &mark);
        if (n) {
            end = at + n + (size_t)mark;
            rc = add_word(w, at, at + n, (uint32_t)n);
            if (rc == 0 && mark)
                rc = add_word(w, at + n, end, 1);
        } else {
            end = run_end(text, table, at, 0);
            rc = split_run(w, text, scheme, at, end);
        }
        if (rc < 0)
            return WEIR_EMEM;
        at = end < text.n && text.p[end] == ' ' && end + 1 < text.n && text.p[end + 1] > ' '
                 ? end + 1
                 : run_end(text, table, end, CLASS_SPACE);
    }
    return 0;
}

/* ---- counting ---- */

/* Stop words have at most six bytes and stand in one number, zeros behind; those of FineWeb-2 are
 * of its lists for cmn_Hani and yue_Hani. */
enum { N_EN = 8, N_ZH = 22, N_YUE = 32 };
enum { STOP_BYTES = 6 };
static const char stop_words[N_EN + N_ZH + N_YUE][8] = {
    "the",  "be", "to", "of", "and", "that", "have", "with", "的", "年", "在", "月", "是",
    "和",   "日", "了", "於", "·",   "為",   "有",   "被",   "人", "中", "为", "他", "與",
    "後",   "也", "而", "由", "嘅",  "係",   "年",   "喺",   "有", "佢", "月", "個", "咗",
    "香港", "一", "同", "呢", "人",  "唔",   "都",   "到",   "號", "國", "啲", "後", "就",
    "會",   "市", "鎮", "而", "嚟",  "可以", "由",   "嗰",   "做", "為"};

static uint64_t pack(const char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

/* A bit for each stop word. */
static uint64_t stop_word(const char *p, size_t n)
{
    const uint64_t v = pack(p, n);
    const int en = (unsigned char)p[0] < 0x80;
    uint64_t found = 0;
    for (size_t i = en ? 0 : N_EN; i < (en ? N_EN : N_EN + N_ZH + N_YUE); i++)
        found |= (uint64_t)(v == pack(stop_words[i], 8)) << i;
    return found;
}

static uint64_t count_word(struct filter_words *w, const uint8_t *table, struct weir_span text,
                           const struct filter_word *a)
{
    const char *p = text.p + a->at;
    unsigned any = 0, not_symbolic = 0, len;
    const unsigned both = CLASS_LETTER | CLASS_SYMBOLIC; // mostly known by the first character
    for (uint32_t i = 0;
         i < a->n && ((any & CLASS_LETTER) | (not_symbolic & CLASS_SYMBOLIC)) != both; i += len) {
        const uint32_t c = next_char(p + i, a->n - i, &len);
        const unsigned k = c < 0x10000 ? table[c] : filter_class_of(c);
        any |= k;
        not_symbolic |= ~k;
    }
    not_symbolic = not_symbolic / CLASS_SYMBOLIC & 1;
    w->alphabetic += any / CLASS_LETTER & 1;
    w->non_symbol += not_symbolic;
    w->non_symbol_chars += not_symbolic ? a->chars : 0;
    return a->n <= STOP_BYTES ? stop_word(p, a->n) : 0;
}

static void count_words(struct filter_words *w, struct weir_span text)
{
    const uint8_t *table = filter_class_table();
    uint64_t stops = 0;
    for (size_t i = 0; i < w->n; i++)
        stops |= count_word(w, table, text, w->at + i);
    const uint64_t zh = ((uint64_t)1 << N_ZH) - 1;
    w->stop_en = (unsigned)__builtin_popcountll(stops & ((1u << N_EN) - 1));
    w->stop_zh = (unsigned)__builtin_popcountll(stops >> N_EN & zh);
    w->stop_yue = (unsigned)__builtin_popcountll(stops >> (N_EN + N_ZH));
}

int filter_words_measure(struct weir_span text, enum filter_scheme scheme, struct filter_words *w)
{
    const struct filter_words keep = {
        .at = w->at, .cap = w->cap, .breaks = w->breaks, .tail = w->tail, .cap_tail = w->cap_tail};
    *w = keep;
    if (text.n > UINT32_MAX)
        return WEIR_EMEM;
    filter_en_init();
    int rc =
        scheme == FILTER_WORDS_ICU ? filter_words_split_icu(w, text) : split_runs(w, text, scheme);
    if (rc == 0 && scheme == FILTER_WORDS_EN)
        rc = filter_en_join_specials(w, text);
    if (rc == 0)
        count_words(w, text);
    return rc;
}

/* spaCy's sentencizer knows the terminal marks of an older Unicode. */
static int ends_sentence(uint32_t c)
{
    static const uint32_t newer[] = {0x61D,   0x61E,   0x837,   0x839,   0x83D,   0x83E,   0x17D4,
                                     0x17D5,  0x17D6,  0x17D9,  0x17DA,  0x1B7D,  0x1B7E,  0x2E53,
                                     0x2E54,  0x10F55, 0x10F56, 0x10F57, 0x10F58, 0x10F59, 0x10F86,
                                     0x10F87, 0x10F88, 0x10F89, 0x11944, 0x11946, 0x11EF7, 0x11EF8,
                                     0x11F43, 0x11F44, 0x16E98};
    if (!(filter_class_of(c) & CLASS_END))
        return 0;
    for (size_t i = 0; c >= 0x80 && i < sizeof newer / sizeof *newer; i++)
        if (newer[i] == c)
            return 0;
    return 1;
}

static int is_punct(struct weir_span t)
{
    unsigned len;
    for (size_t i = 0; i < t.n; i += len)
        if (!(filter_class_of(weir_utf8_decode(t.p + i, t.n - i, &len)) & CLASS_PUNCT))
            return 0;
    return 1;
}

/* White space that is more than one space is a token, and no punctuation. */
static int is_apart(const struct filter_word *a, struct weir_span text)
{
    const size_t end = a[-1].at + a[-1].n;
    return a->at > end + 1 || (a->at == end + 1 && text.p[end] != ' ');
}

uint64_t filter_words_sentences(const struct filter_words *w, struct weir_span text)
{
    uint64_t n = w->n > 0;
    int ended = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct filter_word *a = w->at + i;
        unsigned len;
        const uint32_t c = weir_utf8_decode(text.p + a->at, a->n, &len);
        const int end = a->chars == 1 && ends_sentence(c);
        const int apart = ended && i && is_apart(a, text);
        if (ended && (apart || (!end && !is_punct(weir_span(text.p + a->at, a->n))))) {
            n++;
            ended = 0;
        }
        ended |= end;
    }
    return n;
}
