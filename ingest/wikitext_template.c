/* Templates.  Without their definitions nothing is known of what they show, so they go, except
 * those in the table below, whose argument is text of the page. */
#include "ingest/wikitext_internal.h"

#define ARGS 8

enum keep {
    KEEP_ARG,     // argument n
    KEEP_LAST,    // the last one
    KEEP_JOIN,    // all of them in a row
    KEEP_TEXT,    // argument n, or text=
    KEEP_LT,      // lt=, or argument n
    KEEP_ISBN,    // "ISBN" and the number
    KEEP_VAL,     // a quantity: number ± error × 10^e= u=
    KEEP_LABEL,   // argument n + 2, else n: links to a page in another language
    KEEP_CONVERT, // number and unit as given
    KEEP_AS_OF,   // "As of", day, month, year
    KEEP_FRAC,    // "1/2", "3 1/2"
    KEEP_DATES,   // birth and death: year, day, year, day
};

static const struct {
    const char *name; // lower case; "lang-" and "link-" stand for all names that begin so
    uint8_t keep, arg;
} table[] = {
    {"lang", KEEP_ARG, 2},        {"lang-", KEEP_TEXT, 1},
    {"transl", KEEP_LAST, 0},     {"transliteration", KEEP_LAST, 0},
    {"nihongo", KEEP_ARG, 1},     {"ruby", KEEP_ARG, 1},
    {"nowrap", KEEP_ARG, 1},      {"nobr", KEEP_ARG, 1},
    {"small", KEEP_ARG, 1},       {"smaller", KEEP_ARG, 1},
    {"big", KEEP_ARG, 1},         {"larger", KEEP_ARG, 1},
    {"em", KEEP_ARG, 1},          {"strong", KEEP_ARG, 1},
    {"sup", KEEP_ARG, 1},         {"sub", KEEP_ARG, 1},
    {"abbr", KEEP_ARG, 1},        {"tooltip", KEEP_ARG, 1},
    {"color", KEEP_ARG, 2},       {"colour", KEEP_ARG, 2},
    {"font color", KEEP_ARG, 2},  {"math", KEEP_ARG, 1},
    {"mvar", KEEP_ARG, 1},        {"large", KEEP_ARG, 1},
    {"resize", KEEP_LAST, 0},     {"nobold", KEEP_ARG, 1},
    {"sc", KEEP_ARG, 1},          {"vr", KEEP_ARG, 1},
    {"angbr", KEEP_ARG, 1},       {"vanchor", KEEP_ARG, 1},
    {"linktext", KEEP_JOIN, 0},   {"frac", KEEP_FRAC, 0},
    {"sfrac", KEEP_FRAC, 0},      {"as of", KEEP_AS_OF, 0},
    {"bd", KEEP_DATES, 0},        {"chem", KEEP_JOIN, 0},
    {"chem2", KEEP_ARG, 1},       {"convert", KEEP_CONVERT, 0},
    {"cvt", KEEP_CONVERT, 0},     {"quote", KEEP_TEXT, 1},
    {"blockquote", KEEP_TEXT, 1}, {"cquote", KEEP_TEXT, 1},
    {"quotation", KEEP_TEXT, 1},  {"flag", KEEP_ARG, 1},
    {"flagcountry", KEEP_ARG, 1}, {"僻字", KEEP_ARG, 1},
    {"le", KEEP_LABEL, 1},        {"link-", KEEP_LABEL, 1},
    {"tsl", KEEP_ARG, 3},         {"translink", KEEP_ARG, 3},
    {"ill", KEEP_LT, 1},          {"interlanguage link", KEEP_LT, 1},
    {"ipa", KEEP_LAST, 0},        {"isbn", KEEP_ISBN, 0},
    {"flagu", KEEP_ARG, 1},       {"val", KEEP_VAL, 0},
};

/* Templates that stand for a few characters. */
static const struct {
    const char *name, *text;
} literals[] = {
    {"!", "|"},       {"=", "="},      {"'", "'"},       {"'s", "'s"},   {"mdash", "—"},
    {"em dash", "—"}, {"ndash", "–"},  {"en dash", "–"}, {"snd", " – "}, {"spaced ndash", " – "},
    {"nbsp", " "},    {"spaces", " "},
};

