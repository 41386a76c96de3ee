/* Links: which show, what text they show, and where they lead. */
#include "ingest/wikitext_internal.h"

#define TARGET_MAX 1024 // bytes looked at; MediaWiki's titles end at 255
#define TITLE_MAX  255

static const char *const protocols[] = {
    "http://", "https://",  "//",        "mailto:",      "ftp://", "ftps://", "irc://", "ircs://",
    "news:",   "gopher://", "telnet://", "nntp://",      "svn://", "git://",  "mms://", "bitcoin:",
    "magnet:", "urn:",      "geo:",      "sip:",         "sips:",  "sms:",    "ssh://", "tel:",
    "xmpp:",   "sftp://",   "redis://",  "worldwind://", "matrix:"};

static size_t protocol(const char *s, size_t n)
{
    if (!n || (!wt_is_alpha(*s) && *s != '/'))
        return 0;
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        size_t k = 0;
        while (k < n && protocols[i][k] && wt_lower(s[k]) == protocols[i][k])
            k++;
        if (!protocols[i][k])
            return k;
    }
    return 0;
}

/* ---- [address label] ---- */

/* The "]" that ends the label at at, outside nodes and on the same line; stop when there is none,
 * with where the search ended in *seen. */
static uint32_t label_end(wikitext *w, uint32_t at, uint32_t *seen)
{
    size_t ni = wt_node_from(w, at);
    while (at < w->stop && w->s[at] != '\n') {
        while (ni < w->n_node && (w->node[ni].kind == WT_NONE || w->node[ni].at < at))
            ni++;
        if (ni < w->n_node && w->node[ni].at == at && w->node[ni].end <= w->stop) {
            at = w->node[ni].end;
            ni = w->node[ni].skip;
            continue;
        }
        if (w->s[at] == ']')
            return at;
        at++;
    }
    *seen = at;
    return w->stop;
}

/* The end of the address whose part behind the protocol is at at. */
static uint32_t address_end(const wikitext *w, uint32_t at)
{
    if (at < w->stop && w->s[at] == '[') { // IPv6
        uint32_t i = at + 1;
        while (i < w->stop && w->s[i] && strchr("0123456789abcdefABCDEF:.", w->s[i]))
            i++;
        if (i < w->stop && w->s[i] == ']')
            at = i + 1;
    }
    for (; at < w->stop; at++) {
        const char *s = w->s + at;
        const size_t left = w->stop - at;
        if ((unsigned char)*s <= ' ' || strchr("[]<>\"\x7f", *s) ||
            (left > 1 && s[0] == '\'' && s[1] == '\'') ||
            (left > 2 && !memcmp(s, "\xE3\x80\x80", 3)))
            break;
    }
    return at;
}

void wt_bracket(wikitext *w)
{
    uint32_t at = w->pos + 1;
    const size_t n = protocol(w->s + at, w->stop - at);
    uint32_t close = w->stop;
    if (n && !w->in_ext && w->pos >= w->ext_failed) {
        at = address_end(w, at + (uint32_t)n);
        if (at > w->pos + 1 + n)
            close = label_end(w, at, &w->ext_failed);
    }
    if (close == w->stop) {
        wt_putc(w, '[');
        w->pos++;
        return;
    }
    while (at < close && (w->s[at] == ' ' || w->s[at] == '\t'))
        at++;
    if (at == close) {
        wt_remove(w, close + 1);
        return;
    }
    w->in_ext = wt_push(w, at, close, close + 1, WT_F_EXT) != NULL;
}

/* ---- [[target|label]] ---- */

struct parts {
    struct weir_span target; // as written, trimmed, without a leading colon
    uint32_t label, bar;     // where the label starts; bar: 0 when there is none
    int colon, complex, bad; // complex: markup in the target
};

static const unsigned char ends_target[256] = {
    ['|'] = 1, ['['] = 1, [']'] = 1,  ['{'] = 1, ['}'] = 1,
    ['<'] = 1, ['>'] = 1, ['\n'] = 1, [0] = 1};

