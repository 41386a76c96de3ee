/* Framing and parsing of dump rows. */
#include "ingest/stackexchange_rows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lists "offset:line:bytes:what\n"; returns the last code and the message in err. */
static int list(const char *xml, uint64_t max_row, struct weir_buf *out, struct weir_err *err)
{
    struct window w = {0};
    struct rows rows;
    struct row row;
    int got;
    weir_io *io = weir_io_open_mem(xml, strlen(xml), err);
    assert(io);
    out->n = 0;
    window_start(&w, io, "input");
    rows_start(&rows, &w, max_row);
    while ((got = rows_next(&rows, &row, err)) > 0) {
        assert(row.too_long || !memcmp(xml + row.offset, row.raw.p, row.length));
        weir_buf_addf(out, "%llu:%llu:%llu:%s\n", (unsigned long long)row.offset,
                      (unsigned long long)row.line, (unsigned long long)row.length,
                      row.too_long ? "too long" : "row");
    }
    window_free(&w);
    weir_io_abort(io);
    return got;
}

static void frame(const char *xml, uint64_t max_row, const char *want)
{
    struct weir_err err = {0};
    struct weir_buf out = {0};
    const int got = list(xml, max_row, &out, &err);
    if (got || !weir_span_is(weir_buf_span(&out), want)) {
        fprintf(stderr, "%s\ngot %d %s\n%.*swant\n%s", xml, got, err.msg, (int)out.n, out.p, want);
        abort();
    }
    weir_buf_free(&out);
}

static void refuse(const char *xml, const char *why)
{
    struct weir_err err = {0};
    struct weir_buf out = {0};
    assert(list(xml, 1000, &out, &err) == WEIR_EBAD);
    if (!strstr(err.msg, why)) {
        fprintf(stderr, "%s\ngot %s, want %s\n", xml, err.msg, why);
        abort();
    }
    weir_buf_free(&out);
}

static void framing(void)
{
    frame("<posts></posts>", 1000, "");
    frame("", 1000, "");
    frame("\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<posts>\n  <row Id=\"1\" />\n  <row Id='2'/>\n"
          "</posts>\n",
          1000, "35:3:14:row\n52:4:13:row\n");
    frame("<posts><row a=\">/>\" b='\">'/><!-- <row/> --><row\n/></posts>", 1000,
          "7:1:21:row\n43:1:7:row\n");
    frame("<posts><row Id=\"1\"></row></posts>", 1000, "7:1:18:row\n");
}

/* What is no row is framed by the next one; the parser refuses it. */
static void broken(void)
{
    frame("<posts><row a=\"x<b\" />\n<row Id=\"2\"/></posts>", 1000, "7:1:15:row\n23:2:13:row\n");
    frame("<posts><row a=\"x />\n<row Id=\"2\"/></posts>", 1000, "7:1:12:row\n20:2:13:row\n");
    frame("<posts><row Id=\"1\" >\n<row Id=\"2\"/></posts>", 1000, "7:1:13:row\n21:2:13:row\n");
    frame("<posts><row Body=\"0123456789\"/><row/></posts>", 20, "7:1:24:too long\n31:1:6:row\n");
}

static void truncated(void)
{
    refuse("<posts><row Id=\"1\"/>", "truncated");
    refuse("<posts><row Id=\"1\"", "truncated");
    refuse("<posts>", "truncated");
    refuse("<post", "no <posts>");
    refuse("<users><row/></users>", "no <posts>");
    refuse("hello", "no <posts>");
    refuse("<!DOCTYPE x [<!ENTITY a \"b\">]><posts></posts>", "no <posts>");
    refuse("<posts>text</posts>", "neither a row");
    refuse("<posts><rows/></posts>", "neither a row");
    refuse("<posts></posts><row/>", "no <posts>");
    refuse("<posts><!-- no end", "does not end");
}

