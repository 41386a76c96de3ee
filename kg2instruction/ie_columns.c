/* Words and tags in columns: IOB1, IOB2, BIOES, BMES, BILOU, and relations as multi-head files have
 * them. */
#include <string.h>
#include "kg2instruction/ie_convert.h"
#include "weir/utf8.h"

#define MAX_COLUMNS 16

enum { AUTO, SPACE, NONE };

struct row {
    struct weir_span column[MAX_COLUMNS];
    size_t n;
};

struct span { // an entity: its rows, [first, last]
    size_t first, last;
    struct weir_span type;
};

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Columns stand between tabs where the line has any, else between blanks.  A line that begins with
 * a blank has it as its first column.  0 when there are more than a row holds. */
static int split(struct weir_span line, struct row *row)
{
    const int tabs = line.n && memchr(line.p + 1, '\t', line.n - 1) != NULL;
    row->n = 0;
    size_t i = 0;
    while (i < line.n && row->n < MAX_COLUMNS) {
        const size_t from = i;
        i += i == 0; // a blank word too
        while (i < line.n && (tabs ? line.p[i] != '\t' : !is_blank(line.p[i])))
            i++;
        row->column[row->n++] = weir_span(line.p + from, i - from);
        do
            i++;
        while (!tabs && i < line.n && is_blank(line.p[i]));
    }
    return i >= line.n;
}

static struct weir_span next_line(struct weir_span *rest)
{
    const char *nl = memchr(rest->p, '\n', rest->n);
    struct weir_span line = weir_span(rest->p, nl ? (size_t)(nl - rest->p) : rest->n);
    const size_t gone = line.n + (nl != NULL);
    *rest = weir_span(rest->p + gone, rest->n - gone);
    while (line.n && (line.p[line.n - 1] == '\r' || is_blank(line.p[line.n - 1])))
        line.n--;
    return line;
}

static size_t count_lines(struct weir_span raw)
{
    size_t n = 1;
    for (size_t i = 0; i < raw.n; i++)
        n += raw.p[i] == '\n';
    return n;
}

/* Chinese, Japanese and full-width signs stand without spaces. */
static int is_wide(struct weir_span s, int last)
{
    unsigned len;
    const size_t at = last ? weir_utf8_prev(s.p, s.n) : 0;
    return weir_utf8_decode(s.p + at, s.n - at, &len) >= 0x2E80;
}

struct table {
    struct row *row;
    size_t n;
    struct ie_words place; // of each row's word
    size_t token, tag;     // columns
};

static int wants_space(int join, struct weir_span before, struct weir_span word)
{
    if (join != AUTO || !before.n)
        return join == SPACE && before.n;
    return !is_wide(before, 1) && !is_wide(word, 0);
}

/* The text of all words, and where they are. */
static int make_text(struct ie_conv *c, struct table *t, int join)
{
    struct weir_span before = {0};
    size_t chars = 0;
    c->made.n = 0;
    t->place.n = t->n;
    t->place.start = ie_alloc(&c->doc, t->n * sizeof *t->place.start);
    t->place.end = ie_alloc(&c->doc, t->n * sizeof *t->place.end);
    if (!t->place.start || !t->place.end)
        return WEIR_EMEM;
    for (size_t i = 0; i < t->n; i++) {
        const struct weir_span word = t->row[i].column[t->token];
        if (wants_space(join, before, word)) {
            weir_buf_addc(&c->made, ' ');
            chars++;
        }
        t->place.start[i] = chars;
        weir_buf_add(&c->made, word.p, word.n);
        chars += weir_utf8_count(word.p, word.n);
        t->place.end[i] = chars;
        before = word;
    }
    return c->made.failed ? WEIR_EMEM : ie_begin(c, weir_buf_span(&c->made));
}

