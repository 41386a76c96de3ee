/* The header of a dump: <mediawiki xml:lang> and <siteinfo>. */
#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include "lib/wiki.h"
#include "weir/utf8.h"

#define PREFIX_MAX 128 // bytes of a namespace name
#define NAMES_MAX  1000

/* Names that are known without a header: MediaWiki's own, and the aliases that the Chinese
 * Wikipedia's settings give to files and categories (siteinfo API). */
static const struct {
    int key;
    const char *name;
} builtin[] = {
    {-2, "media"},         {-1, "special"},  {1, "talk"},           {2, "user"},
    {3, "user talk"},      {4, "project"},   {5, "project talk"},   {6, "file"},
    {6, "image"},          {7, "file talk"}, {7, "image talk"},     {8, "mediawiki"},
    {9, "mediawiki talk"}, {10, "template"}, {11, "template talk"}, {12, "help"},
    {13, "help talk"},     {14, "category"}, {15, "category talk"},
};
static const struct {
    int key;
    const char *name;
} builtin_zh[] = {
    {6, "文件"},   {6, "档案"},     {6, "檔案"},      {6, "图像"},      {6, "圖像"},
    {6, "图片"},   {6, "圖片"},     {14, "分类"},     {14, "分類"},     {14, "cat"},
    {-2, "媒体"},  {-2, "媒體"},    {-2, "媒体文件"}, {-2, "媒體文件"}, {-2, "媒體檔案"},
    {-1, "特殊"},  {10, "模板"},    {10, "样板"},     {10, "樣板"},     {12, "帮助"},
    {12, "幫助"},  {12, "說明"},    {12, "说明"},     {2, "用户"},      {2, "用戶"},
    {2, "使用者"}, {4, "维基百科"}, {4, "維基百科"},
};

/* Lower case, underscores as spaces, runs of space as one: how namespace names are compared. */
static void fold(struct weir_span s, struct weir_buf *to)
{
    const size_t from = to->n;
    for (size_t i = 0; i < s.n;) {
        unsigned len;
        const uint32_t c = weir_utf8_decode(s.p + i, s.n - i, &len);
        if (c == ' ' || c == '_' || c == '\t') {
            if (to->n > from && to->p[to->n - 1] != ' ')
                weir_buf_addc(to, ' ');
        } else if (c == WEIR_UTF8_BAD) {
            weir_buf_addc(to, s.p[i]);
        } else {
            weir_buf_add_utf8(to, (uint32_t)u_tolower((UChar32)c));
        }
        i += len;
    }
    while (to->n > from && to->p[to->n - 1] == ' ')
        to->n--;
}

static int add_name(struct wiki_site *site, int key, struct weir_span name, int case_sensitive)
{
    if (!name.n || name.n > PREFIX_MAX || site->n_ns == NAMES_MAX)
        return 0;
    if (weir_grow(&site->ns, &site->cap_ns, site->n_ns + 1, sizeof *site->ns) < 0)
        return WEIR_EMEM;
    const size_t at = site->text.n;
    fold(name, &site->text);
    site->ns[site->n_ns++] = (struct wiki_ns_name){key, case_sensitive, at, site->text.n - at};
    return 0;
}

static int add_builtin(struct wiki_site *site)
{
    int rc = 0;
    for (size_t i = 0; i < sizeof builtin / sizeof *builtin && !rc; i++)
        rc = add_name(site, builtin[i].key, weir_span(builtin[i].name, strlen(builtin[i].name)),
                      site->case_sensitive);
    for (size_t i = 0; i < sizeof builtin_zh / sizeof *builtin_zh && !rc && site->has_variants; i++)
        rc = add_name(site, builtin_zh[i].key,
                      weir_span(builtin_zh[i].name, strlen(builtin_zh[i].name)),
                      site->case_sensitive);
    return rc;
}

/* ---- the header ---- */

enum { F_NONE, F_SITENAME, F_DBNAME, F_BASE, F_CASE, F_NAMESPACE, N_FIELDS };