static void parse(const char *row, int want, const char *why)
{
    struct weir_err err = {0};
    struct post post;
    post_parser *p = post_parser_new(&err);
    struct post scanned;
    struct weir_err scan_err = {0};
    const int rc = post_parse(p, weir_span(row, strlen(row)), &post, &err);
    if (rc != want || (why && !strstr(err.msg, why))) {
        fprintf(stderr, "%s: %d %s\n", row, rc, err.msg);
        abort();
    }
    /* The quick look finds the same in every row that is one. */
    if (!rc) {
        assert(!post_scan(weir_span(row, strlen(row)), &scanned, &scan_err));
        assert(scanned.id == post.id && scanned.type == post.type && scanned.score == post.score);
        assert(scanned.parent == post.parent && scanned.deleted == post.deleted);
    }
    post_parser_free(p);
}

static void scan(const char *row, int want, const char *why)
{
    struct weir_err err = {0};
    struct post post;
    assert(post_scan(weir_span(row, strlen(row)), &post, &err) == want);
    assert(!why || strstr(err.msg, why));
    assert(want || (post.id == 5 && post.type == 2 && post.parent == 4 && post.score == -3));
}

static void quick_look(void)
{
    scan("<row Id=\"5\" PostTypeId='2'  ParentId = \"4\"\nScore=\"-3\" Body=\"Id='9' />\"/>", 0,
         NULL);
    scan("<row Id=\"5\" PostTypeId=\"2\" ParentId=\"4\" Score=\"-3\"></row>", 0, NULL);
    scan("<row/>", WEIR_EBAD, "without Id");
    scan("<row Id=\"0\"/>", WEIR_EBAD, "without Id");
    scan("<row Id=\"\"/>", WEIR_EBAD, "Id is no number");
    scan("<row Id=\"-\"/>", WEIR_EBAD, "Id is no number");
    scan("<row Id=\"281474976710656\"/>", WEIR_EBAD, "above 2^48");
    scan("<row Id=\"5/>", WEIR_EBAD, "malformed");
    scan("<row Id", WEIR_EBAD, "malformed");
    scan("<row Id=", WEIR_EBAD, "malformed");
    scan("<row Id= 5", WEIR_EBAD, "malformed");
}

static void content(void)
{
    struct weir_err err = {0};
    struct post q;
    post_parser *p = post_parser_new(&err);
    assert(!post_parse(p,
                       WEIR_LIT("<row Id=\"7\" PostTypeId=\"1\" AcceptedAnswerId='9' Score=\"-4\" "
                                "Title=\"a &amp;lt; b\" Body=\"x&#xA;y\" Tags=\"\" Odd=\"z\"/>"),
                       &q, &err));
    assert(q.id == 7 && q.type == POST_QUESTION && q.accepted == 9 && q.score == -4);
    assert(q.parent == 0 && !q.deleted);
    assert(weir_span_is(q.title, "a &lt; b") && weir_span_is(q.body, "x\ny"));
    assert(q.tags.p && !q.tags.n && !q.license.p);
    assert(
        !post_parse(p, WEIR_LIT("<row Id=\"8\" PostTypeId=\"2\" DeletionDate=\"x\"/>"), &q, &err));
    assert(q.id == 8 && q.deleted && !q.title.p && !q.body.p);
    post_parser_free(p);
    parse("<row Id=\"1\" PostTypeId=\"1\"/>", 0, NULL);
    parse("<row PostTypeId=\"1\"/>", WEIR_EBAD, "without Id");
    parse("<row Id=\"x\"/>", WEIR_EBAD, "Id is no number");
    parse("<row Id=\"1\" Score=\"99999999999999999999\"/>", WEIR_EBAD, "Score is no number");
    parse("<row Id=\"1\" Id=\"2\"/>", WEIR_EBAD, "duplicate attribute");
    parse("<row Id=\"1\" Body=\"&lol;\"/>", WEIR_EBAD, "undefined entity");
    parse("<row Id=\"1\" Body=\"\xFF\"/>", WEIR_EBAD, "invalid token");
    parse("<row Id=\"1\" Body=\"&#0;\"/>", WEIR_EBAD, NULL);
    parse("<row Id=\"1\"/><row/>", WEIR_EBAD, "junk");
    parse("<row Id=\"1\"></row>", 0, NULL);
    parse("<row Id=\"1\">", WEIR_EBAD, "no element found");
    parse("<row Id=\"1<2\"/>", WEIR_EBAD, "not well-formed");
    parse("", WEIR_EBAD, NULL);
}

int main(void)
{
    framing();
    broken();
    truncated();
    quick_look();
    content();
    return 0;
}
