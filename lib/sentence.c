#include "sentence_impl.h"

#include <string.h>

/* Behind white space on the line; *c is the character there, or 0 at the end of the text. */
static size_t skip_spaces(struct weir_span t, size_t at, uint32_t *c)
{
    unsigned len;
    for (; at < t.n; at += len) {
        *c = char_at(t, at, &len);
        if (mark_of(*c) != SPACE)
            return at;
    }
    *c = 0;
    return at;
}

/* The spaces, the newline and the blank lines behind a sentence are its own; the indentation of the
 * next line is not. */
static size_t with_spaces(struct weir_span t, size_t at)
{
    uint32_t c;
    if (at < t.n && ((uint8_t)t.p[at] >= 0xE4 || ((uint8_t)t.p[at] > ' ' && !(t.p[at] & 0x80))))
        return at; // most are followed by none
    size_t end = skip_spaces(t, at, &c);
    for (at = end; at < t.n && t.p[at] == '\n'; at = skip_spaces(t, at + 1, &c))
        end = at + 1;
    return at == t.n ? t.n : end;
}

/* ---- whose is a full stop ---- */

static int is_alnum(char c)
{
    return weir_is_ascii_alpha((unsigned char)c) || weir_is_ascii_digit((unsigned char)c);
}

/* Words that are written with a full stop and go on; in small letters. */
static const char *const always[] = {
    "adm",    "al",  "brig", "capt", "cf",   "col", "comdr", "dr",  "e.g",  "eq",  "eqs",  "fig",
    "figs",   "gen", "gov",  "hon",  "i.e",  "lt",  "maj",   "mme", "mlle", "mr",  "mrs",  "ms",
    "messrs", "mt",  "pp",   "pres", "prof", "rep", "rev",   "sec", "sen",  "sgt", "st",   "vs",
    "viz",    "vol", "vols", "op",   "ed",   "eds", "trans", "ch",  "chap", "art", "para", "supt"};
/* The same before a number only. */
static const char *const before_number[] = {"no",  "nos",  "p",   "jan", "feb",    "mar",
                                            "apr", "jun",  "jul", "aug", "sep",    "oct",
                                            "nov", "sept", "dec", "ver", "approx", "ca"};

static int is_one_of(const char *word, size_t n, const char *const *list, size_t n_list)
{
    for (size_t i = 0; i < n_list; i++)
        if (list[i][0] == word[0] && strlen(list[i]) == n && !memcmp(list[i], word, n))
            return 1;
    return 0;
}

/* Letters each with its full stop: U.S, Ph.D, a.m, J (the last stop is the one asked about). */
static int is_initials(const char *w, size_t n)
{
    size_t run = 0, dots = 0;
    for (size_t i = 0; i < n; i++) {
        run = w[i] == '.' ? 0 : run + 1;
        dots += w[i] == '.';
        if (run > 2 || weir_is_ascii_digit((unsigned char)w[i]))
            return 0;
    }
    return n && (dots || (n == 1 && w[0] != 'i'));
}

/* Only digits, or one letter, or a Roman number, and it begins its line or sentence; digits before
 * Chinese wherever they stand. */
static int is_list_number(struct weir_span t, size_t start, size_t word, size_t dot, uint32_t next)
{
    size_t i = word;
    while (i < dot && weir_is_ascii_digit((unsigned char)t.p[i]))
        i++;
    if (i == dot && dot > word && dot - word < 4 && weir_is_han(next))
        return 1;
    i = word;
    while (i > start && (t.p[i - 1] == ' ' || t.p[i - 1] == '\t'))
        i--;
    if (i > start && t.p[i - 1] != '\n')
        return 0;
    size_t digits = 0, roman = 0;
    for (i = word; i < dot; i++) {
        digits += weir_is_ascii_digit((unsigned char)t.p[i]) || (t.p[i] == '.' && i > word);
        roman += memchr("ivxIVX", t.p[i], 6) != NULL;
    }
    return dot > word && (digits == dot - word || roman == dot - word || dot - word == 1);
}

/* The word that ends at the full stop dot, and whether the stop belongs to it.  next is the
 * character behind the space. */
