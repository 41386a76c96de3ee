/* Lines: headings, lists, apostrophes, white space. */
#include "ingest/wikitext_internal.h"

/* Takes back what was written behind at. */
void wt_truncate(wikitext *w, size_t at)
{
    w->out.n = at;
    while (w->n_link && w->link[w->n_link - 1].at >= at)
        w->n_link--;
    if (w->subject.at + w->subject.n > at)
        w->subject = (struct wikitext_range){0, 0};
}

static size_t after_cut(size_t at, size_t from, size_t to)
{
    return at <= from ? at : at < to ? from : at - (to - from);
}

/* Takes out what was written from..to: links move, shrink or go. */
static void cut(wikitext *w, size_t from, size_t to)
{
    memmove(w->out.p + from, w->out.p + to, w->out.n - to);
    w->out.n -= to - from;
    size_t first = w->n_link;
    while (first && w->link[first - 1].at + w->link[first - 1].n > from)
        first--;
    size_t k = first;
    for (size_t i = first; i < w->n_link; i++) {
        struct wikitext_link l = w->link[i];
        const size_t end = after_cut(l.at + l.n, from, to);
        l.at = after_cut(l.at, from, to);
        l.n = end - l.at;
        if (l.n)
            w->link[k++] = l;
    }
    w->n_link = k;
}

/* Links of the line end where the text does. */
static void clip_links(wikitext *w)
{
    while (w->n_link > w->line_link && w->link[w->n_link - 1].at >= w->out.n)
        w->n_link--;
    struct wikitext_link *l = w->n_link > w->line_link ? &w->link[w->n_link - 1] : NULL;
    if (l && l->at + l->n > w->out.n)
        l->n = w->out.n - l->at;
}

static void trim_end(wikitext *w, size_t from)
{
    while (w->out.n > from && wt_is_space(w->out.p[w->out.n - 1]))
        w->out.n--;
}

/* Two line ends before what comes, unless it is the first. */
static void blank_line(wikitext *w)
{
    const struct weir_buf *b = &w->out;
    if (b->n && !(b->n > 1 && b->p[b->n - 1] == '\n' && b->p[b->n - 2] == '\n'))
        wt_putc(w, '\n');
}

void wt_break(wikitext *w, int force)
{
    const size_t before = w->out.n;
    trim_end(w, w->line_mark);
    if (w->out.n == w->line_mark)
        return;
    size_t n = 1;
    for (size_t i = w->out.n; i < before; i++)
        n += force && w->out.p[i] == '\n';
    wt_put(w, "\n\n", n < 2 ? n : 2);
}

/* ---- apostrophes: Parser::doQuotes ---- */

static void add_quote(wikitext *w, unsigned n)
{
    if (weir_grow(&w->quote, &w->cap_quote, w->n_quote + 1, sizeof *w->quote) < 0) {
        w->failed = 1;
        return;
    }
    w->quote[w->n_quote++] = (struct wt_quote){w->out.n, n};
}

void wt_quotes(wikitext *w)
{
    uint32_t n = 1;
    while (w->pos + n < w->stop && w->s[w->pos + n] == '\'')
        n++;
    w->pos += n;
    uint32_t literal = n == 1 || n == 4 ? 1 : n > 5 ? n - 5 : 0;
    n -= literal;
    while (literal--)
        wt_putc(w, '\'');
    if (n)
        add_quote(w, n);
}

/* The apostrophe that a writer meant when bold and italic marks are both odd on a line: in front
 * of the first three that follow a word of one letter, else a longer word, else a space. */
static struct wt_quote *stray(wikitext *w)
{
    struct wt_quote *one = NULL, *word = NULL, *space = NULL;
    size_t bold = 0, italic = 0;
    for (size_t i = 0; i < w->n_quote; i++) {
        struct wt_quote *q = &w->quote[i];
        bold += q->n != 2;
        italic += q->n != 3;
        if (q->n != 3 || one)
            continue;
        const char *p = w->out.p;
        const size_t before = q->out_at - w->line_mark;
        if (before && p[q->out_at - 1] == ' ')
            space = space ? space : q;
        else if (before > 1 && p[q->out_at - 2] == ' ')
            one = q;
        else
            word = word ? word : q;
    }
    if (!(bold & 1) || !(italic & 1))
        return NULL;
    return one ? one : word ? word : space;
}