struct header {
    struct wiki_site *site;
    XML_Parser xml;
    struct weir_buf field[N_FIELDS], lang;
    int in, depth, seen_root, ns_key, ns_case;
    const char *refused;
    int failed;
};

static const char *attribute(const char **at, const char *name)
{
    for (; *at; at += 2)
        if (!strcmp(*at, name))
            return at[1];
    return NULL;
}

static void refuse(struct header *h, const char *why)
{
    h->refused = why;
    XML_StopParser(h->xml, XML_FALSE);
}

static void on_doctype(void *ctx, const char *name, const char *sysid, const char *pubid, int sub)
{
    (void)name, (void)sysid, (void)pubid, (void)sub;
    refuse(ctx, "a document type declaration, which no dump has");
}

static void on_decl(void *ctx, const char *version, const char *encoding, int standalone)
{
    (void)version, (void)standalone;
    struct header *h = ctx;
    if (encoding && strcasecmp(encoding, "utf-8") && strcasecmp(encoding, "us-ascii"))
        refuse(h, "not UTF-8: convert it first, as with iconv -t UTF-8");
}

static void on_start(void *ctx, const char *name, const char **at)
{
    static const char *const fields[N_FIELDS] = {"",     "sitename", "dbname",
                                                 "base", "case",     "namespace"};
    struct header *h = ctx;
    if (!h->depth++) {
        h->seen_root = !strcmp(name, "mediawiki");
        const char *lang = attribute(at, "xml:lang");
        if (!h->seen_root)
            refuse(h, "the outermost element is not <mediawiki>");
        if (lang)
            weir_buf_adds(&h->lang, lang);
        return;
    }
    h->in = F_NONE;
    for (int i = 1; i < N_FIELDS; i++)
        if (!strcmp(name, fields[i]))
            h->in = i;
    if (h->in == F_NAMESPACE) {
        const char *key = attribute(at, "key"), *cs = attribute(at, "case");
        h->ns_key = key ? (int)strtol(key, NULL, 10) : 0;
        h->ns_case = cs && !strcmp(cs, "case-sensitive");
        h->field[F_NAMESPACE].n = 0;
    }
}

static void on_text(void *ctx, const char *p, int n)
{
    struct header *h = ctx;
    if (h->in)
        weir_buf_add(&h->field[h->in], p, (size_t)n);
}

static void on_end(void *ctx, const char *name)
{
    struct header *h = ctx;
    (void)name;
    h->depth--;
    if (h->in == F_NAMESPACE && h->ns_key &&
        add_name(h->site, h->ns_key, weir_buf_span(&h->field[F_NAMESPACE]), h->ns_case) < 0)
        h->failed = 1;
    h->in = F_NONE;
}

static struct weir_span store(struct wiki_site *site, struct weir_span s, size_t *at)
{
    *at = site->text.n;
    weir_buf_add(&site->text, s.p, s.n);
    return s;
}

/* "en", "wikipedia" of https://en.wikipedia.org/…, or empty. */
static void host_parts(struct weir_span base, struct weir_span *host, struct weir_span *family)
{
    *host = *family = weir_span(NULL, 0);
    const char *p = base.n ? memmem(base.p, base.n, "//", 2) : NULL;
    if (!p)
        return;
    p += 2;
    const char *end = memchr(p, '/', (size_t)(base.p + base.n - p));
    *host = weir_span(p, (size_t)((end ? end : base.p + base.n) - p));
    const char *dot = host->n ? memchr(host->p, '.', host->n) : NULL;
    const char *last = host->n ? memrchr(host->p, '.', host->n) : NULL;
    if (dot && last && last > dot)
        *family = weir_span(dot + 1, (size_t)(last - dot) - 1);
}

/* Wikimedia families whose text is under CC BY-SA (the version changed in 2023, and dumps do not
 * name it). */
