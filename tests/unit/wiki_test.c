/* Dumps: what a header says, and that pages are cut where they are, whatever their size. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/wiki.h"
#include "weir/ingest.h"
#include "weir/json.h"

static void parse(struct wiki_site *site, const char *header)
{
    struct weir_err err = {0};
    const int rc = wiki_site_parse(site, weir_span(header, strlen(header)), &err);
    if (rc)
        puts(err.msg);
    assert(!rc);
}

static void refused(const char *header, size_t n, const char *why)
{
    struct weir_err err = {0};
    struct wiki_site site;
    assert(wiki_site_parse(&site, weir_span(header, n), &err) == WEIR_EBAD);
    assert(strstr(err.msg, why));
}

static int ns_of(const struct wiki_site *site, const char *title, size_t rest)
{
    size_t got;
    const int ns = wiki_site_ns(site, weir_span(title, strlen(title)), &got);
    assert(got == rest);
    return ns;
}

static void test_site(void)
{
    struct wiki_site s;
    struct weir_buf b = {0};
    /* schema 0.3: no dbname, no case of namespaces */
    parse(
        &s,
        "<?xml version='1.0' encoding='utf-8'?>\n<mediawiki version='0.3' xml:lang='zh'><siteinfo>"
        "<sitename>W</sitename><base>https://zh-min-nan.wikipedia.org/wiki/Main:%E9</base>"
        "<case>first-letter</case><namespaces><namespace key='0' />"
        "<namespace key='14'>Lūi-pia̍t</namespace></namespaces></siteinfo>");
    assert(weir_span_is(s.name, "zh_min_nanwiki") && weir_span_is(s.license, "CC-BY-SA"));
    assert(s.has_variants && !s.case_sensitive);
    assert(ns_of(&s, "LŪI-PIA̍T:x", strlen("LŪI-PIA̍T:")) == 14);
    assert(ns_of(&s, "category : x", 10) == 14 && ns_of(&s, "文件:x", 7) == 6);
    assert(ns_of(&s, "Image_talk:x", 11) == 7 && ns_of(&s, "Foo: bar", 0) == 0);
    assert(ns_of(&s, ":x", 0) == 0 && ns_of(&s, "", 0) == 0);
    const char *t = "甲 (b)?";
    wiki_site_url(&s, weir_span(t, strlen(t)), &b); // as wfUrlencode() does
    assert(
        weir_span_is(weir_buf_span(&b), "https://zh-min-nan.wikipedia.org/wiki/%E7%94%B2_(b)%3F"));
    b.n = 0;
    t = "éa";
    wiki_site_ucfirst(&s, 0, weir_span(t, strlen(t)), &b);
    assert(weir_span_is(weir_buf_span(&b), "Éa"));
    wiki_site_free(&s);
    parse(
        &s,
        "<mediawiki><siteinfo><dbname>enwiktionary</dbname><base>https://en.wiktionary.org/w/index"
        ".php?title=Main_Page</base><case>case-sensitive</case></siteinfo>");
    b.n = 0;
    wiki_site_url(&s, WEIR_LIT("a b"), &b);
    wiki_site_ucfirst(&s, 0, WEIR_LIT("c"), &b);
    assert(weir_span_is(weir_buf_span(&b), "https://en.wiktionary.org/w/index.php?title=a_bc"));
    assert(weir_span_is(s.name, "enwiktionary") && weir_span_is(s.license, "CC-BY-SA"));
    wiki_site_free(&s);
    parse(&s, "<mediawiki xml:lang='en'>");
    assert(weir_span_is(s.name, "wiki") && !s.base.n && !s.license.n && !s.has_variants);
    wiki_site_free(&s);
    weir_buf_free(&b);
    refused("\xFF\xFE<\0m\0", 6, "UTF-16");
    refused("\0<\0m", 4, "UTF-16");
    refused("<?xml version='1.0' encoding='gb2312'?><mediawiki>", 50, "not UTF-8");
    refused("<feed>", 6, "not <mediawiki>");
    refused("<!DOCTYPE x [<!ENTITY a 'b'>]><mediawiki>", 41, "document type");
    refused("<mediawiki><a></b>", 18, "header");
}

