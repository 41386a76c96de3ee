/* JSON objects and documents: members with their places, what is refused, splicing. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json_plain.h"
#include "weir/doc.h"
#include "weir/utf8.h"

static weir_json *j;
static struct weir_buf line;

static int parse(const char *s, size_t n, struct weir_field **f, size_t *n_f, struct weir_err *err)
{
    weir_buf_reset(&line, 1 << 20);
    weir_buf_add(&line, s, n);
    memset(err, 0, sizeof *err);
    return weir_json_object(j, line.p, line.n, f, n_f, err);
}

static void members(void)
{
    static const char s[] =
        " {\"a\" : \"x\\\"y\\u4e2d\\n\" ,\"b\":[1,{\"c\":\"]}\"}, null], \"n\":-1.5e3,"
        "\"o\" :{ \"k\":\"\\\\\" } ,\"t\":true,\"z\":null ,\"a\":\"last\\\\\"} ";
    struct weir_err err;
    struct weir_field *f;
    size_t n;
    assert(!parse(s, sizeof s - 1, &f, &n, &err) && n == 7);
    assert(weir_span_is(f[0].key, "a") && weir_span_is(f[0].str, "x\"y中\n"));
    assert(weir_span_is(f[0].raw, "\"x\\\"y\\u4e2d\\n\""));
    assert(weir_span_is(f[1].raw, "[1,{\"c\":\"]}\"}, null]") && f[1].type == WEIR_JSON_ARRAY);
    assert(weir_span_is(f[2].raw, "-1.5e3") && f[2].type == WEIR_JSON_NUMBER);
    assert(weir_span_is(f[3].raw, "{ \"k\":\"\\\\\" }") && f[3].type == WEIR_JSON_OBJECT);
    assert(weir_span_is(f[4].raw, "true") && f[4].type == WEIR_JSON_BOOL);
    assert(weir_span_is(f[5].raw, "null") && f[5].type == WEIR_JSON_NULL);
    assert(weir_span_is(weir_json_find(f, n, "a")->str, "last\\"));
    assert(!weir_json_find(f, n, "b2"));
    assert(!parse("{}", 2, &f, &n, &err) && n == 0);
    assert(!parse("{\"a\":\"x\\u0000y\"}", 16, &f, &n, &err));
    assert(weir_span_eq(f[0].str, weir_span("x\0y", 3)));
}

static void refused(void)
{
    static const char *const bad[] = {
        "",
        "{",
        "}",
        "[]",
        "1",
        "null",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1}{",
        "{\"a\":1} x",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":tru}",
        "{\"a\":\"x}",
        "{\"a\":\"\x01\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":[1,}",
        "{\"a\":\"\xFF\"}",
        "{\"a\":\"\xED\xA0\x80\"}",
        "{\"a\":NaN}",
    };
    struct weir_err err;
    struct weir_field *f;
    size_t n;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert(parse(bad[i], strlen(bad[i]), &f, &n, &err) == WEIR_EBAD);
        assert(err.msg[0]);
    }
    parse("{\"a\":\"\xFF\"}", 8, &f, &n, &err);
    assert(!strcmp(err.msg, "invalid UTF-8 at byte 7 of the line"));
    struct weir_buf deep = {0};
    weir_buf_adds(&deep, "{\"a\":");
    for (int i = 0; i < 100000; i++)
        weir_buf_addc(&deep, '[');
    assert(parse(deep.p, deep.n, &f, &n, &err) == WEIR_EBAD);
    weir_buf_free(&deep);
}

static void numbers(void)
{
    struct weir_err err;
    struct weir_field *f;
    size_t n;
    uint64_t v;
    static const char s[] = "{\"a\":18446744073709551615,\"b\":0,\"c\":-1,\"d\":1.0,\"e\":\"1\"}";
    assert(!parse(s, sizeof s - 1, &f, &n, &err));
    assert(!weir_json_u64(weir_json_find(f, n, "a"), &v) && v == UINT64_MAX);
    assert(!weir_json_u64(weir_json_find(f, n, "b"), &v) && v == 0);
    assert(weir_json_u64(weir_json_find(f, n, "c"), &v));
    assert(weir_json_u64(weir_json_find(f, n, "d"), &v));
    assert(weir_json_u64(weir_json_find(f, n, "e"), &v));
    assert(weir_json_u64(NULL, &v));
}

static void doc_is(const char *in, const char *key, const char *value, const char *want)
{
    struct weir_err err = {0};
    struct weir_doc d;
    struct weir_buf b = {0};
    weir_buf_reset(&line, 1 << 20);
    weir_buf_adds(&line, in);
    assert(!weir_doc_parse(j, weir_buf_span(&line), &d, &err));
    weir_doc_with(&b, &d, key, weir_span(value, strlen(value)));
    assert(weir_span_is(weir_buf_span(&b), want));
    weir_buf_free(&b);
}

/* Hostile: a list of members takes far more room than they do. */
static void many_members(void)
{
    struct weir_err err = {0};
    struct weir_field *f;
    size_t n_f;
    for (int n = 65536; n <= 65537; n++) {
        line.n = 0;
        for (int i = 0; i < n; i++)
            weir_buf_adds(&line, i ? ",\"\":1" : "{\"\":1");
        weir_buf_addc(&line, '}');
        const int rc = weir_json_object(j, line.p, line.n, &f, &n_f, &err);
        assert(rc == (n > 65536 ? WEIR_EBAD : 0) && (rc || n_f == 65536));
    }
    assert(!strcmp(err.msg, "an object of more than 65536 members"));
}

