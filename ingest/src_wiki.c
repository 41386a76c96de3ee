/* MediaWiki XML dumps: pages of the main namespace as plain text. */
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest_out.h"
#include "ingest/wiki_frame.h"
#include "ingest/wiki_places.h"
#include "ingest/wikitext.h"
#include "weir/utf8.h"

#define KEEP ((size_t)4 << 20)

struct thread {
    wiki_parser *parser;
    wikitext *text;
    struct weir_buf id, url, extra, clean;
    struct wiki_places places;
};

static void thread_free(void *thread)
{
    struct thread *t = thread;
    if (!t)
        return;
    wiki_parser_free(t->parser);
    wikitext_free(t->text);
    weir_buf_free(&t->id);
    weir_buf_free(&t->url);
    weir_buf_free(&t->extra);
    weir_buf_free(&t->clean);
    free(t->places.at);
    free(t);
}

static void *thread_new(struct ingest *in, struct weir_err *err)
{
    struct thread *t = weir_calloc(1, sizeof *t);
    (void)in;
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->parser = wiki_parser_new(err);
    t->text = t->parser ? wikitext_new(err) : NULL;
    if (t->text)
        return t;
    thread_free(t);
    return NULL;
}

/* ---- which pages ---- */

/* Reasons must live as long as the account: the namespaces that Wikimedia's dumps have. */
static const char *namespace_reason(long ns)
{
    static const struct {
        long ns;
        const char *reason;
    } known[] = {
#define N(n) {n, "namespace:" #n}
        N(-2),   N(-1),   N(1),    N(2),    N(3),    N(4),    N(5),    N(6),    N(7),
        N(8),    N(9),    N(10),   N(11),   N(12),   N(13),   N(14),   N(15),   N(100),
        N(101),  N(102),  N(103),  N(104),  N(105),  N(106),  N(107),  N(108),  N(109),
        N(110),  N(111),  N(112),  N(113),  N(114),  N(115),  N(116),  N(117),  N(118),
        N(119),  N(120),  N(121),  N(122),  N(123),  N(126),  N(127),  N(146),  N(147),
        N(446),  N(447),  N(640),  N(641),  N(710),  N(711),  N(828),  N(829),  N(1198),
        N(1199), N(1728), N(1729), N(2300), N(2301), N(2302), N(2303), N(2600),
#undef N
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].ns == ns)
            return known[i].reason;
    return "namespace:other";
}

static long page_ns(const struct wiki_site *site, const struct wiki_page *p)
{
    char digits[16];
    size_t rest;
    if (!p->ns.n || p->ns.n >= sizeof digits)
        return wiki_site_ns(site, weir_buf_span(&p->title), &rest);
    memcpy(digits, p->ns.p, p->ns.n);
    digits[p->ns.n] = 0;
    return strtol(digits, NULL, 10);
}

/* "#REDIRECT [[": dumps before schema 0.4 have no <redirect>. */
static int is_redirect(const struct wiki_page *p)
{
    static const char *const words[] = {"#redirect", "#重定向", "#重新導向"};
    struct weir_span t = weir_buf_span(&p->text);
    while (t.n && (*t.p == ' ' || *t.p == '\n' || *t.p == '\t'))
        t.p++, t.n--;
    if (!t.n || *t.p != '#')
        return 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t k = strlen(words[i]);
        if (t.n < k || strncasecmp(t.p, words[i], k))
            continue;
        size_t at = k;
        while (at < t.n && (t.p[at] == ' ' || t.p[at] == ':' || t.p[at] == '\n'))
            at++;
        return at + 1 < t.n && t.p[at] == '[' && t.p[at + 1] == '[';
    }
    return 0;
}

static const char *why_not(const struct wiki_site *site, const struct wiki_page *p)
{
    const long ns = page_ns(site, p);
    if (ns != WIKI_NS_MAIN)
        return namespace_reason(ns);
    if (!p->has_revision || p->deleted)
        return "deleted";
    if (p->model.n && !weir_span_is(weir_buf_span(&p->model), "wikitext"))
        return "not-wikitext";
    if (p->has_redirect || is_redirect(p))
        return "redirect";
    return p->text.n ? NULL : "empty";
}

/* ---- links ---- */

