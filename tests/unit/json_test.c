/* JSON objects and documents: members with their places, what is refused, splicing. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "weir/doc.h"

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
    weir_json_free(j);
    weir_buf_free(&line);
    return 0;
}