static void insert(wikitext *w, size_t at, char c)
{
    wt_putc(w, c);
    memmove(w->out.p + at + 1, w->out.p + at, w->out.n - at - 1);
    w->out.p[at] = c;
    for (size_t i = w->line_link; i < w->n_link; i++)
        if (w->link[i].at >= at)
            w->link[i].at++;
        else if (w->link[i].at + w->link[i].n > at)
            w->link[i].n++;
}

/* Closes the account of the line's apostrophes; the first bold words are the page's subject. */
static void end_quotes(wikitext *w)
{
    if (w->out.n < w->line_mark)
        w->n_quote = 0;
    for (size_t i = 0; i < w->n_quote; i++) { // text that was taken back
        struct wt_quote *q = &w->quote[i];
        q->out_at = q->out_at > w->out.n ? w->out.n : q->out_at;
        q->out_at = q->out_at < w->line_mark ? w->line_mark : q->out_at;
    }
    struct wt_quote *q = stray(w);
    if (q) {
        q->n = 2;
        insert(w, q->out_at, '\'');
        for (q++; q < w->quote + w->n_quote; q++)
            q->out_at++;
    }
    size_t open = SIZE_MAX;
    const int look = !w->had_heading && w->line == WT_L_TEXT;
    for (size_t i = 0; look && i < w->n_quote && !w->subject.n; i++) {
        if (w->quote[i].n == 2)
            continue;
        if (open != SIZE_MAX)
            w->subject = (struct wikitext_range){open, w->quote[i].out_at - open};
        open = open == SIZE_MAX ? w->quote[i].out_at : SIZE_MAX;
    }
    w->n_quote = 0;
}

/* ---- lists ---- */

static int same_list(char a, char b)
{
    return a == b || ((a == ';' || a == ':') && (b == ';' || b == ':'));
}

static void marker(wikitext *w, const char *prefix, unsigned n)
{
    unsigned common = 0, indent = 0;
    while (common < n && common < w->n_prefix && same_list(prefix[common], w->prefix[common]))
        common++;
    for (unsigned i = 0; i < n; i++) {
        if (i >= common)
            w->number[i] = 0;
        indent += i + 1 < n && (prefix[i] == '*' || prefix[i] == '#');
    }
    memcpy(w->prefix, prefix, n);
    w->n_prefix = n;
    const char last = prefix[n - 1];
    const unsigned number = ++w->number[n - 1];
    for (unsigned i = 0; i < indent; i++)
        wt_put(w, "  ", 2);
    if (last == '*')
        wt_put(w, "- ", 2);
    else if (last == '#')
        weir_buf_addf(&w->out, "%u. ", number);
}

static void start_list(wikitext *w)
{
    char prefix[WT_LEVELS] = {0};
    unsigned n = 0;
    for (; w->pos < w->stop && strchr("*#:;", w->s[w->pos]) && w->s[w->pos]; w->pos++)
        if (n < WT_LEVELS)
            prefix[n++] = w->s[w->pos];
    w->line = prefix[n - 1] == ';' ? WT_L_TERM : WT_L_ITEM;
    marker(w, prefix, n);
}

/* ---- starts ---- */

/* Goes to the end of the line, over the nodes on it. */
static void skip_line(wikitext *w)
{
    const uint32_t end = wt_piece_end(w, w->pos, w->stop, '\n', &w->ni);
    w->removed = 1;
    w->pos = end;
}

/* A table that never ends: gone up to the next heading. */
static void skip_table(wikitext *w)
{
    const char *p = w->s + w->pos, *end = w->s + w->stop;
    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        if (end - p > 2 && p[1] == '=' && p[2] == '=')
            break;
        p++;
    }
    w->removed = 1;
    w->pos = p ? (uint32_t)(p - w->s) : w->stop;
}

static void indented(wikitext *w)
{
    uint32_t i = w->pos;
    while (i < w->stop && (w->s[i] == ' ' || w->s[i] == '\t'))
        i++;
    const int is_text = i < w->stop && !strchr("\n{|}<[*#:;", w->s[i]);
    w->pos = is_text ? w->pos + 1 : i;
    w->keep_spaces = is_text;
    if (is_text && i > w->pos) {
        wt_put(w, w->s + w->pos, i - w->pos);
        w->pos = i;
    }
}

