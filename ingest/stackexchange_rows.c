#include "ingest/stackexchange_rows.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- framing ---- */

void rows_start(struct rows *rows, struct window *w, uint64_t max_row)
{
    rows->w = w;
    rows->line = 1;
    rows->max_row = max_row;
    rows->where = ROWS_BEFORE;
}

static int bad_input(const struct rows *rows, const char *why, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EBAD, "%s:%llu: %s", rows->w->name,
                        (unsigned long long)rows->line, why);
}

static void take(struct rows *rows, size_t n)
{
    const char *p = window_span(rows->w).p;
    uint64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += p[i] == '\n';
    rows->line += lines;
    window_take(rows->w, n);
}

static int is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Skips white space; 1 when something stands behind it, 0 at the end of the input. */
static int skip_space(struct rows *rows, struct weir_err *err)
{
    for (;;) {
        const int rc = window_fill(rows->w, 1, err);
        if (rc)
            return rc;
        const struct weir_span s = window_span(rows->w);
        size_t n = 0;
        while (n < s.n && is_space(s.p[n]))
            n++;
        take(rows, n);
        if (n < s.n || !s.n)
            return s.n > 0;
    }
}

static int begins(struct weir_span s, const char *word)
{
    const size_t n = strlen(word);
    return s.n >= n && !memcmp(s.p, word, n);
}

/* Skips markup up to and with end, which must come within a few kilobytes. */
static int skip_markup(struct rows *rows, const char *end, struct weir_err *err)
{
    enum { MOST = 1 << 16 };
    const int rc = window_fill(rows->w, MOST, err);
    if (rc)
        return rc;
    const struct weir_span s = window_span(rows->w);
    const char *hit = memmem(s.p, s.n < MOST ? s.n : MOST, end, strlen(end));
    if (!hit)
        return bad_input(rows, "markup that does not end", err);
    take(rows, (size_t)(hit - s.p) + strlen(end));
    return 0;
}

/* What stands between rows: the declaration, comments, <posts> and </posts>.  A document type could
 * define entities; dumps have none, so it is refused.  1 at a row, 0 when something was skipped. */
static int skip_one(struct rows *rows, struct weir_err *err)
{
    int rc = window_fill(rows->w, 8, err);
    if (rc)
        return rc;
    const struct weir_span s = window_span(rows->w);
    const int inside = rows->where == ROWS_INSIDE;
    if (inside && begins(s, "<row") && s.n > 4 && (is_space(s.p[4]) || s.p[4] == '/'))
        return 1;
    if (begins(s, "<?"))
        return skip_markup(rows, "?>", err);
    if (begins(s, "<!--"))
        return skip_markup(rows, "-->", err);
    if (rows->where == ROWS_BEFORE && begins(s, "<posts") && s.n > 6 &&
        (is_space(s.p[6]) || s.p[6] == '>')) {
        rows->where = ROWS_INSIDE;
        return skip_markup(rows, ">", err);
    }
    if (inside && begins(s, "</posts")) {
        rows->where = ROWS_BEHIND;
        return skip_markup(rows, ">", err);
    }
    return bad_input(
        rows, inside ? "neither a row nor </posts>" : "not the Posts.xml of a dump: no <posts>",
        err);
}

/* Looking for the end of a row. */
struct scan {
    char quote; // the open one, or 0
    char last;  // the byte before
    int open;   // no "/>" where it should be: the row ends where the next one begins
};

static int begins_next(struct weir_span s)
{
    return begins(s, "<row ") || begins(s, "</posts");
}

/* Bytes before the closing quote or a "<", which no value can hold. */
static size_t value_bytes(struct weir_span s, char quote)
{
    const char *close = memchr(s.p, quote, s.n);
    const size_t n = close ? (size_t)(close - s.p) : s.n;
    const char *lt = memchr(s.p, '<', n);
    return lt ? (size_t)(lt - s.p) : n;
}

/* A byte of a row that has kept to the rules so far; 1 when it is the last one. */
static int scan_byte(struct scan *scan, char c)
{
    const char last = scan->last;
    scan->last = c;
    if (scan->quote) {
        if (c == scan->quote)
            scan->quote = 0;
    } else if (c == '"' || c == '\'') {
        scan->quote = c;
    } else if (c == '>') {
        scan->open = last != '/';
        return !scan->open;
    }
    return 0;
}

/* Goes on from *i: 1 with *i behind the row, 0 when more input is needed. */
static int find_end(struct scan *scan, struct weir_span s, size_t *i, int eof)
{
    while (*i < s.n) {
        if (s.p[*i] == '<') {
            if (s.n - *i < 8 && !eof)
                return 0;
            scan->open = 1;
            if (begins_next(weir_span(s.p + *i, s.n - *i)))
                return 1;
            ++*i;
        } else if (scan->open) {
            const char *next = memchr(s.p + *i, '<', s.n - *i);
            *i = next ? (size_t)(next - s.p) : s.n;
        } else if (scan->quote && s.p[*i] != scan->quote) {
            *i += value_bytes(weir_span(s.p + *i, s.n - *i), scan->quote);
        } else if (scan_byte(scan, s.p[(*i)++])) {
            return 1;
        }
    }
    return 0;
}