static struct parts split(const wikitext *w, const struct wt_node *nd, size_t ni)
{
    struct parts p = {{NULL, 0}, nd->in_at, 0, 0, 0, 0};
    uint32_t i = nd->in_at;
    while (i < nd->in_end && i - nd->in_at < TARGET_MAX && !ends_target[(unsigned char)w->s[i]])
        i++;
    if (i < nd->in_end && w->s[i] != '|') {
        p.complex = w->s[i] == '{' || w->s[i] == '<';
        p.bad = !p.complex;
        i = wt_piece_end(w, i, nd->in_end, '|', &ni);
    }
    p.target = wt_trim(weir_span(w->s + nd->in_at, i - nd->in_at));
    if (i < nd->in_end)
        p.bar = i, p.label = i + 1;
    if (p.target.n && *p.target.p == ':') {
        p.colon = 1;
        p.target.p++, p.target.n--;
    }
    return p;
}

/* Files, categories and interlanguage links show nothing in the text. */
static int is_hidden(const wikitext *w, const struct parts *p, int *ns)
{
    size_t rest;
    *ns = wiki_site_ns(w->site, p->target, &rest);
    if (p->colon)
        return 0;
    if (*ns == WIKI_NS_FILE || *ns == WIKI_NS_CATEGORY)
        return 1;
    const char *colon = memchr(p->target.p, ':', p->target.n);
    if (!colon || *ns != WIKI_NS_MAIN)
        return 0;
    return wt_is_language(wt_trim(weir_span(p->target.p, (size_t)(colon - p->target.p))));
}

/* A link whose label holds another one is no link. */
static int holds_link(const wikitext *w, const struct wt_node *nd)
{
    size_t i = (size_t)(nd - w->node) + 1;
    while (i < nd->skip) {
        const struct wt_node *k = &w->node[i];
        if (k->kind == WT_LINK) {
            const struct parts p = split(w, k, i + 1);
            int ns;
            if (!is_hidden(w, &p, &ns))
                return 1;
        }
        i = k->kind == WT_NONE ? i + 1 : k->skip;
    }
    return 0;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Entities and percent signs decoded, underscores and runs of space as one space, no fragment. */
static void decode_title(struct weir_span t, struct weir_buf *to)
{
    to->n = 0;
    for (size_t i = 0; i < t.n;) {
        size_t len = 1;
        uint32_t c = 0;
        if (t.p[i] == '#')
            break;
        if (t.p[i] == '&')
            c = wt_entity(t.p + i, t.n - i, &len);
        else if (t.p[i] == '%' && i + 2 < t.n && hex(t.p[i + 1]) >= 0 && hex(t.p[i + 2]) >= 0)
            c = UINT32_MAX;
        const int space = t.p[i] == '_' || wt_is_space(t.p[i]) || c == 0xA0 || c == ' ' || c == '_';
        if (c == UINT32_MAX) {
            weir_buf_addc(to, (char)(hex(t.p[i + 1]) << 4 | hex(t.p[i + 2])));
            len = 3;
        } else if (space) {
            if (to->n && to->p[to->n - 1] != ' ')
                weir_buf_addc(to, ' ');
        } else if (c) {
            weir_buf_add_utf8(to, c);
        } else {
            weir_buf_addc(to, t.p[i]);
        }
        i += len;
    }
    while (to->n && to->p[to->n - 1] == ' ')
        to->n--;
}

static int is_title(struct weir_span t)
{
    if (!t.n || t.n > TITLE_MAX || weir_utf8_valid(t.p, t.n) != t.n)
        return 0;
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < ' ' || strchr("<>[]{}|\x7f", t.p[i]))
            return 0;
    return 1;
}

/* Percent signs in a link without a label show decoded: [[%E5%8C%97]]. */
static struct weir_span percent(wikitext *w, struct weir_span t)
{
    w->tmp.n = 0;
    for (size_t i = 0; i < t.n; i++) {
        const int code =
            t.p[i] == '%' && i + 2 < t.n && hex(t.p[i + 1]) >= 0 && hex(t.p[i + 2]) >= 0;
        weir_buf_addc(&w->tmp, code ? (char)(hex(t.p[i + 1]) << 4 | hex(t.p[i + 2])) : t.p[i]);
        i += code ? 2 : 0;
    }
    return weir_utf8_valid(w->tmp.p, w->tmp.n) == w->tmp.n ? weir_buf_span(&w->tmp) : t;
}