static int owns_stop(struct weir_span t, size_t start, size_t dot, uint32_t next)
{
    enum { LONGEST = 12 };
    char w[LONGEST] = {0};
    size_t n = 0, i = dot;
    while (i > start && n < LONGEST && (is_alnum(t.p[i - 1]) || t.p[i - 1] == '.'))
        i--, n++;
    if (n == LONGEST)
        return 0;
    for (size_t k = 0; k < n; k++)
        w[k] = (char)(t.p[i + k] >= 'A' && t.p[i + k] <= 'Z' ? t.p[i + k] | 32 : t.p[i + k]);
    if (is_list_number(t, start, i, dot, next) || is_initials(w, n))
        return 1;
    if (is_one_of(w, n, always, sizeof always / sizeof *always))
        return 1;
    return weir_is_ascii_digit(next) &&
           is_one_of(w, n, before_number, sizeof before_number / sizeof *before_number);
}

/* ---- marks ---- */

/* A run of marks and what closes behind it: ？！”） */
struct run {
    size_t first, end;
    unsigned stops, ellipses, points, ascii, closers, quotes, brackets;
    int in_title; // a title's 》 is the last: 《怎么办？》是一部小说
};

/* Does the " at `at` close?  quotes of the sentence stand before it; where that tells nothing (the
 * opening one was in an earlier sentence), it closes when there is nothing behind it to open. */
static int quote_closes(struct weir_span t, size_t at, unsigned quotes)
{
    unsigned len;
    if (quotes % 2 || at + 1 == t.n)
        return 1;
    const enum mark next = mark_of(char_at(t, at + 1, &len));
    return next == SPACE || next == NEWLINE || next == GO_ON || next == STOP || next == CLOSER;
}

static struct run read_run(struct weir_span t, size_t at, unsigned quotes)
{
    struct run r = {.first = at, .end = at};
    unsigned len;
    for (; r.end < t.n; r.end += len) {
        const uint32_t c = char_at(t, r.end, &len);
        const enum mark m = mark_of(c);
        if (m == STOP)
            r.stops++;
        else if (m == ELLIPSIS)
            r.ellipses++;
        else if (m == POINT)
            r.points++;
        else if (m == ASCII)
            r.ascii++;
        else if (m == CLOSER)
            r.closers++;
        else if (m == QUOTE && quote_closes(t, r.end, quotes + r.quotes))
            r.quotes++;
        else
            break;
        r.in_title = c == 0x300B || c == 0x3009;
        r.brackets += c == ')' || c == ']' || c == 0xFF09;
    }
    r.closers += r.quotes;
    return r;
}

/* May a sentence begin with c? */
static int is_start(uint32_t c)
{
    if (c >= 0x80)
        return !(c >= 0xDF && c <= 0xFF) && mark_of(c) != GO_ON;
    return !(c >= 'a' && c <= 'z') && (!c || !memchr(",;:)]}.!?%=+/|", (int)c, 14));
}

static int is_chinese_start(uint32_t c)
{
    return weir_is_han(c) || c == 0x201C || c == 0x2018 || c == 0x300A || c == 0x300C ||
           c == 0x300E || c == 0x3010 || c == 0xFF08; // “ ‘ 《 「 『 【 （
}

/* The run is followed by c without a space. */
static int ends_unspaced(struct weir_span t, size_t start, const struct run *r, uint32_t c)
{
    if (mark_of(c) == GO_ON || r->in_title)
        return 0;
    if (r->stops || r->ellipses > 1)
        return 1;
    if (!is_chinese_start(c))
        return 0;
    if (r->ascii || (r->closers && !r->brackets))
        return 1;
    /* 你好.我们 and 好吧...我们 but none of 3.5万, 3.14...是, (X Corp.)是, 嗯…好 */
    const unsigned char before = r->first > start ? (unsigned char)t.p[r->first - 1] : 0;
    return r->points && !r->brackets &&
           (before >= 0x80 || (r->points > 1 && !weir_is_ascii_digit(before)));
}

/* Does the sentence that began at start end with this run? */
static int ends(struct weir_span t, size_t start, const struct run *r)
{
    uint32_t next;
    size_t behind = skip_spaces(t, r->end, &next);
    if (behind < t.n && behind == r->end && next != '\n')
        return ends_unspaced(t, start, r, next);
    while (behind < t.n && next == '\n') // as a space: what begins the next line decides
        behind = skip_spaces(t, behind + 1, &next);
    if (behind == t.n || r->stops || r->ellipses > 1)
        return 1;
    const int after_chinese = r->first > start && (uint8_t)t.p[r->first - 1] >= 0x80;
    if (!is_start(next))
        return after_chinese && r->ascii && !r->closers;
    return r->points != 1 || r->ascii || !owns_stop(t, start, r->first, next);
}