/* Goes over a row of more than max_row bytes, of which n were looked at. */
static int pass_over(struct rows *rows, struct row *row, size_t n, struct scan *scan,
                     struct weir_err *err)
{
    int found = 0;
    row->too_long = 1;
    row->raw = weir_span("", 0);
    for (;;) {
        take(rows, n);
        row->length += n;
        if (found)
            return 1;
        const size_t had = window_span(rows->w).n;
        const int rc = window_fill(rows->w, had + 1, err);
        if (rc)
            return rc;
        const struct weir_span s = window_span(rows->w);
        if (s.n == had)
            return bad_input(rows, "the dump is truncated", err);
        n = 0;
        found = find_end(scan, s, &n, rows->w->eof);
    }
}

static int read_row(struct rows *rows, struct row *row, struct weir_err *err)
{
    struct scan scan = {0};
    size_t n = 1;
    row->offset = rows->w->offset;
    row->line = rows->line;
    row->length = 0;
    row->too_long = 0;
    for (;;) {
        row->raw = window_span(rows->w);
        const size_t had = row->raw.n;
        const int found = find_end(&scan, row->raw, &n, rows->w->eof);
        if (!found && n > rows->max_row)
            return pass_over(rows, row, n, &scan, err);
        if (found) {
            while (scan.open && is_space(row->raw.p[n - 1])) // what it is, the parser will say
                n--;
            row->raw.n = row->length = n;
            row->too_long = n > rows->max_row;
            if (row->too_long)
                row->raw = weir_span("", 0);
            take(rows, n);
            return 1;
        }
        const int rc = window_fill(rows->w, had + 1, err);
        if (rc)
            return rc;
        if (window_span(rows->w).n == had)
            return bad_input(rows, "the dump is truncated", err);
    }
}

int rows_next(struct rows *rows, struct row *row, struct weir_err *err)
{
    if (!rows->w->offset && rows->where == ROWS_BEFORE) {
        const int rc = window_fill(rows->w, 3, err);
        if (rc)
            return rc;
        if (begins(window_span(rows->w), "\xEF\xBB\xBF"))
            take(rows, 3);
    }
    for (;;) {
        int rc = skip_space(rows, err);
        if (rc < 0)
            return rc;
        if (!rc && rows->where == ROWS_INSIDE)
            return bad_input(rows, "the dump is truncated: no </posts>", err);
        if (!rc)
            return rows->where == ROWS_BEFORE && rows->w->offset
                       ? bad_input(rows, "not the Posts.xml of a dump: no <posts>", err)
                       : 0;
        rc = skip_one(rows, err);
        if (rc < 0)
            return rc;
        if (rc)
            return read_row(rows, row, err);
    }
}

/* ---- content ---- */

struct post_parser {
    XML_Parser xml;
    struct weir_buf text;
    struct post *post;
    size_t at[4], n[4]; // title, body, tags, license in text
    int has[4];
    int n_elements;
    const char *wrong;  // a number that is none
    unsigned long salt; // of expat's hash table; without it every row costs a system call
};

post_parser *post_parser_new(struct weir_err *err)
{
    post_parser *p = weir_calloc(1, sizeof(*p));
    if (p && getrandom(&p->salt, sizeof(p->salt), 0) != sizeof(p->salt))
        p->salt = (uintptr_t)p;
    if (p && (p->xml = XML_ParserCreate("UTF-8")))
        return p;
    free(p);
    weir_err_set(err, WEIR_EMEM, "out of memory");
    return NULL;
}

void post_parser_free(post_parser *p)
{
    if (!p)
        return;
    XML_ParserFree(p->xml);
    weir_buf_free(&p->text);
    free(p);
}

static int get_number(struct weir_span s, int64_t *value)
{
    const size_t negative = s.n && *s.p == '-';
    int64_t x = 0;
    if (s.n == negative)
        return -1;
    for (size_t i = negative; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9' || x > (INT64_MAX - 9) / 10)
            return -1;
        x = x * 10 + (s.p[i] - '0');
    }
    *value = negative ? -x : x;
    return 0;
}

/* Takes an attribute in that is no text.  The name of one that should be a number and is none. */
static const char *take_number(struct post *post, struct weir_span name, struct weir_span value)
{
    const struct {
        const char *name;
        int64_t *to;
    } numbers[] = {{"Id", &post->id},
                   {"PostTypeId", &post->type},
                   {"ParentId", &post->parent},
                   {"AcceptedAnswerId", &post->accepted},
                   {"Score", &post->score}};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        if (weir_span_is(name, numbers[i].name))
            return get_number(value, numbers[i].to) ? numbers[i].name : NULL;
    }
    post->deleted |= weir_span_is(name, "DeletionDate");
    return NULL;
}