/* Cleans the text into t->clean; what the links and the subject refer to is followed. */
static int clean(struct thread *t, struct ingest_out *out, struct weir_err *err)
{
    const struct wikitext_range s = wikitext_subject(t->text);
    size_t n;
    const struct wikitext_link *l = wikitext_links(t->text, &n);
    int failed = wiki_places_add(&t->places, s.at) || wiki_places_add(&t->places, s.at + s.n);
    for (size_t i = 0; i < n && !failed; i++)
        failed =
            wiki_places_add(&t->places, l[i].at) || wiki_places_add(&t->places, l[i].at + l[i].n);
    if (failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return wiki_places_clean(&t->places, out, wikitext_text(t->text), &t->clean, err);
}

/* "at" and "n" of a range; 0 when nothing is left of it. */
static int add_range(struct thread *t, const char *before, size_t at, size_t n)
{
    const size_t from = wiki_places_find(&t->places, at);
    const size_t to = wiki_places_find(&t->places, at + n);
    if (from == to)
        return 0;
    weir_buf_adds(&t->extra, before);
    weir_buf_addf(&t->extra, "\"at\":%zu,\"n\":%zu", from, to - from);
    return 1;
}

static void add_links(struct thread *t)
{
    const struct wikitext_range s = wikitext_subject(t->text);
    size_t n, written = 0;
    const struct wikitext_link *l = wikitext_links(t->text, &n);
    if (add_range(t, ",\"subject\":{", s.at, s.n))
        weir_buf_addc(&t->extra, '}');
    weir_buf_adds(&t->extra, ",\"links\":[");
    for (size_t i = 0; i < n; i++) {
        if (!add_range(t, written ? ",{" : "{", l[i].at, l[i].n))
            continue;
        weir_buf_adds(&t->extra, ",\"target\":");
        weir_buf_add_json(&t->extra, wikitext_target(t->text, &l[i]));
        weir_buf_addc(&t->extra, '}');
        written++;
    }
    weir_buf_addc(&t->extra, ']');
}

static void add_revision(struct thread *t, const struct wiki_page *p)
{
    weir_buf_adds(&t->extra, "\"revision\":");
    int digits = p->revision.n > 0 && p->revision.n < 19 && *p->revision.p != '0';
    for (size_t i = 0; i < p->revision.n; i++)
        digits &= weir_is_ascii_digit((unsigned char)p->revision.p[i]);
    if (digits)
        weir_buf_add(&t->extra, p->revision.p, p->revision.n);
    else
        weir_buf_add_json(&t->extra, weir_buf_span(&p->revision));
}

/* ---- documents ---- */

static int emit(struct ingest *in, struct thread *t, struct ingest_out *out, struct weir_batch *b,
                struct weir_rec *r, const struct wiki_site *site, const struct wiki_page *p,
                struct weir_err *err)
{
    struct ingest_doc d = {0};
    d.text = wikitext_text(t->text);
    d.clean = ingest_is_clean(d.text);
    t->extra.n = t->id.n = t->url.n = 0;
    weir_buf_reset(&t->clean, KEEP);
    t->places.n = 0;
    if (p->revision.n)
        add_revision(t, p);
    if (in->opt->links) {
        if (!d.clean) {
            if (clean(t, out, err) < 0)
                return err->code;
            d.text = weir_buf_span(&t->clean);
            d.clean = 1;
        }
        add_links(t);
    }
    d.extra = weir_buf_span(&t->extra);
    if (d.extra.n && *d.extra.p == ',')
        d.extra.p++, d.extra.n--;
    if (p->id.n) {
        weir_buf_add(&t->id, site->name.p, site->name.n);
        weir_buf_addc(&t->id, ':');
        weir_buf_add(&t->id, p->id.p, p->id.n);
        d.id = weir_buf_span(&t->id);
    }
    if (site->base.n) {
        wiki_site_url(site, weir_buf_span(&p->title), &t->url);
        d.url = weir_buf_span(&t->url);
    }
    d.title = weir_buf_span(&p->title);
    d.source = site->name;
    d.license = site->license;
    if (site->lang.n && !weir_span_is(site->lang, "zh"))
        d.lang = site->lang;
    if (weir_buf_check(&t->extra, err) || weir_buf_check(&t->id, err) ||
        weir_buf_check(&t->url, err))
        return err->code;
    return ingest_emit(in, out, b, r, &d, err);
}

static int drop(struct ingest *in, struct thread *t, struct weir_batch *b, struct weir_rec *r,
                const struct wiki_site *site, const struct wiki_page *p, const char *reason)
{
    const char *s = in->opt->source;
    weir_rec_source(b, r, s ? weir_span(s, strlen(s)) : site->name);
    t->extra.n = 0;
    weir_buf_add_json(&t->extra, weir_buf_span(&p->title));
    weir_rec_drop(b, r, reason, "\"title\":%.*s", (int)t->extra.n, t->extra.p ? t->extra.p : "");
    return 0;
}

static int convert(struct ingest *in, void *thread, struct ingest_out *out, struct weir_batch *b,
                   struct weir_rec *r, struct weir_err *err)
{
    struct thread *t = thread;
    const struct wiki_site *site = (const struct wiki_site *)(uintptr_t)r->user[0];
    const struct wiki_page *p;
    struct weir_err why = {0};
    int rc = wiki_parser_page(t->parser, weir_rec_raw(b, r), &p, &why);
    if (rc == WEIR_EBAD) {
        weir_rec_bad(b, r, "xml", "%s", why.msg);
        return 0;
    }
    if (rc < 0)
        return weir_err_set(err, why.code, "%s", why.msg);
    const char *reason = why_not(site, p);
    if (reason)
        return drop(in, t, b, r, site, p, reason);
    rc = wikitext_render(t->text, site, weir_buf_span(&p->text), in->opt->links, err);
    if (rc < 0)
        return rc;
    return emit(in, t, out, b, r, site, p, err);
}

const struct ingest_source ingest_wiki = {
    .name = "wiki",
    .help = "MediaWiki XML dumps (Wikipedia): wikitext to plain text, main namespace",
    .open = wiki_frame_open,
    .next = wiki_frame_next,
    .close = wiki_frame_close,
    .tail = wiki_frame_tail,
    .thread_new = thread_new,
    .thread_free = thread_free,
    .convert = convert,
    .refuses = INGEST_NO_NAMES | INGEST_NO_ENCODING,
};
