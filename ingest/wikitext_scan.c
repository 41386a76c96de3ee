/* Finds the markup that nests.  One pass over the text with a stack of opening marks: braces and
 * brackets pair as MediaWiki's preprocessor pairs them (innermost first, runs of three braces are
 * parameters), except that the end of a template also closes what was left open inside it. */
#include "ingest/wikitext_internal.h"

#define SLOTS_MAX 8 // templates or links that start in one run of marks

enum { BY_BRACE = 1, BY_TAG = 2 }; // how a table was opened: wt_open.count

static const unsigned char is_mark[256] = {['{'] = 1, ['}'] = 1, ['['] = 1, [']'] = 1, ['<'] = 1};

static size_t add_nodes(wikitext *w, size_t n, uint32_t at)
{
    if (weir_grow(&w->node, &w->cap_node, w->n_node + n, sizeof *w->node) < 0) {
        w->failed = 1;
        return SIZE_MAX;
    }
    for (size_t i = 0; i < n; i++) {
        struct wt_node *nd = &w->node[w->n_node + i];
        *nd = (struct wt_node){.at = at, .end = at, .kind = WT_NONE};
        nd->skip = (uint32_t)(w->n_node + i + 1);
    }
    w->n_node += n;
    return w->n_node - n;
}

static void fill(wikitext *w, size_t i, enum wt_kind kind, uint32_t at, uint32_t in_at,
                 uint32_t in_end, uint32_t end)
{
    struct wt_node *nd = &w->node[i];
    nd->kind = (uint8_t)kind;
    nd->at = at;
    nd->in_at = in_at;
    nd->in_end = in_end;
    nd->end = end;
    nd->skip = (uint32_t)w->n_node;
}

static void push(wikitext *w, enum wt_kind kind, uint32_t at, uint32_t count)
{
    if (w->n_stack == WIKITEXT_DEPTH) {
        w->n_over++;
        return;
    }
    uint32_t slots = 1;
    if (kind == WT_TEMPLATE || kind == WT_LINK)
        slots = count / 2 < SLOTS_MAX ? count / 2 : SLOTS_MAX;
    const size_t node = add_nodes(w, slots, at);
    if (node == SIZE_MAX)
        return;
    struct wt_open *o = &w->stack[w->n_stack++];
    *o = (struct wt_open){at, count, (uint32_t)node, slots, 0, (uint8_t)kind};
    w->n_brace += kind == WT_TEMPLATE;
    w->n_table += kind == WT_TABLE && count == BY_BRACE;
}

static void pop(wikitext *w)
{
    const struct wt_open *o = &w->stack[--w->n_stack];
    w->n_brace -= o->kind == WT_TEMPLATE;
    w->n_table -= o->kind == WT_TABLE && o->count == BY_BRACE;
}

static struct wt_open *top(wikitext *w)
{
    return w->n_stack ? &w->stack[w->n_stack - 1] : NULL;
}

/* Closes one level of the run of marks on top: take marks at its inner end pair with those at
 * pos. */
static void close_run(wikitext *w, enum wt_kind kind, uint32_t take, uint32_t pos)
{
    struct wt_open *o = top(w);
    o->count -= take;
    if (o->n_used < o->n_slots) {
        const uint32_t at = o->at + o->count;
        o->n_used++;
        fill(w, o->node + o->n_slots - o->n_used, kind, at, at + take, pos, pos + take);
    }
    if (o->count < 2)
        pop(w);
}

static uint32_t run(const wikitext *w, uint32_t at, char c)
{
    uint32_t n = 1;
    while (at + n < w->n && w->s[at + n] == c)
        n++;
    return n;
}

/* Only white space and the colons of an indentation stand before at on its line. */
static int at_line_start(const wikitext *w, uint32_t at)
{
    while (at && (w->s[at - 1] == ' ' || w->s[at - 1] == '\t' || w->s[at - 1] == ':'))
        at--;
    return !at || w->s[at - 1] == '\n';
}

static uint32_t open_brace(wikitext *w, uint32_t at)
{
    const uint32_t k = run(w, at, '{');
    if (k >= 2)
        push(w, WT_TEMPLATE, at, k);
    else if (at + 1 < w->n && w->s[at + 1] == '|' && at_line_start(w, at))
        push(w, WT_TABLE, at, BY_BRACE);
    else if (at && w->s[at - 1] == '-' && w->site->has_variants)
        push(w, WT_VARIANT, at - 1, 1);
    return at + k;
}

static int closes_table(const wikitext *w, uint32_t at)
{
    if (!w->n_table || !at || w->s[at - 1] != '|' || !at_line_start(w, at - 1))
        return 0;
    return !w->n_brace || at + 1 == w->n || w->s[at + 1] != '}';
}

static uint32_t close_table(wikitext *w, uint32_t at)
{
    while (top(w)->kind != WT_TABLE || top(w)->count != BY_BRACE)
        pop(w);
    const struct wt_open *o = top(w);
    fill(w, o->node, WT_TABLE, o->at, o->at + 2, at - 1, at + 1);
    pop(w);
    return at + 1;
}

static uint32_t close_variant(wikitext *w, uint32_t at)
{
    const struct wt_open *o = top(w);
    fill(w, o->node, WT_VARIANT, o->at, o->at + 2, at, at + 2);
    pop(w);
    return at + 2;
}

