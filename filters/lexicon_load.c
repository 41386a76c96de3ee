/* Lists of terms as people publish them: UTF-8 or GB18030 (GBK), with or without a byte order mark,
 * one term a line, or terms with "," "，" or "|" between or behind, or TERM=REPLACEMENT, or all
 * lines in base64; or three columns with tabs between:
 *
 *     term [TAB category [TAB weight]]
 *
 * Empty lines and lines that start with "# " are passed over. */
#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>
#include "weir/io.h"
#include "weir/utf8.h"
#include "filters/lexicon.h"

static struct weir_span next_column(struct weir_span *line)
{
    const char *tab = memchr(line->p, '\t', line->n);
    const struct weir_span column = weir_span(line->p, tab ? (size_t)(tab - line->p) : line->n);
    line->p += column.n + (tab != NULL);
    line->n -= column.n + (tab != NULL);
    return column;
}

static struct weir_span trim(struct weir_span s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = weir_span(s.p + 1, s.n - 1);
    while (s.n && memchr(" \t\r", s.p[s.n - 1], 3))
        s.n--;
    return s;
}

/* Bytes of a mark between terms at p, or 0. */
static size_t is_between(const char *p, size_t n)
{
    if (*p == ',' || *p == '|')
        return 1;
    return n >= 3 && memcmp(p, "\xEF\xBC\x8C", 3) == 0 ? 3 : 0; // U+FF0C
}

struct list {
    lexicon *l;
    enum lexicon_category category; // of terms that name none
    struct lexicon_notice *notice;
};

static int add_one(struct list *list, struct weir_span term, enum lexicon_category category,
                   int weight, struct weir_err *err)
{
    if (term.n > LEX_MAX_TERM) {
        list->notice->n_long++;
        return 0;
    }
    return lexicon_add(list->l, term, category, weight, err);
}

/* Terms with marks between; behind "=" stands what somebody would write in their place. */
static int add_terms(struct list *list, struct weir_span s, struct weir_err *err)
{
    const char *equals = s.n > 1 ? memchr(s.p + 1, '=', s.n - 1) : NULL;
    if (equals)
        s.n = (size_t)(equals - s.p);
    for (size_t i = 0, start = 0; i <= s.n;) {
        const size_t mark = i < s.n ? is_between(s.p + i, s.n - i) : 1;
        if (!mark) {
            i++;
            continue;
        }
        const struct weir_span term = trim(weir_span(s.p + start, i - start));
        if (term.n && add_one(list, term, list->category, 1, err) < 0)
            return err->code;
        i += mark;
        start = i;
    }
    return 0;
}

static int find_category(struct weir_span name, enum lexicon_category *category,
                         struct weir_err *err)
{
    for (int c = 0; c < LEX_N_ALL; c++)
        if (weir_span_is(name, lexicon_category_names[c])) {
            *category = (enum lexicon_category)c;
            return 0;
        }
    return weir_err_set(err, WEIR_EBAD, "no category \"%.*s\"", (int)name.n, name.p);
}

static int add_columns(struct list *list, struct weir_span line, struct weir_err *err)
{
    const struct weir_span term = trim(next_column(&line));
    const struct weir_span name = trim(next_column(&line));
    const struct weir_span weight = trim(next_column(&line));
    enum lexicon_category category = list->category;
    if (name.n && find_category(name, &category, err) < 0)
        return err->code;
    if (weight.n && (weight.n != 1 || weight.p[0] < '1' || weight.p[0] > '9'))
        return weir_err_set(err, WEIR_EBAD, "a weight is a digit from 1 to 9");
    return add_one(list, term, category, weight.n ? weight.p[0] - '0' : 1, err);
}

static int add_line(struct list *list, struct weir_span line, struct weir_err *err)
{
    line = trim(line);
    if (!line.n || (line.n > 1 && line.p[0] == '#' && line.p[1] == ' '))
        return 0;
    return memchr(line.p, '\t', line.n) ? add_columns(list, line, err) : add_terms(list, line, err);
}

/* The next line of *all, which moves behind it. */
static struct weir_span next_line(struct weir_span *all)
{
    const char *nl = memchr(all->p, '\n', all->n);
    const struct weir_span line = weir_span(all->p, nl ? (size_t)(nl - all->p) : all->n);
    const size_t used = line.n + (nl != NULL);
    *all = weir_span(all->p + used, all->n - used);
    return line;
}

static int add_lines(struct list *list, struct weir_span all, struct weir_err *err)
{
    for (size_t line = 1; all.n; line++)
        if (add_line(list, next_line(&all), err) < 0) {
            weir_err_prefix(err, "line %zu", line);
            return err->code;
        }
    return 0;
}