/* English lines may be wrapped: a newline ends a sentence before a blank line, a list item, a
 * heading or a quotation. */
static int line_ends(struct weir_span t, size_t newline)
{
    uint32_t c;
    unsigned len;
    size_t at = skip_spaces(t, newline + 1, &c);
    if (at == t.n || c == '\n')
        return 1;
    if (c < 0x80 && memchr("-*#>|+=~`<", (int)c, 10))
        return 1;
    if (c == 0x2022 || c == 0xB7) // • ·
        return 1;
    const size_t digits = at;
    while (at < t.n && weir_is_ascii_digit(c) && at - digits < 9) {
        at++;
        c = at < t.n ? char_at(t, at, &len) : 0;
    }
    return at > digits && (c == '.' || c == ')') && at + 1 < t.n && t.p[at + 1] == ' ';
}

static size_t next_mark(struct weir_span t, const uint8_t *places, size_t at)
{
    const uint64_t marks = 0x0101010101010101u * WEIR_PLACE_MARK;
    if (!places)
        return sentence_next_mark(t, at);
    for (; at < t.n; at += 8) {
        uint64_t eight;
        memcpy(&eight, places + at, sizeof eight);
        if (eight & marks)
            return at + (size_t)__builtin_ctzll(eight & marks) / 8;
    }
    return t.n;
}

static size_t prose_end(struct weir_span t, const uint8_t *places, size_t start, int newline_ends)
{
    unsigned len, quotes = 0;
    for (size_t at = start; (at = next_mark(t, places, at)) < t.n; at += len) {
        const enum mark m = mark_of(char_at(t, at, &len));
        if (m == QUOTE)
            quotes++;
        if (m == NEWLINE && (newline_ends || line_ends(t, at)))
            return with_spaces(t, at);
        if (m < STOP || m > ASCII)
            continue;
        if (m == STOP && at + len < t.n) { // most of Chinese; the rest says the same, slowly
            unsigned next_len;
            if (mark_of(char_at(t, at + len, &next_len)) == PLAIN)
                return at + len;
        }
        const struct run r = read_run(t, at, quotes);
        if (ends(t, start, &r))
            return with_spaces(t, r.end);
        quotes += r.quotes;
        len = (unsigned)(r.end - at);
    }
    return t.n;
}

/* A line with the indented lines and lone brackets directly under it and the blank lines behind. */
static size_t code_end(struct weir_span t, size_t start)
{
    for (size_t at = start; at < t.n;) {
        const char *newline = memchr(t.p + at, '\n', t.n - at);
        if (!newline)
            return t.n;
        at = (size_t)(newline - t.p) + 1;
        const size_t behind = with_spaces(t, at - 1);
        if (behind != at || at == t.n)
            return behind;
        if (!memchr(" \t{})]", t.p[at], 6))
            return at;
    }
    return t.n;
}

size_t weir_sentence_end_in(struct weir_span text, const uint8_t *places, size_t at,
                            enum weir_sentence_rules rules)
{
    need_classes();
    return rules == WEIR_SENTENCE_CODE ? code_end(text, at)
                                       : prose_end(text, places, at, rules == WEIR_SENTENCE_ZH);
}

size_t weir_sentence_end(struct weir_span text, size_t at, enum weir_sentence_rules rules)
{
    return weir_sentence_end_in(text, NULL, at, rules);
}

/* ---- which rules ---- */

static int is_lang(struct weir_span lang, const char *code)
{
    return lang.n >= 2 && !memcmp(lang.p, code, 2) && (lang.n == 2 || lang.p[2] == '-');
}

enum weir_sentence_rules weir_sentence_rules_for(struct weir_span lang, struct weir_span code_lang,
                                                 struct weir_span text)
{
    enum { SEEN = 4096 };
    if (code_lang.n)
        return WEIR_SENTENCE_CODE;
    if (is_lang(lang, "zh"))
        return WEIR_SENTENCE_ZH;
    if (is_lang(lang, "en"))
        return WEIR_SENTENCE_EN;
    size_t han = 0, others = 0;
    unsigned len;
    for (size_t at = 0; at < text.n && at < SEEN; at += len) {
        const uint32_t c = char_at(text, at, &len);
        han += (size_t)weir_is_han(c);
        others += weir_is_ascii_alpha(c) != 0;
    }
    /* A Chinese character says about as much as four letters. */
    return han && han * 4 >= others ? WEIR_SENTENCE_ZH : WEIR_SENTENCE_EN;
}
