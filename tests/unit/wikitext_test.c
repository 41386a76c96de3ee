/* Wikitext to plain text: cases worked out by hand from MediaWiki's documentation (Help:Formatting,
 * Help:Links, Help:Lists, Writing systems/Syntax) and from weir-ingest(1) where it decides. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "ingest/wikitext.h"

static wikitext *w;
static struct wiki_site en, zh;

struct golden {
    const char *in, *out;
};

static const struct golden english[] = {
    /* quotes */
    {"''a'' '''b''' '''''c'''''", "a b c"},
    {"it''''s", "it's"},
    {"l'''L'italic'' x", "l'L'italic x"}, // doQuotes: both odd, the bold after one letter
    {"''a'''b\n'''c''' d", "a'b\nc d"},
    /* headings, empty sections */
    {"a\n== H ==\nb", "a\n\nH\nb"},
    {"== A ==\n{{x}}\n== B ==\ntext", "B\ntext"},
    {"== A ==\n=== B ===\ntext\n== C ==\n=== D ===\n", "A\n\nB\ntext"},
    {"== [[a|A]] == <!-- c -->\nx", "A\nx"},
    {"=== x ==\ny", "= x\ny"},
    {"a = b\n=c", "a = b\n\n=c"},
    /* lists */
    {"* a\n* b\n** c\n# d\n# e\n## f\n# g", "- a\n- b\n  - c\n1. d\n2. e\n  1. f\n3. g"},
    {"# a\n\n# b", "1. a\n\n1. b"},
    {"# a\n#: more\n# b", "1. a\n  more\n2. b"},
    {"* \n* {{x}}\n* b", "- b"},
    {"; term : what\n: more", "term\nwhat\nmore"},
    {": a\n:: b", "a\nb"},
    /* links */
    {"[[Bus]]es [[A|b]]s [[a_b]]", "Buses bs a_b"},
    {"[[Foo (bar)|]] [[Help:Foo (bar)|]] [[Boston, Massachusetts|]]", "Foo Foo Boston"},
    {"[[:Category:X]] [[Category:X]]a", "Category:X a"},
    {"x [[File:a.png|thumb|see [[b]] and [[c|d]]]] y", "x y"},
    {"[[fr:Chat]][[de:Katze]]\ntext", "text"},
    {"[[:fr:Chat]]", "fr:Chat"},
    {"[[Media:a.ogg|listen]]", "listen"},
    {"[[#part|here]] [[#part]]", "here #part"},
    {"[[a|b", "[[a|b"},
    {"[[a|b [[c]] d]]", "[[a|b c d]]"},
    {"[[%41b]]", "Ab"},
    {"[http://x.org a b] [http://x.org] http://y.org [x]", "a b http://y.org [x]"},
    {"[//x.org label] [mailto:a@b.c mail]", "label mail"},
    {"[http://x.org see [[y]]]", "see y"},
    /* templates */
    {"a {{x|{{y|}}|z={{{1|}}}}} b", "a b"},
    {"a{{lang|fr|''chat''}}b {{lang-de|Katze}}", "achatb Katze"},
    {"{{nowrap|1 {{x}} 2}}", "1 2"},
    {"{{convert|3|km|mi}}; {{convert|3|to|5|km}}; {{convert|5|ft|11|in|m}}; {{cvt|2|-|3|m}}",
     "3 km; 3 to 5 km; 5 ft 11 in; 2–3 m"},
    {"{{quote|text=a=b}} {{quote|1=x}}", "a=b x"},
    {"{{chem|H|2|O}} {{frac|1|2}} {{frac|3}} {{frac|2|1|3}}", "H2O 1/2 1/3 2 1/3"},
    {"{{As of|2019}} {{as of|2012|6|lc=y}} {{as of|2012|June|30}}",
     "As of 2019 as of June 2012 As of 30 June 2012"},
    {"a{{mdash}}b{{snd}}c{{nbsp}}d ''E''{{'s}} {{linktext|f|g}}", "a—b – c d E's fg"},
    {"{{formatnum:1234}}", "1234"},
    {"a {{unclosed\n| b = c\n| d = e\ntext", "a\ntext"},
    {"a }} b", "a }} b"},
    {"{{{1|default}}} {{{2}}}x", "default x"},
    {"{{#if: a | b }}c", "c"},
    {"({{IPAc-en|x}}) ({{IPAc-en|x}}; born 1900) a {{x}}, b", "(born 1900) a, b"},
    {"word ({{IPAc-en|x}}) next", "word next"},
    {"Achilles (''Akhilleus'', {{IPAc-el|x}}) was; (A; {{x}}<ref>y</ref>), b",
     "Achilles (Akhilleus) was; (A), b"},
    {"x ([[A]], {{y}}), f(a, b)", "x (A), f(a, b)"},
    {"as {{IPA|/[[a|b]]/}}, {{IPA|en|/c/}}; 1998, {{ISBN|0-1}}. {{ill|A b|fr|C}} "
     "{{ill|D|fr|E|lt=F}}",
     "as /b/, /c/; 1998, ISBN 0-1. A b F"},
    {"{{flagu|Chad}}", "Chad"},
    {"10<sup>18</sup> n<sup>−1</sup> Na<sup>+</sup> 2<sup>n</sup> 19<sup>th</sup> a<sup>1 b",
     "10¹⁸ n⁻¹ Na⁺ 2ⁿ 19th a1 b"},
    {"{{val|6.241|e=18|u=C}} {{val|1.5|0.2}} {{val|1.5|(2)}} {{val|3|ul=m}}",
     "6.241 × 10^18 C 1.5 ± 0.2 1.5(2) 3 m"},
    {"* {{cite}}.\n* a", "- a"},
    {"main() ( ) x", "main() ( ) x"},
    /* tables */
    {"a\n{| class=x\n|-\n| b || c\n|}\nd", "a\nd"},
    {"a\n{|\n| x\n{|\n| y\n|}\n| z\n|}\nd", "a\nd"},
    {":{|\n| x\n|}\nd", "d"},
    {"a\n{|\n| x\n\n== H ==\nb", "a\n\nH\nb"},
    {"a <table><tr><td>x<table></table></td></tr></table> b", "a b"},
    {"{{start}}\n| x\n|-\n| y\n|}\ntext", "text"},
    {"{{a|\n{|\n| x\n|}\n}}b", "b"},
    {"{{a\n|b=c\n|}}d", "d"},
    /* tags, comments, entities */
    {"a<ref>b</ref> c<ref name=x/> d<ref name=\"y\">[[z]]</ref >.", "a c d."},
    {"a<!-- x --> b <!-- never closed", "a b"},
    {"a\n<!-- x -->\nb", "a\nb"},
    {"<nowiki>[[a]] ''b'' &amp; {{c}}</nowiki>", "[[a]] ''b'' & {{c}}"},
    {"<nowiki>* a</nowiki>", "* a"},
    {"<pre>\n a\n  ''b'' &lt;\n</pre>", " a\n  ''b'' <"},
    {"x<math>\n a^2 +\n b</math>y <chem>H2O</chem>", "x$a^2 + b$y $\\ce{H2O}$"},
    {"<syntaxhighlight lang=\"c\">\nint a;\n\n  a++;\n</syntaxhighlight>\nb",
     "int a;\n\n  a++;\nb"},
    {"<code>f()</code> <b>x</b><br />y<br>z <foo>q</foo>", "f() x\ny\nz <foo>q</foo>"},
    {"a<gallery>\nFile:x.png|cap\n</gallery>b<timeline>x</timeline>", "ab"},
    {"&lt;b&gt; &amp;nbsp; &amp;lt; &#65;&#x42; &eacute; &bogus; &", "<b> < AB é &bogus; &"},
    {"a&nbsp;b\xC2\xA0"
     "c",
     "a b c"},
    {"__NOTOC__ a __notoc__ __FOO__", "a __FOO__"},
    {"<ol><li>a</li><li>b</li></ol><ul><li>c</ul>", "1. a\n2. b\n- c"},
    {"<includeonly>x</includeonly><noinclude>y</noinclude>", "y"},
    {"<ref>a\nb", "a\nb"},
    /* space */
    {"a\n\n\n\nb  c\n", "a\n\nb c"},
    {"a\n----\nb", "a\nb"},
    {"-{zh-hans:a;zh-hant:b}-", "-{zh-hans:a;zh-hant:b}-"}, // no variants in English
    {"", ""},
};