/* The sign of a tag (0: outside), and its type. */
static char read_tag(struct weir_span tag, struct weir_span *type)
{
    *type = weir_span("", 0);
    if (!tag.n || weir_span_is(tag, "O"))
        return 0;
    if (tag.n > 1 && (tag.p[1] == '-' || tag.p[1] == '_') && strchr("BIOEMSLU", tag.p[0])) {
        *type = weir_span(tag.p + 2, tag.n - 2);
        return tag.p[0] == 'O' ? 0 : tag.p[0];
    }
    if (tag.n == 1 && strchr("BIEMSLU", tag.p[0]))
        return tag.p[0];
    *type = tag; // a type without a sign
    return 'I';
}

/* The entities of the rows, in order. */
static size_t find_spans(struct ie_conv *c, const struct table *t, struct span *s)
{
    size_t n = 0;
    int open = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct weir_span type;
        const char sign = read_tag(t->row[i].column[t->tag], &type);
        const int goes_on = open && strchr("IEML", sign) && weir_span_eq(s[n - 1].type, type);
        if (!sign) {
            open = 0;
            continue;
        }
        if (goes_on) {
            s[n - 1].last = i;
        } else {
            if (strchr("EML", sign))
                ie_note(c, IE_TAG_WITHOUT_BEGIN);
            s[n++] = (struct span){i, i, type};
        }
        open = !strchr("ESLU", sign);
    }
    return n;
}

static int is_mark(struct weir_span line)
{
    return line.n > 4 && !memcmp(line.p, "#doc", 4);
}

static int read_rows(struct ie_conv *c, struct weir_span raw, int marks, struct table *t)
{
    t->row = ie_alloc(&c->doc, count_lines(raw) * sizeof *t->row);
    if (!t->row)
        return WEIR_EMEM;
    for (struct weir_span rest = raw; rest.n;) {
        const struct weir_span line = next_line(&rest);
        if (marks && is_mark(line))
            continue;
        if (!split(line, &t->row[t->n]))
            return c->why = "a line has more than 16 columns", -1;
        t->n += t->row[t->n].n > 0;
    }
    return t->n ? 0 : (c->why = "no line with words", -1);
}

/* Columns of token and tag: those asked for, else the first and the last. */
static int choose_columns(struct ie_conv *c, struct table *t)
{
    const size_t width = t->row[0].n;
    t->token = c->opt->token_column ? (size_t)c->opt->token_column - 1 : 0;
    t->tag = c->opt->tag_column ? (size_t)c->opt->tag_column - 1 : width - 1;
    for (size_t i = 0; i < t->n; i++) {
        if (t->row[i].n != width)
            return c->why = "lines of one block have different numbers of columns", -1;
        if (t->token >= width || t->tag >= width)
            return c->why = "a line has fewer columns than --token-column or --tag-column", -1;
    }
    if (width < 2 || t->token == t->tag)
        return c->why = "a line has no column for the tag", -1;
    for (size_t k = 0; k < width; k++)
        if (k != t->token && k != t->tag)
            ie_note(c, IE_LOST_COLUMN);
    return 0;
}

static struct ie_side side_of(const struct ie_conv *c, const struct table *t, const struct span *s)
{
    const size_t start = t->place.start[s->first], end = t->place.end[s->last];
    return (struct ie_side){ie_at(c, start, end), s->type, start, end};
}

static int add_entities(struct ie_conv *c, const struct table *t, const struct span *s, size_t n)
{
    static const char *const none[] = {NULL};
    c->entity.wanted = 1;
    for (size_t i = 0; i < n; i++) {
        const struct ie_side e = side_of(c, t, &s[i]);
        ie_add_entity(c, e.text, e.type, e.start, e.end, NULL, none);
    }
    return 0;
}

static int convert(struct ie_conv *c, struct weir_span raw, int join)
{
    struct table t = {0};
    int rc = read_rows(c, raw, 0, &t);
    if (!rc && weir_span_is(t.row[0].column[0], "-DOCSTART-"))
        return 1;
    if (!rc)
        rc = choose_columns(c, &t);
    join = c->opt->join ? c->opt->join - 1 : join;
    if (!rc)
        rc = make_text(c, &t, join);
    struct span *s = rc ? NULL : ie_alloc(&c->doc, t.n * sizeof *s);
    if (rc || !s)
        return rc ? rc : WEIR_EMEM;
    if (join != NONE)
        ie_note(c, IE_LOST_SPACES);
    return add_entities(c, &t, s, find_spans(c, &t, s));
}