struct args {
    struct weir_span at[ARGS + 1]; // positional, from 1; trimmed
    struct weir_span text;         // text=, lt=
    struct weir_span exponent;     // e=
    struct weir_span unit;         // u=, ul=
    int lower;                     // lc=
    unsigned n;                    // the last positional one
    uint32_t first;                // where the first argument starts
};

uint32_t wt_piece_end(const wikitext *w, uint32_t at, uint32_t end, char c, size_t *ni)
{
    size_t i = *ni;
    while (at < end) {
        while (i < w->n_node && (w->node[i].kind == WT_NONE || w->node[i].at < at))
            i++;
        const uint32_t node_at = i < w->n_node && w->node[i].at < end ? w->node[i].at : end;
        const char *p = memchr(w->s + at, c, node_at - at);
        if (p) {
            at = (uint32_t)(p - w->s);
            break;
        }
        at = node_at;
        if (at < end) {
            at = w->node[i].end < end ? w->node[i].end : end;
            i = w->node[i].skip;
        }
    }
    *ni = i;
    return at;
}

static unsigned arg_number(struct weir_span name)
{
    return name.n == 1 && *name.p >= '1' && *name.p <= '0' + ARGS ? (unsigned)(*name.p - '0') : 0;
}

static void parse_args(const wikitext *w, uint32_t at, uint32_t end, size_t ni, struct args *a)
{
    *a = (struct args){.first = at};
    unsigned next = 1;
    while (at <= end) {
        const size_t first = ni;
        const uint32_t stop = wt_piece_end(w, at, end, '|', &ni);
        size_t in = first;
        const uint32_t eq = wt_piece_end(w, at, stop, '=', &in);
        unsigned to = next;
        struct weir_span value = wt_trim(weir_span(w->s + at, stop - at));
        if (eq < stop) {
            const struct weir_span name = wt_trim(weir_span(w->s + at, eq - at));
            value = wt_trim(weir_span(w->s + eq + 1, stop - eq - 1));
            to = arg_number(name);
            if (weir_span_is(name, "text") || weir_span_is(name, "lt"))
                a->text = value;
            if (weir_span_is(name, "e"))
                a->exponent = value;
            if (weir_span_is(name, "u") || weir_span_is(name, "ul"))
                a->unit = value;
            a->lower |= weir_span_is(name, "lc") && value.n;
        } else {
            next++;
        }
        if (to && to <= ARGS) {
            a->at[to] = value;
            a->n = to > a->n ? to : a->n;
        }
        at = stop + 1;
    }
}

/* The name as the tables have it; 0 when it is too long to be there. */
static int fold(struct weir_span name, char low[32])
{
    if (!name.n || name.n >= 32 || memchr(name.p, 0, name.n))
        return 0;
    for (size_t i = 0; i < name.n; i++)
        low[i] = name.p[i] == '_' ? ' ' : wt_lower(name.p[i]);
    low[name.n] = 0;
    return 1;
}

static int find_keep(const char *low)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const size_t n = strlen(table[i].name);
        if (!strcmp(low, table[i].name) ||
            (table[i].name[n - 1] == '-' && strlen(low) > n && !strncmp(low, table[i].name, n)))
            return (int)i;
    }
    return -1;
}

static const char *find_literal(const char *low)
{
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++)
        if (!strcmp(low, literals[i].name))
            return literals[i].text;
    return NULL;
}

static void push_arg(wikitext *w, struct weir_span s, uint32_t resume)
{
    if (!s.n) {
        wt_remove(w, resume);
        return;
    }
    const uint32_t at = (uint32_t)(s.p - w->s);
    wt_push(w, at, at + (uint32_t)s.n, resume, WT_F_PLAIN);
}

static int is_word(struct weir_span s, const char *words)
{
    char word[16];
    if (!s.n || s.n > sizeof word - 3 || memchr(s.p, ' ', s.n))
        return 0;
    word[0] = ' ';
    memcpy(word + 1, s.p, s.n);
    word[s.n + 1] = ' ';
    word[s.n + 2] = 0;
    return strstr(words, word) != NULL;
}