static const struct golden chinese[] = {
    {"-{zh-hans:计算机;zh-hant:電腦}-", "计算机"},
    {"-{zh-cn:计算机; zh-tw:電腦; zh-hk:電腦;}-", "计算机"},
    {"-{zh-hant:電腦;zh-hans:计算机}-", "计算机"},
    {"-{zh-hans:A;zh-cn:B}-", "B"}, // the reader's own variant before its fallback
    {"-{zh-sg:A;zh-tw:B}-", "A"},
    {"-{A|zh-hans:计算机;zh-hant:電腦}-x", "计算机x"},
    {"a-{H|zh-hans:计算机;zh-hant:電腦}-b", "ab"},
    {"a-{T|zh-hans:计算机;zh-hant:電腦}-b", "ab"},
    {"a-{-|zh-hans:计算机;zh-hant:電腦}-b", "ab"},
    {"-{R|zh-hans:a;zh-hant:b}-", "zh-hans:a;zh-hant:b"},
    {"-{乾隆}-皇帝 -{ 云 }-", "乾隆皇帝 云"},
    {"-{zh-hans:a-{zh-cn:b;zh-tw:c}-d;zh-hant:e}-", "abd"},
    {"-{巨集=>zh-cn:宏;}-", "宏"},
    {"-{zh-hans:[[a|x;y]];zh-hant:z}-", "x;y"},
    {"-{zh-hans:a&nbsp;b; c;zh-hant:d}-", "a b; c"},
    {"-{zh-Hant-TW:電腦;zh-Hans-CN:计算机}-", "计算机"},
    {"-{zh-tw:只有}-", "只有"},
    {"-{zh|甲}-", "甲"},
    {"[[电脑|-{zh-hans:计算机;zh-hant:電腦}-]]们", "计算机们"},
    {"-{{{x}}}- -{", "-- -{"},
    {"[[文件:a.jpg|thumb|说明]][[Category:x]][[分类:y]][[檔案:b.png]]字", "字"},
    {"{{lang-en|Beijing}}、{{le|本地|English}}、{{link-en|本地|English|显示}}、"
     "{{tsl|en|English|本地}}",
     "Beijing、本地、显示、本地"},
    {"甲（{{bd|1893年|12月26日|1976年|9月9日|catIdx=M}}）", "甲（1893年12月26日－1976年9月9日）"},
    {"北京（{{x}}）市（{{x}}，旧称）", "北京市（旧称）"},
    {"[[北京 (市)|]][[东京（都）|]]", "北京东京"},
    {"__无目录__字", "字"},
    {"[[北京]]city", "北京city"},
};