static int check_post(const struct post *post, const char *wrong, struct weir_err *err)
{
    if (wrong)
        return weir_err_set(err, WEIR_EBAD, "%s is no number", wrong);
    if (post->id <= 0)
        return weir_err_set(err, WEIR_EBAD, "a post without Id");
    if (post->id > POST_ID_MAX || post->parent > POST_ID_MAX)
        return weir_err_set(err, WEIR_EBAD, "Id or ParentId is above 2^48");
    return 0;
}

/* The attribute that begins s, behind white space: bytes gone over, 0 at the end of the row, -1
 * when it is malformed. */
static ssize_t next_attribute(struct weir_span s, struct weir_span *name, struct weir_span *value)
{
    size_t i = 0;
    while (i < s.n && is_space(s.p[i]))
        i++;
    if (i == s.n || s.p[i] == '/' || s.p[i] == '>')
        return 0;
    const size_t start = i;
    while (i < s.n && s.p[i] != '=' && !is_space(s.p[i]))
        i++;
    *name = weir_span(s.p + start, i - start);
    while (i < s.n && is_space(s.p[i]))
        i++;
    if (i == s.n || s.p[i++] != '=')
        return -1;
    while (i < s.n && is_space(s.p[i]))
        i++;
    if (i == s.n || (s.p[i] != '"' && s.p[i] != '\''))
        return -1;
    const char *close = memchr(s.p + i + 1, s.p[i], s.n - i - 1);
    if (!close)
        return -1;
    *value = weir_span(s.p + i + 1, (size_t)(close - s.p) - i - 1);
    return close + 1 - s.p;
}

int post_scan(struct weir_span row, struct post *post, struct weir_err *err)
{
    struct weir_span name, value;
    const char *wrong = NULL;
    ssize_t n;
    memset(post, 0, sizeof(*post));
    row = weir_span(row.p + 4, row.n - 4); // "<row"
    while ((n = next_attribute(row, &name, &value)) > 0) {
        const char *is_wrong = take_number(post, name, value);
        if (is_wrong)
            wrong = is_wrong;
        row = weir_span(row.p + n, row.n - (size_t)n);
    }
    if (n < 0)
        return weir_err_set(err, WEIR_EBAD, "an attribute is malformed");
    return check_post(post, wrong, err);
}

static void keep_text(post_parser *p, int which, const char *s)
{
    p->has[which] = 1;
    p->at[which] = p->text.n;
    p->n[which] = strlen(s);
    weir_buf_add(&p->text, s, p->n[which]);
}

static void attribute(post_parser *p, const char *name, const char *value)
{
    static const char *const texts[] = {"Title", "Body", "Tags", "ContentLicense"};
    for (int i = 0; i < 4; i++) {
        if (!strcmp(name, texts[i])) {
            keep_text(p, i, value);
            return;
        }
    }
    const char *wrong =
        take_number(p->post, weir_span(name, strlen(name)), weir_span(value, strlen(value)));
    if (wrong)
        p->wrong = wrong;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
    post_parser *p = ctx;
    (void)name;
    if (p->n_elements++)
        return;
    for (size_t i = 0; attributes[i]; i += 2)
        attribute(p, attributes[i], attributes[i + 1]);
}

static struct weir_span text_of(const post_parser *p, int which)
{
    static const char empty[] = "";
    if (!p->has[which])
        return weir_span(NULL, 0);
    return p->n[which] ? weir_span(p->text.p + p->at[which], p->n[which]) : weir_span(empty, 0);
}

int post_parse(post_parser *p, struct weir_span row, struct post *post, struct weir_err *err)
{
    memset(post, 0, sizeof(*post));
    memset(p->has, 0, sizeof(p->has));
    p->post = post;
    p->n_elements = 0;
    p->wrong = NULL;
    weir_buf_reset(&p->text, 1u << 20);
    XML_ParserReset(p->xml, "UTF-8");
    XML_SetHashSalt(p->xml, p->salt | 1);
    XML_SetUserData(p->xml, p);
    XML_SetStartElementHandler(p->xml, on_start);
    if (row.n > INT_MAX)
        return weir_err_set(err, WEIR_EBAD, "the row is too long for an XML parser");
    if (XML_Parse(p->xml, row.p, (int)row.n, 1) == XML_STATUS_ERROR)
        return weir_err_set(err, WEIR_EBAD, "byte %lld of the row: %s",
                            (long long)XML_GetCurrentByteIndex(p->xml),
                            XML_ErrorString(XML_GetErrorCode(p->xml)));
    const int rc = check_post(post, p->wrong, err);
    if (rc)
        return rc;
    post->title = text_of(p, 0);
    post->body = text_of(p, 1);
    post->tags = text_of(p, 2);
    post->license = text_of(p, 3);
    return weir_buf_check(&p->text, err);
}
