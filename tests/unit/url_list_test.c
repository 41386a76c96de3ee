/* Block lists: what a line means, what is listed, links in text, many entries. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "filters/url_list.h"

static url_list *l;
static struct url_list_count count;

static int read_text(const char *text, uint64_t memory, struct weir_err *err)
{
    FILE *f = fopen("list", "w");
    assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
    url_list_free(l);
    assert((l = url_list_new(err)) != NULL);
    const int rc = url_list_read(l, "list", memory, &count, err);
    if (!rc)
        url_list_sort(l);
    return rc;
}

static void list(const char *text, size_t n_entries, size_t n_bad)
{
    struct weir_err err = {0};
    assert(read_text(text, 0, &err) == 0);
    assert(count.n_entries == n_entries && count.n_bad == n_bad);
}

/* What of url stands in the list; "" when nothing does. */
static void listed(const char *url, const char *want)
{
    struct weir_span entry = {"", 0};
    const int has = url_list_has(l, weir_span(url, strlen(url)), &entry);
    if (has != (*want != 0) || !weir_span_is(entry, want))
        fprintf(stderr, "%s: %d %.*s\n", url, has, (int)entry.n, entry.p);
    assert(has == (*want != 0) && weir_span_is(entry, want));
}

static void hosts(void)
{
    list("bad.com\n*.wild.net\n.dot.org\r\n  10.0.0.9  # note\n\n! word\n#x\nBIG.Example.COM.\n", 5,
         0);
    assert(url_list_size(l) == 5 && url_list_memory(l) >= 40);
    listed("bad.com", "bad.com");
    listed("http://a.b.bad.com/x", "bad.com");
    listed("HTTPS://User:Pass@WWW.Bad.Com:8443/?q#f", "Bad.Com");
    listed("bad.com.", "bad.com");
    listed("notbad.com", "");
    listed("bad.com.cn", "");
    listed("com", "");
    listed("http://good.org/bad.com", "");
    listed("http://bad.com@good.org/", "");
    listed("x.wild.net", "wild.net");
    listed("dot.org?x", "dot.org");
    listed("10.0.0.9:80", "10.0.0.9");
    listed("9.10.0.0.9", "10.0.0.9"); // no address: a name like any other
    listed("big.example.com", "big.example.com");
    listed("", "");
    listed("http://", "");
    listed("..", "");
    listed("a..bad.com", "");
}

static void paths(void)
{
    list("a.com/dir\nhttp://b.com/x?id=1\nc.com/\n", 3, 0);
    listed("a.com/dir", "a.com/dir");
    listed("http://www.a.com/dir/file", "a.com/dir/");
    listed("a.com/dir?x=1", "a.com/dir");
    listed("a.com/dirt", "");
    listed("a.com/DIR", "");
    listed("a.com", "");
    listed("sub.a.com/dir", "");
    listed("b.com/x?id=1&y", "b.com/x?id=1");
    listed("b.com/x?id=12", "");
    listed("c.com/anything", "c.com"); // a host with "/" is the host
    listed("www.c.com", "c.com");
}

static void forms(void)
{
    struct weir_err err = {0};
    list("# hosts\n127.0.0.1 localhost\n::1 localhost ip6-localhost\n0.0.0.0 0.0.0.0\n"
         "0.0.0.0 one.com two.com # three.com\n||four.com^\n||five.com^$popup\n",
         4, 0);
    listed("two.com", "two.com");
    listed("three.com", "");
    listed("five.com", "five.com");
    listed("0.0.0.0", "");
    list("good.com\nnice.com\n##.banner\n@@||x.com^\na b\nlast.com", 3, 2); // "##…" is a comment
    assert(count.first_bad == 4 && count.n_lines == 6);
    assert(read_text("one\ntwo words\nx.com\n", 0, &err) == WEIR_EBAD);
    assert(strstr(err.msg, "2 of 3 lines are none, first line 1"));
}

static void many(void)
{
    enum { N = 200000 };
    struct weir_err err = {0};
    struct weir_buf b = {0};
    char host[40];
    for (int i = 0; i < N; i++)
        weir_buf_addf(&b, "h%d.example%d.com\n", i, i % 7);
    weir_buf_addc(&b, 0);
    assert(read_text(b.p, 0, &err) == 0 && url_list_size(l) == N);
    for (int i = 0; i < N; i += 37) {
        snprintf(host, sizeof host, "h%d.example%d.com", i, i % 7);
        listed(host, host);
        snprintf(host, sizeof host, "h%d.example%d.com", i, (i + 1) % 7);
        listed(host, "");
    }
    /* Copies are one entry; too many for the memory are refused while they are read. */
    assert(read_text("a.com\nb.com\nA.com\na.com/\n", 0, &err) == 0 && url_list_size(l) == 2);
    assert(read_text(b.p, 1 << 20, &err) == WEIR_EMEM && strstr(err.msg, "-m must be larger"));
    weir_buf_free(&b);
}

static void links(void)
{
    static const char text[] =
        "见http://a.com/x，www.b.org。(HTTPS://c.net) ftp://d.com xwww.e.com http:// "
        "<a href=\"https://f.cn/?q=1\">中https://g.cn中";
    static const char *const want[] = {"http://a.com/x", "www.b.org",         "HTTPS://c.net",
                                       "http://",        "https://f.cn/?q=1", "https://g.cn"};
    struct weir_span url;
    size_t at = 0, n = 0;
    while (url_list_next_link(weir_span(text, sizeof text - 1), &at, &url))
        assert(n < 6 && weir_span_is(url, want[n++]));
    assert(n == 6);
}

int main(void)
{
    struct weir_err err = {0};
    hosts();
    paths();
    forms();
    many();
    links();
    assert(url_list_read(l, "nowhere", 0, &count, &err) == WEIR_EIO);
    url_list_free(l);
    return 0;
}