static int is_by_sa(struct weir_span family)
{
    static const char *const names[] = {"wikipedia",  "wiktionary",  "wikibooks", "wikiquote",
                                        "wikisource", "wikiversity", "wikivoyage"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (weir_span_is(family, names[i]))
            return 1;
    return 0;
}

/* The name of the database as Wikimedia would give it, for headers before schema 0.8. */
static void make_name(struct header *h, struct weir_span host, struct weir_span family)
{
    struct weir_buf *to = &h->field[F_DBNAME];
    if (to->n)
        return;
    if (is_by_sa(family)) {
        for (const char *p = host.p; *p != '.'; p++)
            weir_buf_addc(to, *p == '-' ? '_' : *p);
        if (weir_span_is(family, "wikipedia"))
            weir_buf_adds(to, "wiki");
        else
            weir_buf_add(to, family.p, family.n);
    } else if (host.n) {
        weir_buf_add(to, host.p, host.n);
    } else {
        weir_buf_adds(to, "wiki");
    }
}

/* The address up to where a title goes. */
static size_t base_length(struct weir_span base)
{
    const char *slash = base.n ? memrchr(base.p, '/', base.n) : NULL;
    if (!slash)
        return 0;
    const size_t n = (size_t)(slash - base.p) + 1;
    const char *title = memmem(base.p + n, base.n - n, "title=", 6);
    return title ? (size_t)(title - base.p) + 6 : n;
}

static int finish(struct header *h, struct weir_err *err)
{
    struct wiki_site *site = h->site;
    struct weir_span host, family;
    const struct weir_span base = weir_buf_span(&h->field[F_BASE]);
    host_parts(base, &host, &family);
    make_name(h, host, family);
    site->case_sensitive = weir_span_is(weir_buf_span(&h->field[F_CASE]), "case-sensitive");
    site->has_variants =
        h->lang.n >= 2 && !memcmp(h->lang.p, "zh", 2) && (h->lang.n == 2 || h->lang.p[2] == '-');
    if (is_by_sa(family))
        site->license = WEIR_LIT("CC-BY-SA");
    if (add_builtin(site) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    size_t name, addr, lang;
    site->name = store(site, weir_buf_span(&h->field[F_DBNAME]), &name);
    site->base = store(site, weir_span(base.p, base_length(base)), &addr);
    site->lang = store(site, weir_buf_span(&h->lang), &lang);
    site->name.p = site->text.p + name;
    site->base.p = site->text.p + addr;
    site->lang.p = site->text.p + lang;
    return weir_buf_check(&site->text, err);
}

static int parse(struct header *h, struct weir_span text, struct weir_err *err)
{
    if (text.n >= 2 && (!memcmp(text.p, "\xFF\xFE", 2) || !memcmp(text.p, "\xFE\xFF", 2) ||
                        !memcmp(text.p, "<", 2) || !memcmp(text.p, "\0<", 2)))
        return weir_err_set(err, WEIR_EBAD, "UTF-16: convert it first, as with iconv -t UTF-8");
    h->xml = XML_ParserCreate(NULL);
    if (!h->xml)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    XML_SetUserData(h->xml, h);
    XML_SetElementHandler(h->xml, on_start, on_end);
    XML_SetCharacterDataHandler(h->xml, on_text);
    XML_SetStartDoctypeDeclHandler(h->xml, on_doctype);
    XML_SetXmlDeclHandler(h->xml, on_decl);
    const int ok = XML_Parse(h->xml, text.p, (int)text.n, 0) == XML_STATUS_OK;
    if (h->refused)
        return weir_err_set(err, WEIR_EBAD, "%s", h->refused);
    if (!ok)
        return weir_err_set(err, WEIR_EBAD, "header: line %lu: %s",
                            (unsigned long)XML_GetCurrentLineNumber(h->xml),
                            XML_ErrorString(XML_GetErrorCode(h->xml)));
    if (!h->seen_root)
        return weir_err_set(err, WEIR_EBAD, "no <mediawiki> element: not a MediaWiki dump");
    for (int i = 0; i < N_FIELDS; i++)
        h->failed |= h->field[i].failed;
    if (h->failed || h->lang.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return finish(h, err);
}

int wiki_site_parse(struct wiki_site *site, struct weir_span text, struct weir_err *err)
{
    struct header h = {.site = site};
    memset(site, 0, sizeof *site);
    const int rc = parse(&h, text, err);
    if (h.xml)
        XML_ParserFree(h.xml);
    for (int i = 0; i < N_FIELDS; i++)
        weir_buf_free(&h.field[i]);
    weir_buf_free(&h.lang);
    if (rc < 0)
        wiki_site_free(site);
    return rc;
}

int wiki_site_init(struct wiki_site *site, const char *lang, struct weir_err *err)
{
    struct header h = {.site = site};
    memset(site, 0, sizeof *site);
    if (lang)
        weir_buf_adds(&h.lang, lang);
    const int rc = finish(&h, err);
    for (int i = 0; i < N_FIELDS; i++)
        weir_buf_free(&h.field[i]);
    weir_buf_free(&h.lang);
    if (rc < 0)
        wiki_site_free(site);
    return rc;
}

void wiki_site_free(struct wiki_site *site)
{
    weir_buf_free(&site->text);
    free(site->ns);
    memset(site, 0, sizeof *site);
}

/* ---- questions ---- */

static const struct wiki_ns_name *find_name(const struct wiki_site *site, struct weir_span title,
                                            size_t *rest)
{
    const size_t look = title.n < PREFIX_MAX ? title.n : PREFIX_MAX;
    const char *colon = look ? memchr(title.p, ':', look) : NULL;
    if (!colon || colon == title.p)
        return NULL;
    struct weir_span prefix = {title.p, (size_t)(colon - title.p)};
    char room[4 * PREFIX_MAX];
    struct weir_buf b = {room, 0, sizeof room, 0};
    fold(prefix, &b); // at most three bytes for two: fits
    for (size_t i = 0; i < site->n_ns; i++) {
        const struct wiki_ns_name *ns = &site->ns[i];
        if (ns->n == b.n && !memcmp(site->text.p + ns->at, room, b.n)) {
            *rest = prefix.n + 1;
            return ns;
        }
    }
    return NULL;
}

int wiki_site_ns(const struct wiki_site *site, struct weir_span title, size_t *rest)
{
    *rest = 0;
    const struct wiki_ns_name *ns = find_name(site, title, rest);
    return ns ? ns->key : WIKI_NS_MAIN;
}

void wiki_site_ucfirst(const struct wiki_site *site, int ns, struct weir_span title,
                       struct weir_buf *to)
{
    int keep = site->case_sensitive;
    for (size_t i = 0; ns != WIKI_NS_MAIN && i < site->n_ns; i++)
        if (site->ns[i].key == ns)
            keep = site->ns[i].case_sensitive;
    unsigned len;
    while (title.n && *title.p == ' ')
        title.p++, title.n--;
    uint32_t c = title.n ? weir_utf8_decode(title.p, title.n, &len) : WEIR_UTF8_BAD;
    const int georgian = c >= 0x10D0 && c <= 0x10FF; // has no capitals in titles
    if (c != WEIR_UTF8_BAD && !keep && !georgian) {
        weir_buf_add_utf8(to, (uint32_t)u_toupper((UChar32)c));
        title.p += len, title.n -= len;
    }
    weir_buf_add(to, title.p, title.n);
}

void wiki_site_url(const struct wiki_site *site, struct weir_span title, struct weir_buf *to)
{
    weir_buf_add(to, site->base.p, site->base.n);
    for (size_t i = 0; i < title.n; i++) {
        const unsigned char c = (unsigned char)title.p[i];
        if (c == ' ')
            weir_buf_addc(to, '_');
        else if (weir_is_ascii_alpha(c) || weir_is_ascii_digit(c) ||
                 (c && strchr("-_.;@$!*(),/~:", c)))
            weir_buf_addc(to, (char)c);
        else
            weir_buf_addf(to, "%%%02X", c);
    }
}