/* The title itself as the text: no markup in it. */
static void put_title(wikitext *w, struct weir_span t)
{
    wt_raw(w, memchr(t.p, '%', t.n) ? percent(w, t) : t, 1, 0);
}

static void add_target(wikitext *w, struct weir_span t, struct wt_frame *f)
{
    decode_title(t, &w->tmp);
    const struct weir_span title = weir_buf_span(&w->tmp);
    if (w->tmp.failed || !is_title(title))
        return;
    size_t rest;
    const int ns = wiki_site_ns(w->site, title, &rest);
    f->target_at = w->targets.n;
    if (rest) {
        wiki_site_ucfirst(w->site, WIKI_NS_MAIN, weir_span(title.p, rest), &w->targets);
        wiki_site_ucfirst(w->site, ns, weir_span(title.p + rest, title.n - rest), &w->targets);
    } else {
        wiki_site_ucfirst(w->site, ns, title, &w->targets);
    }
    f->target_n = w->targets.n - f->target_at;
}

/* "Help:Foo (bar)|" shows "Foo": the namespace and what stands in brackets behind, or behind a
 * comma, are left out (Parser::pstPass2). */
static struct weir_span pipe_trick(const wikitext *w, struct weir_span t)
{
    size_t rest;
    if (wiki_site_ns(w->site, t, &rest) != WIKI_NS_MAIN)
        t.p += rest, t.n -= rest;
    t = wt_trim(t);
    const int wide = t.n > 3 && !memcmp(t.p + t.n - 3, "）", 3);
    const char *open = NULL;
    if (wide)
        open = memmem(t.p, t.n, "（", 3);
    else if (t.n > 1 && t.p[t.n - 1] == ')')
        open = memchr(t.p, '(', t.n);
    else
        open = memmem(t.p, t.n, ", ", 2);
    return open && open > t.p ? wt_trim(weir_span(t.p, (size_t)(open - t.p))) : t;
}

static void literal(wikitext *w, uint32_t n)
{
    wt_put(w, "[[", n);
    w->pos += n;
}

void wt_link(wikitext *w, const struct wt_node *nd)
{
    const struct parts p = split(w, nd, (size_t)(nd - w->node) + 1);
    const int colon = p.target.n && memchr(p.target.p, ':', p.target.n);
    int ns = WIKI_NS_MAIN;
    if (colon && *p.target.p != '/' && protocol(p.target.p, p.target.n)) {
        literal(w, 1);
        return;
    }
    if (p.bad || !p.target.n) {
        literal(w, 2);
        return;
    }
    if (is_hidden(w, &p, &ns)) {
        wt_remove(w, nd->end);
        return;
    }
    if (holds_link(w, nd)) {
        literal(w, 2);
        return;
    }
    const uint32_t at = p.bar ? p.label : nd->in_at;
    const int plain = !p.complex && (!p.bar || at == nd->in_end);
    struct wt_frame *f = wt_push(w, plain ? nd->in_end : at, nd->in_end, nd->end, WT_F_LINK);
    if (!f)
        return;
    w->n_label++;
    if (w->with_links && !p.complex && ns != WIKI_NS_MEDIA)
        add_target(w, p.target, f);
    if (plain)
        put_title(w, p.bar ? pipe_trick(w, p.target) : p.target);
}

void wt_link_end(wikitext *w, const struct wt_frame *f)
{
    if (!w->site->has_variants) // link trail: letters behind the link belong to its text
        while (w->pos < w->stop && w->s[w->pos] >= 'a' && w->s[w->pos] <= 'z')
            wt_putc(w, w->s[w->pos++]);
    if (f->out_at > w->out.n)
        return;
    const struct weir_span t = wt_trim(weir_span(w->out.p + f->out_at, w->out.n - f->out_at));
    if (!t.n || !f->target_n)
        return;
    if (weir_grow(&w->link, &w->cap_link, w->n_link + 1, sizeof *w->link) < 0) {
        w->failed = 1;
        return;
    }
    w->link[w->n_link++] =
        (struct wikitext_link){(size_t)(t.p - w->out.p), t.n, f->target_at, f->target_n};
}