static uint32_t close_brace(wikitext *w, uint32_t at)
{
    if (closes_table(w, at))
        return close_table(w, at);
    const uint32_t m = run(w, at, '}');
    const int dash = at + m < w->n && w->s[at + m] == '-';
    uint32_t used = 0;
    for (; m - used >= 2 && w->n_over; used += 2)
        w->n_over--;
    while (used < m) {
        if (m - used == 1 || !w->n_brace) {
            if (dash && top(w) && top(w)->kind == WT_VARIANT)
                return close_variant(w, at + m - 1);
            break;
        }
        while (top(w)->kind != WT_TEMPLATE)
            pop(w);
        uint32_t take = top(w)->count < m - used ? top(w)->count : m - used;
        take = take >= 3 ? 3 : 2;
        close_run(w, take == 3 ? WT_PARAM : WT_TEMPLATE, take, at + used);
        used += take;
    }
    return at + m;
}

static uint32_t close_bracket(wikitext *w, uint32_t at)
{
    const uint32_t m = run(w, at, ']');
    uint32_t used = 0;
    while (m - used >= 2 && w->n_stack) {
        if (w->n_over) {
            w->n_over--;
        } else {
            if (top(w)->kind == WT_VARIANT && w->n_stack > 1 && top(w)[-1].kind == WT_LINK)
                pop(w);
            if (top(w)->kind != WT_LINK)
                break;
            close_run(w, WT_LINK, 2, at + used);
        }
        used += 2;
    }
    return at + (used ? used : m);
}

/* The end of the tag that opens at at, behind its ">"; 0 when another "<" comes first. */
static uint32_t tag_end(const wikitext *w, uint32_t at)
{
    for (uint32_t i = at + 1; i < w->n && w->s[i] != '<'; i++)
        if (w->s[i] == '>')
            return i + 1;
    return 0;
}

static uint32_t find_close(const wikitext *w, uint32_t at, int tag, size_t *len)
{
    const char *p = w->s + at, *end = w->s + w->n;
    while ((p = memchr(p, '<', (size_t)(end - p)))) {
        if (wt_tag_closes(p, (size_t)(end - p), wt_tag_name(tag), len))
            return (uint32_t)(p - w->s);
        p++;
    }
    return UINT32_MAX;
}

static uint32_t open_tag(wikitext *w, uint32_t at, int tag, size_t name_n)
{
    const uint32_t in_at = tag_end(w, at + (uint32_t)name_n - 1);
    if (!in_at)
        return at + 1;
    size_t len = 0;
    uint32_t in_end = in_at;
    if (w->s[in_at - 2] != '/') {
        if (w->no_close >> tag & 1)
            return in_at;
        in_end = find_close(w, in_at, tag, &len);
        if (in_end == UINT32_MAX) {
            w->no_close |= (uint64_t)1 << tag;
            return in_at;
        }
    }
    const uint32_t end = in_end + (uint32_t)len;
    const size_t i = add_nodes(w, 1, at);
    if (i != SIZE_MAX) {
        fill(w, i, WT_TAG, at, in_at, in_end, end);
        w->node[i].tag = (uint8_t)wt_tag_what(tag);
    }
    return end;
}

static uint32_t comment(wikitext *w, uint32_t at)
{
    const char *e = memmem(w->s + at + 4, w->n - at - 4, "-->", 3);
    const uint32_t in_end = e ? (uint32_t)(e - w->s) : w->n;
    const uint32_t end = e ? in_end + 3 : w->n;
    const size_t i = add_nodes(w, 1, at);
    if (i != SIZE_MAX)
        fill(w, i, WT_COMMENT, at, at + 4, in_end, end);
    return end;
}

static uint32_t html_table_end(wikitext *w, uint32_t at, size_t len)
{
    const struct wt_open *o = top(w);
    if (o && !w->n_over && o->kind == WT_TABLE && o->count == BY_TAG) {
        fill(w, o->node, WT_TABLE, o->at, o->at, at, at + (uint32_t)len);
        pop(w);
    }
    return at + (uint32_t)len;
}

static uint32_t angle(wikitext *w, uint32_t at)
{
    const char *s = w->s + at;
    const size_t left = w->n - at;
    size_t len;
    if (left >= 4 && !memcmp(s, "<!--", 4))
        return comment(w, at);
    if (left > 1 && s[1] == '/') {
        if (wt_tag_closes(s, left, WEIR_LIT("table"), &len))
            return html_table_end(w, at, len);
        return at + 1;
    }
    const int tag = wt_tag_open(s, left, &len);
    if (tag == WT_TABLE_TAG) {
        const uint32_t end = tag_end(w, at);
        if (end && w->s[end - 2] != '/')
            push(w, WT_TABLE, at, BY_TAG);
        return end ? end : at + 1;
    }
    if (tag >= 0)
        return open_tag(w, at, tag, len);
    len = wt_html_length(s, left); // brackets in its attributes are no links
    return at + (len ? (uint32_t)len : 1);
}

int wt_scan(wikitext *w, struct weir_err *err)
{
    w->n_node = w->n_stack = w->n_brace = w->n_table = w->n_over = 0;
    w->no_close = 0;
    uint32_t at = 0;
    while (!w->failed) {
        while (at < w->n && !is_mark[(unsigned char)w->s[at]])
            at++;
        if (at >= w->n)
            break;
        switch (w->s[at]) {
        case '{':
            at = open_brace(w, at);
            break;
        case '}':
            at = close_brace(w, at);
            break;
        case '[': {
            const uint32_t k = run(w, at, '[');
            if (k >= 2)
                push(w, WT_LINK, at, k);
            at += k;
            break;
        }
        case ']':
            at = close_bracket(w, at);
            break;
        default:
            at = angle(w, at);
        }
    }
    return w->failed ? weir_err_set(err, WEIR_EMEM, "out of memory in wikitext") : 0;
}
