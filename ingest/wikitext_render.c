/* The walk over the text: runs of plain bytes are copied, markup goes to its function.  Pieces that
 * belong to a node (a label, a kept argument) are frames on a stack, so nothing recurses. */
#include <stdlib.h>
#include "ingest/wikitext_internal.h"

#define SCRATCH_KEEP ((size_t)8 << 20) // bytes of scratch kept from page to page

/* Bytes at which the copying stops. */
static const unsigned char is_special[256] = {
    ['\n'] = 1, [' '] = 1, ['\t'] = 1, ['\r'] = 1, ['\''] = 1, ['['] = 1, ['{'] = 1,
    ['<'] = 1,  ['&'] = 1, ['_'] = 1,  ['-'] = 1,  [':'] = 1,  ['|'] = 1, [0xC2] = 1};

#define FRAMES (WIKITEXT_DEPTH + 8)

wikitext *wikitext_new(struct weir_err *err)
{
    wikitext *w = weir_calloc(1, sizeof *w);
    if (w) {
        w->stack = weir_calloc(WIKITEXT_DEPTH, sizeof *w->stack);
        w->frame = weir_calloc(FRAMES, sizeof *w->frame);
        if (w->stack && w->frame)
            return w;
    }
    wikitext_free(w);
    weir_err_set(err, WEIR_EMEM, "out of memory");
    return NULL;
}

void wikitext_free(wikitext *w)
{
    if (!w)
        return;
    free(w->node);
    free(w->stack);
    free(w->frame);
    free(w->quote);
    free(w->link);
    weir_buf_free(&w->out);
    weir_buf_free(&w->targets);
    weir_buf_free(&w->tmp);
    free(w);
}

size_t wt_node_from(wikitext *w, uint32_t pos)
{
    while (w->ni < w->n_node && (w->node[w->ni].kind == WT_NONE || w->node[w->ni].at < pos))
        w->ni++;
    return w->ni;
}

struct wt_frame *wt_push(wikitext *w, uint32_t at, uint32_t stop, uint32_t resume,
                         enum wt_frame_kind kind)
{
    w->pos = resume;
    if (w->n_frame == FRAMES)
        return NULL;
    struct wt_frame *f = &w->frame[w->n_frame++];
    *f = (struct wt_frame){stop, resume, w->out.n, 0, 0, (uint8_t)kind};
    w->pos = at;
    w->stop = stop;
    return f;
}

static void pop_frame(wikitext *w)
{
    const struct wt_frame f = w->frame[--w->n_frame];
    w->stop = w->n_frame ? w->frame[w->n_frame - 1].stop : w->n;
    w->pos = f.resume;
    if (f.kind == WT_F_LINK && --w->n_label == 0)
        wt_link_end(w, &f);
    else if (f.kind == WT_F_EXT)
        w->in_ext = 0;
}

void wt_space(wikitext *w)
{
    const struct weir_buf *b = &w->out;
    if (w->keep_spaces)
        wt_putc(w, ' ');
    else if (b->n > w->line_mark && b->p[b->n - 1] != ' ' && b->p[b->n - 1] != '\n')
        wt_putc(w, ' ');
}

/* An opening bracket at the end of what is written: its length in bytes, 0 when there is none. */
static size_t open_bracket(const struct weir_buf *b, size_t from)
{
    if (b->n > from && b->p[b->n - 1] == '(')
        return 1;
    return b->n >= from + 3 && !memcmp(b->p + b->n - 3, "（", 3) ? 3 : 0;
}

static const char *const separators[] = {",", ";", "，", "；", "、"};
enum { N_SEPARATORS = sizeof separators / sizeof *separators };

/* The length of a closing bracket at s, or 0. */
static size_t close_bracket(const char *s, size_t n)
{
    if (n && *s == ')')
        return 1;
    return n >= 3 && !memcmp(s, "）", 3) ? 3 : 0;
}

/* "word {{x}}, next": no space is left before the mark; "(word, {{x}})": nor is the separator. */
static void tidy_end(wikitext *w, size_t from)
{
    const size_t left = w->stop - w->pos;
    const char *s = w->s + w->pos;
    const size_t closes = close_bracket(s, left);
    if (!closes && (!left || !*s || !strchr(",.;:", *s) || (left > 1 && !wt_is_space(s[1]))))
        return;
    if (w->out.n > from && w->out.p[w->out.n - 1] == ' ')
        w->out.n--;
    for (size_t i = 0; i < N_SEPARATORS && closes; i++) {
        const size_t n = strlen(separators[i]);
        if (w->out.n >= from + n && !memcmp(w->out.p + w->out.n - n, separators[i], n)) {
            w->out.n -= n;
            return;
        }
    }
}