static int is_number(struct weir_span s)
{
    return s.n && (weir_is_ascii_digit((unsigned char)*s.p) || *s.p == '-' || *s.p == '.');
}

/* {{convert|3|km|mi}} 3 km; {{convert|3|to|5|km}} 3 to 5 km; {{convert|5|ft|11|in|m}} 5 ft 11 in.
 */
static void convert(wikitext *w, const struct args *a)
{
    const struct weir_span *p = a->at;
    wt_raw(w, p[1], 1, 0);
    unsigned unit = 2;
    if (is_word(p[2], " - – ")) {
        wt_put(w, "–", 3);
        wt_raw(w, p[3], 1, 0);
        unit = 4;
    } else if (is_word(p[2], " to and or by x × ± +/- ")) {
        wt_space(w);
        wt_raw(w, p[2], 1, 0);
        wt_space(w);
        wt_raw(w, p[3], 1, 0);
        unit = 4;
    }
    if (p[unit].n) {
        wt_space(w);
        wt_raw(w, p[unit], 1, 0);
    }
    if (unit == 2 && is_number(p[3]) && a->n > 3) {
        wt_space(w);
        wt_raw(w, p[3], 1, 0);
        wt_space(w);
        wt_raw(w, p[4], 1, 0);
    }
}

/* {{as of|2012|June}}, {{as of|2012|6|30|lc=y}}. */
static void as_of(wikitext *w, const struct args *a)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    wt_put(w, a->lower ? "as of " : "As of ", 6);
    if (a->at[3].n) {
        wt_raw(w, a->at[3], 1, 0);
        wt_space(w);
    }
    if (a->at[2].n) {
        const struct weir_span m = a->at[2];
        unsigned k = 0;
        for (size_t i = 0; i < m.n && i < 2 && weir_is_ascii_digit((unsigned char)m.p[i]); i++)
            k = k * 10 + (unsigned)(m.p[i] - '0');
        if (m.n < 3 && k >= 1 && k <= 12)
            wt_put(w, months[k - 1], strlen(months[k - 1]));
        else
            wt_raw(w, m, 1, 0);
        wt_space(w);
    }
    wt_raw(w, a->at[1], 1, 0);
}

static void fraction(wikitext *w, const struct args *a)
{
    const unsigned last = a->n > 2 ? 3 : a->n > 1 ? 2 : 1;
    if (last == 3) {
        wt_raw(w, a->at[1], 1, 0);
        wt_space(w);
    }
    if (last == 1)
        wt_putc(w, '1');
    else
        wt_raw(w, a->at[last - 1], 1, 0);
    wt_putc(w, '/');
    wt_raw(w, a->at[last], 1, 0);
}

/* {{bd|1893年|12月26日|1976年|9月9日}} of the Chinese Wikipedia. */
static void dates(wikitext *w, const struct args *a)
{
    wt_raw(w, a->at[1], 1, 0);
    wt_raw(w, a->at[2], 1, 0);
    wt_put(w, "－", 3);
    wt_raw(w, a->at[3], 1, 0);
    wt_raw(w, a->at[4], 1, 0);
}

static void isbn(wikitext *w, const struct args *a)
{
    wt_put(w, "ISBN ", 5);
    wt_raw(w, a->at[1], 1, 0);
}

/* {{val|6.241|e=18|u=C}} 6.241 × 10^18 C; {{val|1.5|0.2}} 1.5 ± 0.2; {{val|1.5|(2)}} 1.5(2). */
static void quantity(wikitext *w, const struct args *a)
{
    wt_raw(w, a->at[1], 1, 0);
    if (a->at[2].n && *a->at[2].p != '(')
        wt_put(w, " ± ", 4);
    wt_raw(w, a->at[2], 1, 0);
    if (a->exponent.n) {
        wt_put(w, " × 10^", 7);
        wt_raw(w, a->exponent, 1, 0);
    }
    if (a->unit.n) {
        wt_space(w);
        wt_raw(w, a->unit, 1, 0);
    }
}