void wt_line_start(wikitext *w)
{
    w->line_out = w->line_mark = w->out.n;
    w->line_link = w->n_link;
    w->line = WT_L_TEXT;
    w->removed = w->keep_spaces = 0;
    w->n_quote = 0;
    if (w->pos >= w->stop)
        return;
    if (w->s[w->pos] == ' ' || w->s[w->pos] == '\t')
        indented(w);
    if (w->pos >= w->stop)
        return;
    const char c = w->s[w->pos];
    if (c && strchr("*#:;", c) && !w->keep_spaces) {
        start_list(w);
    } else if (c == '=' && !w->keep_spaces) {
        w->line = WT_L_HEADING;
        blank_line(w);
        w->line_out = w->out.n;
    } else if (c == '|') {
        skip_line(w); // what is left of a table that a template began
    } else if (w->stop - w->pos >= 4 && !memcmp(w->s + w->pos, "----", 4)) {
        while (w->pos < w->stop && w->s[w->pos] == '-')
            w->pos++;
        w->removed = 1;
    }
    w->line_mark = w->out.n;
    if (w->stop - w->pos > 1 && w->s[w->pos] == '{' && w->s[w->pos + 1] == '|') {
        const size_t i = wt_node_from(w, w->pos);
        if (i == w->n_node || w->node[i].at != w->pos)
            skip_table(w);
    }
}

/* ---- ends ---- */

/* Turns "== title ==" into the title; returns its level, 0 when it is no heading. */
static int heading(wikitext *w)
{
    const char *p = w->out.p + w->line_out;
    const size_t n = w->out.n - w->line_out;
    size_t lead = 0, trail = 0;
    while (lead < n && lead < 6 && p[lead] == '=')
        lead++;
    while (trail < n && trail < 6 && p[n - 1 - trail] == '=')
        trail++;
    size_t level = lead < trail ? lead : trail;
    if (n < 2 * level + 1)
        level = n < 3 ? 0 : (n - 1) / 2;
    if (!level)
        return 0;
    size_t skip = level;
    while (skip < n - level && wt_is_space(p[skip]))
        skip++;
    w->out.n -= level;
    clip_links(w);
    cut(w, w->line_out, w->line_out + skip);
    trim_end(w, w->line_out);
    clip_links(w);
    return (int)level;
}

static void drop_empty_sections(wikitext *w, int level)
{
    while (w->n_pending && w->pending[w->n_pending - 1].level >= level)
        wt_truncate(w, w->pending[--w->n_pending].out_at);
}

static void end_heading(wikitext *w, int level)
{
    if (w->out.n == w->line_out)
        return;
    size_t first = w->n_pending;
    while (first && w->pending[first - 1].level >= level)
        first--;
    if (first < w->n_pending) { // no text stands between them and this one
        const size_t at = w->pending[first].out_at;
        cut(w, at, w->line_out);
        w->line_out = at;
    }
    w->n_pending = first;
    w->pending[w->n_pending++] = (struct wt_heading){w->line_out, level};
    w->had_heading = w->after_heading = 1;
    wt_putc(w, '\n');
}

/* Nothing but a mark is left of an item: "* {{cite}}." */
static int is_left_over(const wikitext *w)
{
    return w->removed && w->line == WT_L_ITEM && w->out.n == w->line_mark + 1 &&
           strchr(".,;:", w->out.p[w->line_mark]);
}

void wt_line_end(wikitext *w)
{
    trim_end(w, w->line_out);
    if (is_left_over(w))
        wt_truncate(w, w->line_mark);
    clip_links(w);
    end_quotes(w);
    if (w->line == WT_L_HEADING) {
        const int level = heading(w);
        if (level) {
            w->n_prefix = 0;
            end_heading(w, level);
            return;
        }
    }
    if (w->out.n <= w->line_mark || w->out.n == w->line_out) { // only a marker, or nothing
        wt_truncate(w, w->line_out);
        if (!w->removed && w->line == WT_L_TEXT) {
            w->n_prefix = 0;
            if (!w->after_heading)
                blank_line(w);
        }
        return;
    }
    if (w->line == WT_L_TEXT || w->line == WT_L_HEADING)
        w->n_prefix = 0;
    w->n_pending = 0;
    w->after_heading = 0;
    wt_putc(w, '\n');
}

void wt_text_end(wikitext *w)
{
    wt_line_end(w);
    drop_empty_sections(w, 0);
    trim_end(w, 0);
}