static void documents(void)
{
    struct weir_err err = {0};
    struct weir_doc d;
    weir_buf_reset(&line, 1 << 20);
    weir_buf_adds(&line, "{\"id\":\"1\",\"text\":\"t\",\"title\":null,\"origin\":{\"offset\":3}}");
    assert(!weir_doc_parse(j, weir_buf_span(&line), &d, &err));
    assert(weir_span_is(d.id, "1") && weir_span_is(d.text, "t") && !d.title.p && !d.lang.p);
    assert(weir_span_is(d.origin, "{\"offset\":3}"));
    line.n = 0;
    weir_buf_adds(&line, "{\"id\":1,\"text\":\"t\"}");
    assert(weir_doc_parse(j, weir_buf_span(&line), &d, &err) == WEIR_EBAD);
    assert(!strcmp(err.msg, "field \"id\" is not a string"));
    line.n = 0;
    err.code = 0;
    weir_buf_adds(&line, "{\"id\":\"1\"}");
    assert(weir_doc_parse(j, weir_buf_span(&line), &d, &err) == WEIR_EBAD);
    assert(!strcmp(err.msg, "no field \"text\""));
    doc_is("{\"text\": \"a\" , \"x\":1}", "text", "\"b\"", "{\"text\": \"b\" , \"x\":1}");
    doc_is("{\"text\":\"a\"} ", "y", "2", "{\"text\":\"a\",\"y\":2}");
    doc_is("{\"text\":\"a\",\"x\":1,\"x\":2}", "x", "3", "{\"text\":\"a\",\"x\":1,\"x\":3}");
}

static uint32_t seed = 1;

static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)seed * n >> 32);
}

static void add_text(struct weir_buf *b)
{
    static const char *const parts[] = {
        "\\n",     "\\\\",    "\\\"", "\\/", "\\b\\f\\r\\t", "\\u4e2d",        "\\uD83D\\uDE00",
        "\\u0000", "x",       "中",   "。",  "word",         "字字字字字字字", "🀄",
        "é",       "\\\\\\\\"};
    const uint32_t n = draw(8) ? draw(20) : draw(200), kinds = draw(2) ? 16 : 2;
    weir_buf_addc(b, '"');
    for (uint32_t i = 0; i < n; i++)
        weir_buf_adds(b, parts[draw(4) ? 8 + draw(8) : draw(kinds)]);
    weir_buf_addc(b, '"');
}

static void add_blanks(struct weir_buf *b)
{
    for (uint32_t n = draw(4) ? 0 : draw(4); n; n--)
        weir_buf_addc(b, " \t\n\r"[draw(4)]);
}

static void add_value(struct weir_buf *b, int depth)
{
    static const char *const simple[] = {"true",
                                         "false",
                                         "null",
                                         "0",
                                         "-1",
                                         "12.50",
                                         "[]",
                                         "{}",
                                         "1e5",
                                         "-0.0e1",
                                         "123456789012345678",
                                         "9007199254740993.5"};
    const uint32_t kind = depth > 3 ? draw(6) : draw(8);
    add_blanks(b);
    if (kind < 3) {
        add_text(b);
    } else if (kind < 6) {
        weir_buf_adds(b, simple[draw(draw(4) ? 8 : 12)]);
    } else {
        weir_buf_addc(b, kind == 6 ? '[' : '{');
        for (uint32_t i = 0, n = draw(4); i < n; i++) {
            if (i)
                weir_buf_addc(b, ',');
            add_blanks(b);
            if (kind == 7) {
                add_text(b);
                add_blanks(b);
                weir_buf_addc(b, ':');
            }
            add_value(b, depth + 1);
        }
        weir_buf_addc(b, kind == 6 ? ']' : '}');
    }
    add_blanks(b);
}