static struct weir_span render(const struct wiki_site *site, const char *p, size_t n)
{
    struct weir_err err = {0};
    const int rc = wikitext_render(w, site, weir_span(p, n), 1, &err);
    if (rc)
        printf("%s\n", err.msg);
    assert(!rc);
    return wikitext_text(w);
}

static int check(const struct wiki_site *site, const struct golden *g, size_t n)
{
    int bad = 0;
    for (size_t i = 0; i < n; i++) {
        const struct weir_span t = render(site, g[i].in, strlen(g[i].in));
        if (t.n == strlen(g[i].out) && (!t.n || !memcmp(t.p, g[i].out, t.n)))
            continue;
        printf("wikitext  %s\nexpected  %s\ngot       %.*s\n\n", g[i].in, g[i].out, (int)t.n, t.p);
        bad++;
    }
    return bad;
}

/* Links as "text>target@at", one after another. */
static void links_are(const struct wiki_site *site, const char *in, const char *out)
{
    char got[2000] = "";
    size_t n, at = 0;
    const struct weir_span t = render(site, in, strlen(in));
    const struct wikitext_link *l = wikitext_links(w, &n);
    for (size_t i = 0; i < n; i++) {
        const struct weir_span to = wikitext_target(w, &l[i]);
        at += (size_t)snprintf(got + at, sizeof got - at, "%.*s>%.*s@%zu ", (int)l[i].n,
                               t.p + l[i].at, (int)to.n, to.p, l[i].at);
    }
    if (strcmp(got, out))
        printf("%s\nexpected %s\ngot      %s\n", in, out, got);
    assert(!strcmp(got, out));
}