/* The kinds that put their arguments together themselves, from plain text only. */
static void compose(wikitext *w, enum keep kind, const struct args *a, const struct wt_node *nd)
{
    const int plain = !memchr(w->s + nd->in_at, '{', nd->in_end - nd->in_at) &&
                      !memchr(w->s + nd->in_at, '<', nd->in_end - nd->in_at);
    if (!plain || !a->at[1].n || (kind == KEEP_CONVERT && a->n < 2)) {
        wt_remove(w, nd->end);
        return;
    }
    w->pos = nd->end;
    if (kind == KEEP_CONVERT)
        convert(w, a);
    else if (kind == KEEP_AS_OF)
        as_of(w, a);
    else if (kind == KEEP_FRAC)
        fraction(w, a);
    else if (kind == KEEP_ISBN)
        isbn(w, a);
    else if (kind == KEEP_VAL)
        quantity(w, a);
    else
        dates(w, a);
}

static void keep(wikitext *w, int i, const struct args *a, const struct wt_node *nd)
{
    const unsigned arg = table[i].arg;
    struct weir_span s = a->at[arg];
    switch ((enum keep)table[i].keep) {
    case KEEP_ARG:
        break;
    case KEEP_LAST:
        s = a->at[a->n];
        break;
    case KEEP_TEXT:
        s = s.n ? s : a->text;
        break;
    case KEEP_LT:
        s = a->text.n ? a->text : s;
        break;
    case KEEP_LABEL:
        s = a->at[arg + 2].n ? a->at[arg + 2] : s;
        break;
    case KEEP_JOIN:
        wt_push(w, a->first, nd->in_end, nd->end, WT_F_JOIN);
        return;
    default:
        compose(w, (enum keep)table[i].keep, a, nd);
        return;
    }
    push_arg(w, s, nd->end);
}

void wt_template(wikitext *w, size_t i)
{
    const struct wt_node nd = w->node[i];
    uint32_t name_end = nd.in_at;
    while (name_end < nd.in_end && name_end - nd.in_at < 64 && w->s[name_end] != '|' &&
           w->s[name_end] != '{' && w->s[name_end] != ':')
        name_end++;
    const struct weir_span name = wt_trim(weir_span(w->s + nd.in_at, name_end - nd.in_at));
    if (name_end < nd.in_end && w->s[name_end] == ':' && weir_span_is(name, "formatnum")) {
        push_arg(w, wt_trim(weir_span(w->s + name_end + 1, nd.in_end - name_end - 1)), nd.end);
        return;
    }
    char low[32];
    const int known = fold(name, low) && (name_end == nd.in_end || w->s[name_end] == '|');
    const char *literal = known ? find_literal(low) : NULL;
    const int k = known && name_end < nd.in_end ? find_keep(low) : -1;
    if (literal) {
        wt_raw(w, weir_span(literal, strlen(literal)), 0, 0);
        w->pos = nd.end;
        return;
    }
    if (k < 0) {
        wt_remove(w, nd.end);
        return;
    }
    struct args a;
    parse_args(w, name_end + 1, nd.in_end, i + 1, &a);
    keep(w, k, &a, &nd);
}

void wt_param(wikitext *w, size_t i)
{
    const struct wt_node nd = w->node[i];
    size_t ni = i + 1;
    const uint32_t bar = wt_piece_end(w, nd.in_at, nd.in_end, '|', &ni);
    if (bar == nd.in_end)
        wt_remove(w, nd.end);
    else
        wt_push(w, bar + 1, nd.in_end, nd.end, WT_F_PLAIN);
}

/* "{{" without its end: the line goes, and those behind it that look like arguments. */
void wt_unclosed_template(wikitext *w)
{
    uint32_t at = w->pos;
    for (;;) {
        const char *p = memchr(w->s + at, '\n', w->stop - at);
        if (!p) {
            at = w->stop;
            break;
        }
        at = (uint32_t)(p - w->s);
        uint32_t i = at + 1;
        while (i < w->stop && (w->s[i] == ' ' || w->s[i] == '\t'))
            i++;
        if (i == w->stop || (w->s[i] != '|' && w->s[i] != '}'))
            break;
        at = i;
    }
    w->pos = at;
    w->removed = 1;
}