static void add_object(struct weir_buf *b)
{
    weir_buf_addc(b, '{');
    for (uint32_t i = 0, n = draw(6); i < n; i++) {
        if (i)
            weir_buf_addc(b, ',');
        add_blanks(b);
        add_text(b);
        add_blanks(b);
        weir_buf_addc(b, ':');
        add_value(b, 0);
    }
    weir_buf_addc(b, '}');
    add_blanks(b);
}

static void spoil(struct weir_buf *b)
{
    for (uint32_t n = 1 + draw(2); n && b->n; n--) {
        const size_t at = draw((uint32_t)b->n);
        if (!draw(8))
            b->n = at;
        else
            b->p[at] = draw(2) ? "\"\\{}[],:0 un\n\1\x80.-e"[draw(18)] : (char)draw(256);
    }
}

/* What is read at once is what the parser reads; returns whether it was. */
static int same_as_parsed(struct json_plain *plain)
{
    struct weir_err err = {0};
    struct weir_field *f;
    size_t n;
    if (!json_plain_object(plain, line.p, line.n))
        return 0;
    assert(!json_object_parsed(j, line.p, line.n, &f, &n, &err) && n == plain->n_f);
    for (size_t i = 0; i < n; i++) {
        const struct weir_field *a = &f[i], *b = &plain->f[i];
        assert(a->type == b->type && weir_span_eq(a->key, b->key));
        assert(a->raw.p == b->raw.p && a->raw.n == b->raw.n);
        assert(!a->str.p == !b->str.p && weir_span_eq(a->str, b->str));
    }
    return 1;
}

static void plain_is_parsed(void)
{
    struct json_plain wide = {0}, narrow = {.narrow = 1};
    enum { ROUNDS = 60000 };
    size_t n_read = 0, n_broken = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct weir_buf made = {0}; // of its own size: a read behind the padding shows
        line.n = 0;
        add_object(&made);
        if (round % 2)
            spoil(&made);
        weir_buf_free(&line);
        weir_buf_add(&line, made.p, made.n);
        weir_buf_reserve(&line, 0);
        const int read = same_as_parsed(&wide);
        assert(same_as_parsed(&narrow) == read);
        n_read += (size_t)read;
        n_broken += (size_t)(round % 2 && !read);
        weir_buf_free(&made);
    }
    assert(n_read > ROUNDS / 3 && n_broken > ROUNDS / 5);
    json_plain_free(&wide);
    json_plain_free(&narrow);
}

/* What has its own text in json_plain.h is read, or left to the parser. */
static void plain_limits(void)
{
    static const struct {
        const char *s;
        int read;
    } cases[] = {{" {\"a\" : \"x\\u4E2D\\n\" } ", 1},
                 {"{\"a\":123456789012345678}", 1},
                 {"{\"a\":1234567890123456789}", 0},
                 {"{\"a\":1e1}", 0},
                 {"{\"a\":1.}", 0},
                 {"{\"a\":-}", 0},
                 {"{\"a\":01}", 0},
                 {"{\"a\":\"\\ud83d\"}", 0},
                 {"{\"a\":\"\\ude00\"}", 0},
                 {"{\"a\":\"\\ud83dx\"}", 0},
                 {"{\"a\":\"\\ud83d\\ud83d\"}", 0},
                 {"{\"a\":\"\\ud83d\\ue000\"}", 0},
                 {"{\"a\":\"\\ud83d\\udfff\"}", 1},
                 {"{\"a\":\"\\u12\"}", 0},
                 {"{\"a\":\"\xE4\xB8\"}", 0},
                 {"{\"a\":truest}", 0},
                 {"{\"a\":1}1", 0},
                 {"[]", 0},
                 {"", 0}};
    struct json_plain plain = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        line.n = 0;
        weir_buf_adds(&line, cases[i].s);
        weir_buf_reserve(&line, 1);
        assert(same_as_parsed(&plain) == cases[i].read);
    }
    for (int depth = JSON_PLAIN_DEPTH - 2; depth < JSON_PLAIN_DEPTH + 2; depth++) {
        line.n = 0;
        weir_buf_adds(&line, "{\"a\":");
        for (int i = 0; i < depth; i++)
            weir_buf_addc(&line, '[');
        for (int i = 0; i < depth; i++)
            weir_buf_addc(&line, ']');
        weir_buf_addc(&line, '}');
        assert(same_as_parsed(&plain) == (depth < JSON_PLAIN_DEPTH));
    }
    json_plain_free(&plain);
}

int main(void)
{
    struct weir_err err = {0};
    j = weir_json_new(&err);
    assert(j);
    members();
    refused();
    numbers();
    documents();
    many_members();
    plain_limits();
    plain_is_parsed();
    weir_json_free(j);
    weir_buf_free(&line);
    return 0;
}