static void test_links(void)
{
    links_are(&en, "A [[bus]]es, [[foo_bar#x|''Foo'' ]].", "buses>Bus@2 Foo>Foo bar@9 ");
    links_are(&en, "== [[a]] ==\n* [[b&amp;c]]\n", "a>A@0 b&c>B&c@4 ");
    links_are(&en, "[[x|{{y}}]] [[#s|t]] [[é]] [[help: z|w]] [[:Category:c|d]]",
              "é>É@2 w>Help:Z@5 d>Category:C@7 ");
    links_are(&en, "'''''l'''L [[a]]''", "a>A@3 ");
    links_are(&en, "== E ==\n[[File:x|[[q]]]]\n== [[H]] ==\nx [[y]]", "H>H@0 y>Y@4 ");
    links_are(&zh, "[[北京]]s [[b|-{zh-cn:甲;zh-tw:乙}-]]", "北京>北京@0 甲>B@8 ");
    links_are(&en, "[[<b>]] [[a\nb]] [[http://x.org y]] [[media:a|b]]", "");
}

static void test_subject(void)
{
    const char *s = "{{x}}\nThe '''''Foo'' bar''' is '''not'''.";
    const struct weir_span t = render(&en, s, strlen(s));
    const struct wikitext_range r = wikitext_subject(w);
    assert(r.n == 7 && !memcmp(t.p + r.at, "Foo bar", 7));
}

/* Time must grow with the length: what nests, repeated, closed or not. */
static void test_linear(void)
{
    static const char *const parts[] = {
        "{",          "{{",       "{{a|",
        "[[",         "[[a|",     "[[a|[[",
        "-{",         "-{a;",     "<b ",
        "<ref ",      "<ref>",    "<!--",
        "[http://a ", "{|\n",     "\n{|",
        "'",          "''",       "'''a ",
        "'''' ''",    "&amp;",    "&#x",
        "__",         "\n*",      "\n#",
        "\n= ",       "\n=a=",    "}}",
        "]]",         "}-",       "{{lang|",
        "{{lang|a|",  "[[a|{{b|", "-{zh-cn:",
        "-{zh-cn:a;", "<nowiki>", "<math",
        "</ref>",     "<table>",  "[[http://",
        "[[File:a|",  ";a:",      "({{x}}; ",
        "{{{",        "}}}",      "{{x}}(",
        "\n|}",       "<br><br>", "<li>",
        "<ol>",       "=>zh-cn:", "-{a=>",
        "[//",        " \n \n",   "{{convert|1|{{",
        "%41",        "[[%41",    "\n\n==a==\n===b===\n",
    };
    static const char *const closers[] = {"", "}}", "]]", "}-", "]", "-->", "</ref>", "\n|}"};
    const size_t size = 1 << 18;
    char *s = malloc(size + 16);
    assert(s);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const size_t k = strlen(parts[i]);
        for (size_t c = 0; c < sizeof closers / sizeof *closers; c++) {
            size_t n = 0;
            const size_t half = c ? size / 2 : size;
            for (; n + k <= half; n += k)
                memcpy(s + n, parts[i], k);
            for (const size_t m = strlen(closers[c]); c && n + m <= size; n += m)
                memcpy(s + n, closers[c], m);
            const clock_t start = clock();
            render(c & 1 ? &en : &zh, s, n);
            const double sec = (double)(clock() - start) / CLOCKS_PER_SEC;
            if (sec > 1)
                printf("%s … %s: %.1f s\n", parts[i], closers[c], sec);
            assert(sec < 2);
        }
    }
    free(s);
}

int main(void)
{
    struct weir_err err = {0};
    setvbuf(stdout, NULL, _IONBF, 0);
    w = wikitext_new(&err);
    assert(w && !wiki_site_init(&en, "en", &err) && !wiki_site_init(&zh, "zh", &err));
    int bad = check(&en, english, sizeof english / sizeof *english);
    bad += check(&zh, chinese, sizeof chinese / sizeof *chinese);
    assert(!bad);
    test_links();
    test_subject();
    test_linear();
    wikitext_free(w);
    wiki_site_free(&en);
    wiki_site_free(&zh);
    return 0;
}