static int from_words(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)rec;
    return convert(c, raw, SPACE);
}

static int from_characters(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)rec;
    return convert(c, raw, NONE);
}

static int from_any(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    (void)rec;
    return convert(c, raw, AUTO);
}

/* ---- CoNLL 2004 with relations: number, word, tag, ['relation', …], [number of the tail, …] ----
 */

/* The next word of a list in brackets; n 0 at its end. */
static struct weir_span list_item(struct weir_span *list)
{
    size_t i = 0;
    while (i < list->n && strchr("[]', \"", list->p[i]))
        i++;
    const size_t from = i;
    while (i < list->n && !strchr("]',\"", list->p[i]))
        i++;
    const struct weir_span item = weir_span(list->p + from, i - from);
    *list = weir_span(list->p + i, list->n - i);
    return item;
}

static size_t number(struct weir_span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < SIZE_MAX / 16; i++)
        n = s.p[i] >= '0' && s.p[i] <= '9' ? n * 10 + (size_t)(s.p[i] - '0') : SIZE_MAX / 16;
    return s.n ? n : SIZE_MAX;
}

/* The entity that ends in that row: relations stand at the last words. */
static const struct span *ending(const struct span *s, size_t n, size_t row)
{
    for (size_t i = 0; i < n; i++)
        if (s[i].last == row)
            return &s[i];
    return NULL;
}

static int add_relations(struct ie_conv *c, const struct table *t, const struct span *s, size_t n)
{
    static const char *const none[] = {NULL};
    c->relation.wanted = 1;
    for (size_t i = 0; i < t->n; i++) {
        struct weir_span names = t->row[i].column[3], tails = t->row[i].column[4], name;
        while ((name = list_item(&names)).n) {
            const size_t row = number(list_item(&tails));
            if (weir_span_is(name, "N"))
                continue;
            const struct span *head = ending(s, n, i), *tail = ending(s, n, row);
            if (!head || !tail)
                return c->why = "a relation ends at no entity's last word", -1;
            ie_add_relation(c, side_of(c, t, head), name, side_of(c, t, tail), NULL, none);
        }
    }
    return 0;
}

static int from_multihead(struct ie_conv *c, struct weir_span raw, const struct ie_val *rec)
{
    struct table t = {.token = 1, .tag = 2};
    (void)rec;
    int rc = read_rows(c, raw, 1, &t);
    for (size_t i = 0; !rc && i < t.n; i++)
        if (t.row[i].n != 5)
            rc = (c->why = "a line has not five columns", -1);
    if (!rc)
        rc = make_text(c, &t, SPACE);
    struct span *s = rc ? NULL : ie_alloc(&c->doc, t.n * sizeof *s);
    if (rc || !s)
        return rc ? rc : WEIR_EMEM;
    ie_note(c, IE_LOST_SPACES);
    const size_t n = find_spans(c, &t, s);
    rc = add_entities(c, &t, s, n);
    return rc ? rc : add_relations(c, &t, s, n);
}

const struct ie_source ie_conll = {
    "conll", "CoNLL 2003 and the like: words and tags in columns, a blank line behind a sentence",
    IE_BLOCKS, from_words, NULL};
const struct ie_source ie_bio = {
    "bio", "columns with IOB, BIOES, BMES or BILOU tags; spaces between words that are not Chinese",
    IE_BLOCKS, from_any, NULL};
const struct ie_source ie_peoples_daily = {"peoples-daily",
                                           "People's Daily: a character and its tag a line",
                                           IE_BLOCKS, from_characters, NULL};
const struct ie_source ie_msra = {"msra", "MSRA: a character and its tag a line", IE_BLOCKS,
                                  from_characters, NULL};
const struct ie_source ie_conll04 = {
    "conll04", "CoNLL 2004 with relations: number, word, tag, relations, their tails", IE_MARKED,
    from_multihead, NULL};