/* ---- encodings ---- */

static int digit64(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Appends a line decoded; 0 when it is no base64 of a text. */
static int decode_line(struct weir_span line, struct weir_buf *b)
{
    const size_t start = b->n;
    size_t n_pad = 0;
    uint32_t bits = 0;
    if (!line.n || line.n % 4)
        return 0;
    while (n_pad < 2 && line.p[line.n - 1 - n_pad] == '=')
        n_pad++;
    for (size_t i = 0; i < line.n; i++) {
        const int d = i < line.n - n_pad ? digit64(line.p[i]) : 0;
        if (d < 0)
            return 0;
        bits = bits << 6 | (uint32_t)d;
        if (i % 4 < 3)
            continue;
        const char three[] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
        weir_buf_add(b, three, i + 1 == line.n ? 3 - n_pad : 3);
    }
    const size_t n = b->n - start;
    return !b->failed && !memchr(b->p + start, 0, n) && weir_utf8_valid(b->p + start, n) == n;
}

/* Decodes a list all of whose lines are base64 of UTF-8; one of other words is not, as their bytes
 * are none.  Returns 1 when it did. */
static int decode_base64(struct weir_buf *b)
{
    struct weir_buf plain = {0};
    struct weir_span all = weir_buf_span(b);
    size_t n_lines = 0;
    int good = 1;
    while (all.n && good) {
        const struct weir_span line = trim(next_line(&all));
        if (!line.n)
            continue;
        good = decode_line(line, &plain);
        weir_buf_addc(&plain, '\n');
        n_lines++;
    }
    if (!good || n_lines < 2 || plain.failed) {
        weir_buf_free(&plain);
        return 0;
    }
    weir_buf_free(b);
    *b = plain;
    return 1;
}

/* A list that is no UTF-8 is GB18030, whose two-byte part is GBK. */
static int decode_gb18030(struct weir_buf *b, struct weir_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    struct weir_buf text = {0};
    if (b->n > INT32_MAX / 4 || weir_buf_reserve(&text, b->n * 2 + 16))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    UConverter *from = ucnv_open("gb18030", &status), *to = ucnv_open("utf-8", &status);
    if (U_SUCCESS(status))
        ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    char *target = text.p;
    const char *source = b->p;
    if (U_SUCCESS(status))
        ucnv_convertEx(to, from, &target, text.p + text.cap, &source, b->p + b->n, NULL, NULL, NULL,
                       NULL, 1, 1, &status);
    ucnv_close(from);
    ucnv_close(to);
    text.n = (size_t)(target - text.p);
    if (U_FAILURE(status)) {
        weir_buf_free(&text);
        return weir_err_set(err, WEIR_EBAD, "neither UTF-8 nor GB18030");
    }
    weir_buf_free(b);
    *b = text;
    return 0;
}

static int decode(struct weir_buf *b, struct weir_err *err)
{
    if (b->n >= 3 && memcmp(b->p, "\xEF\xBB\xBF", 3) == 0) {
        b->n -= 3;
        memmove(b->p, b->p + 3, b->n);
    }
    if (weir_utf8_valid(b->p, b->n) == b->n) {
        decode_base64(b);
        return 0;
    }
    return decode_gb18030(b, err);
}

/* ---- files ---- */

enum { MAX_LIST = 64 << 20, STEP = 1 << 16 };

static int read_file(const char *path, struct weir_buf *b, struct weir_err *err)
{
    weir_io *io = weir_io_open_read(path, err);
    if (!io)
        return err->code;
    ssize_t n = 0;
    do {
        if (b->n > MAX_LIST || weir_buf_reserve(b, STEP))
            n = weir_err_set(err, WEIR_EMEM, "%s: a list of more than 64M", path);
        else if ((n = weir_io_read(io, b->p + b->n, STEP, err)) > 0)
            b->n += (size_t)n;
    } while (n > 0);
    if (n == 0)
        return weir_io_close(io, err);
    weir_io_abort(io);
    return (int)n;
}

int lexicon_load(lexicon *l, const char *path, enum lexicon_category category,
                 struct lexicon_notice *notice, struct weir_err *err)
{
    struct weir_buf b = {0};
    struct list list = {l, category, notice};
    int rc = read_file(path, &b, err);
    if (!rc) {
        const size_t first = l->n;
        rc = decode(&b, err);
        if (!rc)
            rc = add_lines(&list, weir_buf_span(&b), err);
        if (rc)
            weir_err_prefix(err, "%s", path);
        else
            lexicon_notice_terms(l, first, notice);
    }
    weir_buf_free(&b);
    return rc;
}
