#include "ingest/ingest_html.h"

#include <string.h>
#include <strings.h>

#include "weir/utf8.h"

enum { LISTS_MAX = 16 }; // deeper lists are written like the deepest

struct writer {
    struct weir_buf *to;
    size_t start;     // where this fragment's text begins in to
    int breaks;       // newlines that come before the next text
    int space;        // a space comes before the next text
    int after_marker; // a list item's marker was written: its text goes on the same line
    int pre;          // depth of <pre>
    int pre_begins;   // a newline right behind <pre> does not count
    int n_lists;
    unsigned item[LISTS_MAX]; // last number, or NOT_NUMBERED
    /* Searches that reached the end in vain are not tried again: linear time. */
    int no_close, no_comment_end;
};

enum { NOT_NUMBERED = 0xFFFFFFFF };

enum action {
    BLOCK, // a blank line before and behind
    LINE,  // a line of its own
    BREAK, // <br>
    PRE,
    LIST,
    NUMBERED,
    ITEM,
    CELL,
    SUPER, // x<sup>2</sup> would say x2
    SKIP,  // its content is no text
};

static const struct {
    const char *name;
    enum action action;
} tags[] = {
    {"p", BLOCK},     {"div", BLOCK}, {"h1", BLOCK},      {"h2", BLOCK},      {"h3", BLOCK},
    {"h4", BLOCK},    {"h5", BLOCK},  {"h6", BLOCK},      {"hr", BLOCK},      {"blockquote", BLOCK},
    {"table", BLOCK}, {"dl", BLOCK},  {"section", BLOCK}, {"article", BLOCK}, {"details", BLOCK},
    {"dt", LINE},     {"dd", LINE},   {"tr", LINE},       {"summary", LINE},  {"br", BREAK},
    {"pre", PRE},     {"ul", LIST},   {"ol", NUMBERED},   {"li", ITEM},       {"td", CELL},
    {"th", CELL},     {"sup", SUPER}, {"script", SKIP},   {"style", SKIP},
};

static void want_breaks(struct writer *w, int n)
{
    w->space = 0;
    if (w->after_marker)
        return;
    if (w->breaks < n)
        w->breaks = n;
}

/* What stands between the text so far and the next: called before every visible byte. */
static void separate(struct writer *w)
{
    if (w->to->n > w->start) {
        for (; w->breaks; w->breaks--)
            weir_buf_addc(w->to, '\n');
        if (w->space && w->to->n && w->to->p[w->to->n - 1] != '\n')
            weir_buf_addc(w->to, ' ');
    }
    w->breaks = w->space = w->after_marker = 0;
}

static int is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static void put_pre(struct writer *w, struct weir_span s)
{
    if (w->pre_begins && s.n && *s.p == '\n')
        s.p++, s.n--;
    w->pre_begins = 0;
    /* Newlines wait, so that those at the end of the block go away. */
    while (s.n) {
        size_t n = 0;
        while (n < s.n && s.p[n] == '\n')
            n++;
        w->breaks += n < 1000 ? (int)n : 1000;
        s.p += n, s.n -= n;
        const char *nl = s.n ? memchr(s.p, '\n', s.n) : NULL;
        n = nl ? (size_t)(nl - s.p) : s.n;
        if (n) {
            w->space = 0;
            separate(w);
            weir_buf_add(w->to, s.p, n);
        }
        s.p += n, s.n -= n;
    }
}

static void put_text(struct writer *w, struct weir_span s)
{
    if (w->pre) {
        put_pre(w, s);
        return;
    }
    while (s.n) {
        size_t n = 0;
        while (n < s.n && is_space(s.p[n]))
            n++;
        if (n && !w->breaks && !w->after_marker)
            w->space = 1;
        s.p += n, s.n -= n;
        for (n = 0; n < s.n && !is_space(s.p[n]);)
            n++;
        if (n) {
            separate(w);
            weir_buf_add(w->to, s.p, n);
        }
        s.p += n, s.n -= n;
    }
}

/* ---- entities ---- */

/* HTML Standard, "numeric character reference end state": what old pages mean by 0x80 to 0x9F. */
static uint32_t of_windows(uint32_t c)
{
    static const uint16_t table[32] = {
        0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    return c >= 0x80 && c < 0xA0 && table[c - 0x80] ? table[c - 0x80] : c;
}

/* "#123" or "#x1F": the character, U+FFFD for one that cannot be, 0 when it is no reference. */
static uint32_t numeric(struct weir_span s)
{
    const int hex = s.n > 1 && (s.p[1] | 32) == 'x';
    uint32_t c = 0;
    size_t i = hex ? 2 : 1;
    if (i == s.n)
        return 0;
    for (; i < s.n; i++) {
        const char d = s.p[i];
        const int letter = (d | 32) >= 'a' && (d | 32) <= 'f';
        if (!(d >= '0' && d <= '9') && !(hex && letter))
            return 0;
        if (c < 0x110000)
            c = c * (hex ? 16 : 10) + (uint32_t)(d <= '9' ? d - '0' : (d | 32) - 'a' + 10);
    }
    const int is_none = !c || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000);
    return is_none ? 0xFFFD : of_windows(c);
}

/* The entity at the "&" that begins s: bytes gone over; it was written. */
static size_t put_entity(struct writer *w, struct weir_span s)
{
    enum { MOST = 12 };
    const char *semi = memchr(s.p, ';', s.n < MOST ? s.n : MOST);
    if (semi && semi > s.p + 1) {
        const struct weir_span name = weir_span(s.p + 1, (size_t)(semi - s.p - 1));
        const uint32_t c = *name.p == '#' ? numeric(name) : html_entity(name);
        char utf8[4];
        if (c) {
            put_text(w, weir_span(utf8, weir_utf8_encode(c, utf8)));
            return name.n + 2;
        }
    }
    put_text(w, weir_span("&", 1));
    return 1;
}