/* A dump of n pages; sizes from a small generator, some beyond what one read holds. */
static size_t make_dump(struct weir_buf *b, unsigned n, size_t max, size_t *at, size_t *len)
{
    uint32_t x = 12345;
    size_t too_long = 0;
    weir_buf_adds(b, "<mediawiki xml:lang=\"en\">\n");
    for (unsigned i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        const size_t text = i % 40 == 7 ? 200000 + x % 700000 : x % 3000 + 1;
        at[i] = b->n;
        weir_buf_addf(b, "<page><title>T</title><ns>0</ns><id>%u</id><revision><text>", i);
        for (size_t k = 0; k < text; k++)
            weir_buf_addc(b, k % 80 ? 'a' : ' ');
        weir_buf_adds(b, "b</text></revision></page>");
        len[i] = b->n - at[i];
        too_long += len[i] > max;
        weir_buf_adds(b, i % 3 ? "\n" : " <!-- <page> --> ");
    }
    weir_buf_adds(b, "</mediawiki>\n");
    assert(!b->failed);
    return too_long;
}

static void check_origins(struct weir_buf *out, const size_t *at, const size_t *len)
{
    struct weir_err err = {0};
    weir_json *j = weir_json_new(&err);
    char *p = out->p, *end = out->p + out->n;
    assert(j && !weir_buf_reserve(out, 64));
    p = out->p, end = out->p + out->n;
    while (p < end) {
        char *nl = memchr(p, '\n', (size_t)(end - p));
        struct weir_field *f;
        size_t n_f;
        char origin[200], want[200];
        assert(nl && !weir_json_object(j, p, (size_t)(nl - p), &f, &n_f, &err));
        const struct weir_field *id = weir_json_find(f, n_f, "id"),
                                *o = weir_json_find(f, n_f, "origin");
        const unsigned i = (unsigned)strtoul(id->str.p + strlen("wiki:"), NULL, 10);
        snprintf(origin, sizeof origin, "%.*s", (int)o->raw.n, o->raw.p);
        snprintf(want, sizeof want, "{\"file\":\"memory\",\"offset\":%zu,\"length\":%zu}", at[i],
                 len[i]);
        assert(!strcmp(origin, want));
        p = nl + 1;
    }
    weir_json_free(j);
}

static void test_frames(void)
{
    enum { N = 300 };
    const size_t max = 400000;
    size_t at[N], len[N];
    struct weir_buf dump = {0}, out = {0}, rejects = {0};
    struct weir_err err = {0};
    struct weir_ingest_opt opt;
    struct weir_job job;
    const size_t too_long = make_dump(&dump, N, max, at, len);
    assert(too_long > 2 && too_long < N / 40);
    weir_ingest_opt_init(&opt);
    weir_job_init(&job, "ingest");
    opt.from = "wiki";
    job.quiet = 1;
    job.max_record = max;
    job.in = weir_io_open_mem(dump.p, dump.n, &err);
    job.out = weir_io_open_buf(&out, &err);
    job.rejects = weir_io_open_buf(&rejects, &err);
    const int rc = weir_ingest_run(&opt, &job, &err);
    if (rc)
        puts(err.msg);
    assert(!rc && !err.code);
    const struct weir_tally *t = &job.tally;
    assert(t->in.records == N && t->bad.records == too_long && t->kept.records == N - too_long);
    assert(t->in.bytes + t->framing == dump.n);
    check_origins(&out, at, len);
    weir_job_free(&job);
    weir_buf_free(&dump);
    weir_buf_free(&out);
    weir_buf_free(&rejects);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    test_site();
    test_frames();
    return 0;
}
