/* HTML of posts as text. */
#include "ingest/ingest_html.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const cases[][2] = {
    {"", ""},
    {"plain", "plain"},
    {"<p>One\n two</p>\n\n<p>Three</p>\n", "One two\n\nThree"},
    {"<p>a <b>bold</b>, <i>x</i>y</p>", "a bold, xy"},
    {"a<br>b<br/>\nc", "a\nb\nc"},
    {"<p>x</p><pre><code>if (a &lt; b)\n    c();\n\n\nd\n</code></pre><p>y</p>",
     "x\n\nif (a < b)\n    c();\n\n\nd\n\ny"},
    {"<ul><li>one</li><li>two</li></ul><p>x</p>", "- one\n- two\n\nx"},
    {"<ol>\n<li><p>one</p></li>\n<li><p>two</p></li>\n</ol>", "1. one\n\n2. two"},
    {"<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"},
    {"<ul><li>a<li>b</ul>", "- a\n- b"},
    {"<ul><li><li>b</ul>x", "- \n- b\n\nx"},
    {"<ol><li>a<pre><code>  x\n</code></pre></li><li>b</li></ol>", "1. a\n\n  x\n\n2. b"},
    {"<a href=\"http://x.y/?a=1>2\">text</a>!", "text!"},
    {"<img src='a>b' alt=\"no\">x", "x"},
    {"10<sup>5</sup> H<sub>2</sub>O", "10^5 H2O"},
    {"a &lt; b &amp;&amp; c &gt; d &quot;e&quot; &#39;f&#39;", "a < b && c > d \"e\" 'f'"},
    {"&hellip;&#8230;&#x2026;&eacute;&Eacute;&frac12;", "………éÉ½"},
    {"&#146;&#0;&#xD800;&#1114112;", "\xE2\x80\x99\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    {"AT&T &nosuch; &; &# &#x; &amp", "AT&T &nosuch; &; &# &#x; &amp"},
    {"1 < 2 and 3 <4 <", "1 < 2 and 3 <4 <"},
    {"a <b never closed", "a <b never closed"},
    {"<!-- gone -->x<!-- never closed", "x<!-- never closed"},
    {"<script>if (a < b) x('</p>');</script>y", "y"},
    {"<style>p { }</style>z<script>open", "z"},
    {"<blockquote><p>quoted</p></blockquote><p>not</p>", "quoted\n\nnot"},
    {"<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a b\n1 2"},
    {"</pre></ul></li>x", "x"},
    {"<P>upper</P><PRE>\nkept  spaces\n</PRE>", "upper\n\nkept  spaces"},
    {"  \n <p> </p> lead", "lead"},
};

static void compare(const char *html, size_t n, const char *want)
{
    struct weir_buf b = {0};
    weir_buf_adds(&b, "before|"); // what stands in the buffer is left alone
    html_to_text(weir_span(html, n), &b);
    if (!weir_span_is(weir_span(b.p + 7, b.n - 7), want)) {
        fprintf(stderr, "%.*s\n got [%.*s]\nwant [%s]\n", (int)n, html, (int)(b.n - 7), b.p + 7,
                want);
        abort();
    }
    weir_buf_free(&b);
}

/* Two million bytes of what invites quadratic time. */
static void hostile(const char *piece)
{
    const size_t n = 2000000 / strlen(piece) * strlen(piece);
    char *html = malloc(n);
    struct weir_buf b = {0};
    for (size_t i = 0; i < n; i++)
        html[i] = piece[i % strlen(piece)];
    html_to_text(weir_span(html, n), &b);
    assert(!b.failed);
    weir_buf_free(&b);
    free(html);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        compare(cases[i][0], strlen(cases[i][0]), cases[i][1]);
    hostile("<a");
    hostile("<!--");
    hostile("<a '>");
    hostile("<a \"'>");
    hostile("<script>");
    hostile("&#");
    hostile("&amp");
    hostile("</");
    assert(html_entity(WEIR_LIT("amp")) == '&');
    assert(html_entity(WEIR_LIT("am")) == 0);
    assert(html_entity(WEIR_LIT("ampx")) == 0);
    assert(html_entity(WEIR_LIT("thetasym")) == 0x3D1);
    assert(html_entity(WEIR_LIT("Theta")) == 0x398);
    assert(html_entity(WEIR_LIT("theta")) == 0x3B8);
    assert(html_entity(WEIR_LIT("")) == 0);
    return 0;
}