/* ---- tags ---- */

static void begin_item(struct writer *w)
{
    const int depth = w->n_lists < LISTS_MAX ? w->n_lists : LISTS_MAX;
    w->after_marker = 0; // </li> may be left out
    want_breaks(w, 1);
    separate(w);
    for (int i = 1; i < depth; i++)
        weir_buf_adds(w->to, "  ");
    unsigned *number = depth ? &w->item[depth - 1] : NULL;
    if (number && *number != NOT_NUMBERED)
        weir_buf_addf(w->to, "%u. ", ++*number);
    else
        weir_buf_adds(w->to, "- ");
    w->after_marker = 1;
}

static void list_tag(struct writer *w, int closing, unsigned first)
{
    /* An item with nothing in it but a list: the list begins on its own line. */
    w->after_marker = 0;
    want_breaks(w, w->n_lists > (closing != 0) ? 1 : 2);
    if (closing) {
        w->n_lists -= w->n_lists > 0;
        return;
    }
    if (w->n_lists < LISTS_MAX)
        w->item[w->n_lists] = first;
    if (w->n_lists < 1000000)
        w->n_lists++;
}

static void pre_tag(struct writer *w, int closing)
{
    if (closing && !w->pre)
        return;
    /* A line of code never stands behind a marker, where its indentation would be lost. */
    w->after_marker = 0;
    if (closing)
        w->breaks = 0; // newlines at the end of the block
    want_breaks(w, 2);
    w->pre += closing ? -1 : w->pre < 1000;
    w->pre_begins = !closing;
}

static void apply(struct writer *w, enum action action, int closing)
{
    switch (action) {
    case BLOCK:
        want_breaks(w, 2);
        break;
    case LINE:
        want_breaks(w, 1);
        break;
    case BREAK:
        if (w->breaks < 2)
            w->breaks++;
        w->space = 0;
        break;
    case PRE:
        pre_tag(w, closing);
        break;
    case LIST:
        list_tag(w, closing, NOT_NUMBERED);
        break;
    case NUMBERED:
        list_tag(w, closing, 0);
        break;
    case ITEM:
        if (closing)
            w->after_marker = 0;
        else
            begin_item(w);
        break;
    case CELL:
        if (closing)
            w->space = 1;
        break;
    case SUPER:
        if (!closing)
            put_text(w, weir_span("^", 1));
        break;
    case SKIP:
        break;
    }
}

static int find_tag(struct weir_span name)
{
    for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
        if (strlen(tags[i].name) == name.n && !strncasecmp(tags[i].name, name.p, name.n))
            return (int)i;
    }
    return -1;
}

/* Bytes of the tag that begins s, quotes respected where they close; 0 when there is no ">". */
static size_t tag_length(struct writer *w, struct weir_span s)
{
    char quote = 0;
    if (w->no_close)
        return 0;
    for (size_t i = 1; i < s.n; i++) {
        const char c = s.p[i];
        if (quote) {
            if (c == quote)
                quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return i + 1;
        }
    }
    const char *close = memchr(s.p, '>', s.n);
    w->no_close = !close;
    return close ? (size_t)(close - s.p) + 1 : 0;
}

/* Content that is no text: everything up to the closing tag. */
static size_t skip_content(struct weir_span s, struct weir_span name)
{
    for (size_t i = 0; i + name.n + 2 <= s.n; i++) {
        const char *lt = memchr(s.p + i, '<', s.n - i);
        if (!lt)
            break;
        i = (size_t)(lt - s.p);
        if (i + name.n + 2 <= s.n && lt[1] == '/' && !strncasecmp(lt + 2, name.p, name.n))
            return i;
    }
    return s.n;
}

static size_t comment_length(struct writer *w, struct weir_span s)
{
    const char *end = w->no_comment_end ? NULL : memmem(s.p + 4, s.n - 4, "-->", 3);
    w->no_comment_end = !end;
    return end ? (size_t)(end - s.p) + 3 : 0;
}

static int is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* The markup at the "<" that begins s: bytes gone over. */
static size_t markup(struct writer *w, struct weir_span s)
{
    const int closing = s.n > 1 && s.p[1] == '/';
    size_t n = 0;
    if (s.n >= 4 && !memcmp(s.p, "<!--", 4))
        n = comment_length(w, s);
    else if (s.n > 1 && (is_letter(s.p[1]) || s.p[1] == '!' || closing))
        n = tag_length(w, s);
    if (!n) {
        put_text(w, weir_span("<", 1));
        return 1;
    }
    struct weir_span name = weir_span(s.p + 1 + closing, 0);
    while (name.p + name.n < s.p + n &&
           (is_letter(name.p[name.n]) || (name.p[name.n] >= '0' && name.p[name.n] <= '9')))
        name.n++;
    const int tag = find_tag(name);
    if (tag >= 0)
        apply(w, tags[tag].action, closing);
    if (tag >= 0 && tags[tag].action == SKIP && !closing)
        n += skip_content(weir_span(s.p + n, s.n - n), name);
    return n;
}

void html_to_text(struct weir_span html, struct weir_buf *to)
{
    struct writer w = {.to = to, .start = to->n};
    while (html.n) {
        size_t n = 0;
        while (n < html.n && html.p[n] != '<' && html.p[n] != '&')
            n++;
        if (n)
            put_text(&w, weir_span(html.p, n));
        else
            n = *html.p == '<' ? markup(&w, html) : put_entity(&w, html);
        html.p += n;
        html.n -= n;
    }
}