/* A bracket that held only what was removed goes too; so does the separator behind what was
 * removed at its start: "Foo ({{IPA|x}}; born" gives "Foo (born". */
static void tidy(wikitext *w)
{
    size_t from = w->line_mark;
    if (w->n_frame && w->frame[w->n_frame - 1].out_at > from)
        from = w->frame[w->n_frame - 1].out_at;
    const struct wikitext_link *l = w->n_link ? &w->link[w->n_link - 1] : NULL;
    if (l && l->at + l->n > from)
        from = l->at + l->n;
    const size_t bracket = open_bracket(&w->out, from);
    if (!bracket) {
        tidy_end(w, from);
        return;
    }
    uint32_t at = w->pos;
    while (at < w->stop && w->s[at] == ' ')
        at++;
    const char *s = w->s + at;
    const size_t left = w->stop - at, closes = close_bracket(s, left);
    if (!closes) {
        for (size_t i = 0; i < N_SEPARATORS; i++) {
            const size_t n = strlen(separators[i]);
            if (left >= n && !memcmp(s, separators[i], n))
                w->pos = at + (uint32_t)n;
        }
        while (w->pos < w->stop && w->s[w->pos] == ' ')
            w->pos++;
        return;
    }
    w->pos = at + (uint32_t)closes;
    w->out.n -= bracket;
    while (w->out.n > from && w->out.p[w->out.n - 1] == ' ')
        w->out.n--;
}

void wt_remove(wikitext *w, uint32_t resume)
{
    w->pos = resume;
    w->removed = 1;
    tidy(w);
}

/* What follows a comment at the start of a line still stands there; a comment alone on its line
 * takes the line with it. */
static void comment(wikitext *w, const struct wt_node *nd)
{
    uint32_t end = nd->end;
    w->pos = end;
    if (w->out.n == w->line_out && w->line == WT_L_TEXT && !w->n_frame) {
        while (end < w->stop && (w->s[end] == ' ' || w->s[end] == '\t'))
            end++;
        if (end < w->stop && w->s[end] == '\n')
            w->pos = end + 1;
        if (w->pos < w->stop && (w->pos > end || strchr("*#:;=", w->s[w->pos])))
            wt_line_start(w);
    }
    w->removed = 1;
}

static void node(wikitext *w, size_t i)
{
    const struct wt_node *nd = &w->node[i];
    switch ((enum wt_kind)nd->kind) {
    case WT_COMMENT:
        comment(w, nd);
        break;
    case WT_TEMPLATE:
        wt_template(w, i);
        break;
    case WT_PARAM:
        wt_param(w, i);
        break;
    case WT_LINK:
        wt_link(w, nd);
        break;
    case WT_VARIANT:
        wt_variant(w, i);
        break;
    case WT_TAG:
        wt_tag_node(w, nd);
        break;
    case WT_TABLE:
    case WT_NONE:
        wt_remove(w, nd->end);
    }
}

/* A decoded character; the ones that HTML shows as space are space. */
static void put_char(wikitext *w, uint32_t c)
{
    char u[4] = {0};
    if (c == 0xA0 || c == 0x2002 || c == 0x2003 || c == 0x2009 || c < 0x20)
        wt_space(w);
    else
        wt_put(w, u, weir_utf8_encode(c, u));
}

/* An entity; "&amp;nbsp;", escaped twice, is decoded twice.  Returns its length. */
static size_t entity(wikitext *w, const char *s, size_t n)
{
    size_t len, more;
    uint32_t c = wt_entity(s, n, &len);
    if (!c) {
        wt_putc(w, '&');
        return 1;
    }
    if (c == '&' && len < n) {
        char twice[16];
        const size_t k = n - len < 14 ? n - len : 14;
        twice[0] = '&';
        memcpy(twice + 1, s + len, k);
        const uint32_t d = wt_entity(twice, k + 1, &more);
        if (d)
            c = d, len += more - 1;
    }
    put_char(w, c);
    return len;
}

void wt_raw(wikitext *w, struct weir_span s, int decode, int verbatim)
{
    for (size_t i = 0; i < s.n;) {
        if (s.p[i] == '&' && decode)
            i += entity(w, s.p + i, s.n - i);
        else if (wt_is_space(s.p[i]) && !verbatim)
            wt_space(w), i++;
        else
            wt_putc(w, s.p[i++]);
    }
}

static void newline(wikitext *w)
{
    w->pos++;
    if (w->n_label || w->in_ext) {
        wt_space(w);
        return;
    }
    wt_line_end(w);
    wt_line_start(w);
}

static void underscore(wikitext *w)
{
    const size_t left = w->stop - w->pos;
    const size_t n = left > 4 && w->s[w->pos + 1] == '_' ? wt_switch(w->s + w->pos, left) : 0;
    if (n) {
        wt_remove(w, w->pos + (uint32_t)n);
        return;
    }
    while (w->pos < w->stop && w->s[w->pos] == '_')
        wt_putc(w, w->s[w->pos++]);
}

/* ":" ends the term of "; term : definition". */
static void colon(wikitext *w)
{
    const char *s = w->s + w->pos++;
    if (w->line == WT_L_TERM && !w->n_frame && !(w->n_quote & 1) &&
        !(w->stop - w->pos > 1 && s[1] == '/')) {
        w->line = WT_L_ITEM;
        wt_break(w, 0);
        return;
    }
    wt_putc(w, ':');
}

static void pipe_char(wikitext *w)
{
    if (!w->n_frame || w->frame[w->n_frame - 1].kind != WT_F_JOIN)
        wt_putc(w, '|');
    w->pos++;
}

static void special(wikitext *w)
{
    const char *s = w->s + w->pos;
    const size_t left = w->stop - w->pos;
    switch (*s) {
    case '\n':
        newline(w);
        return;
    case ' ':
    case '\t':
    case '\r':
        wt_space(w);
        w->pos++;
        return;
    case '\'':
        wt_quotes(w);
        return;
    case '&':
        w->pos += (uint32_t)entity(w, s, left);
        return;
    case '_':
        underscore(w);
        return;
    case ':':
        colon(w);
        return;
    case '|':
        pipe_char(w);
        return;
    case '[':
        wt_bracket(w);
        return;
    case '<':
        wt_html(w);
        return;
    case '{':
        if (left > 1 && s[1] == '{') {
            wt_unclosed_template(w);
            return;
        }
        break;
    case '\xC2':
        if (left > 1 && s[1] == '\xA0') {
            wt_space(w);
            w->pos += 2;
            return;
        }
    }
    wt_putc(w, *s);
    w->pos++;
}

static int starts_node(char c)
{
    return c == '{' || c == '[' || c == '<' || c == '-';
}

static void walk(wikitext *w)
{
    for (;;) {
        const uint32_t from = w->pos;
        while (w->pos < w->stop && !is_special[(unsigned char)w->s[w->pos]])
            w->pos++;
        if (w->pos > from)
            wt_put(w, w->s + from, w->pos - from);
        if (w->pos >= w->stop) {
            if (!w->n_frame)
                return;
            pop_frame(w);
            continue;
        }
        if (starts_node(w->s[w->pos])) {
            const size_t i = wt_node_from(w, w->pos);
            if (i < w->n_node && w->node[i].at == w->pos && w->node[i].end <= w->stop) {
                w->ni = i;
                node(w, i);
                continue;
            }
        }
        special(w);
    }
}

static void reset(wikitext *w, const struct wiki_site *site, struct weir_span text)
{
    weir_buf_reset(&w->out, SCRATCH_KEEP);
    weir_buf_reset(&w->targets, SCRATCH_KEEP);
    if (w->cap_node > SCRATCH_KEEP / sizeof *w->node) {
        free(w->node);
        w->node = NULL;
        w->cap_node = 0;
    }
    w->site = site;
    w->s = text.p;
    w->n = w->stop = (uint32_t)text.n;
    w->pos = w->ext_failed = 0;
    w->ni = w->n_frame = w->n_link = w->n_quote = w->n_pending = 0;
    w->n_prefix = w->n_html = 0;
    w->n_label = 0;
    w->in_ext = w->after_heading = w->had_heading = w->failed = 0;
    w->subject = (struct wikitext_range){0, 0};
}

int wikitext_render(wikitext *w, const struct wiki_site *site, struct weir_span text,
                    int with_links, struct weir_err *err)
{
    if (text.n >= UINT32_MAX)
        return weir_err_set(err, WEIR_EBAD, "wikitext of 4 GiB or more");
    reset(w, site, text);
    w->with_links = with_links;
    if (weir_buf_reserve(&w->out, text.n / 2 + 64) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory in wikitext");
    if (wt_scan(w, err) < 0)
        return WEIR_EMEM;
    wt_line_start(w);
    walk(w);
    wt_text_end(w);
    if (w->failed || w->out.failed || w->targets.failed || w->tmp.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory in wikitext");
    return 0;
}

struct weir_span wikitext_text(const wikitext *w)
{
    return weir_buf_span(&w->out);
}

const struct wikitext_link *wikitext_links(const wikitext *w, size_t *n)
{
    *n = w->n_link;
    return w->link;
}

struct weir_span wikitext_target(const wikitext *w, const struct wikitext_link *l)
{
    return weir_span(w->targets.p + l->target_at, l->target_n);
}

struct wikitext_range wikitext_subject(const wikitext *w)
{
    return w->subject;
}
