/* Framing: exact byte ranges over any border of the buffer, all of the input accounted for, and
 * errors for what is cut off. */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/frame.h"
#include "ingest/window.h"

struct frame_test {
    struct weir_batch b;
    struct weir_err err;
    uint64_t framing, bytes;
    int rc;
};

static struct weir_ingest_opt opt;
static uint64_t max_record = 1 << 20;

static struct frame_test frame(struct weir_span text, unsigned forms)
{
    struct frame_test t = {0};
    struct weir_job job;
    struct weir_buf raw = {0};
    void *reader = NULL;
    weir_job_init(&job, "test");
    job.max_record = max_record;
    weir_buf_add(&raw, text.p, text.n);
    job.in = weir_io_open_mem(raw.p ? raw.p : "", raw.n, &t.err);
    struct ingest in = {
        .opt = &opt, .job = &job, .keep = max_record, .inputs = weir_inputs_open(&job, &t.err)};
    assert(in.inputs && !ingest_frame_open(&in, forms, &reader, &t.err));
    while ((t.rc = ingest_frame_next(reader, &t.b, &t.err)) > 0) {
        const struct weir_rec *r = &t.b.rec[t.b.n_rec - 1];
        t.bytes += r->length;
        t.framing += r->framing;
        assert(r->offset + r->length <= text.n);
        assert(r->fate == WEIR_BAD ||
               !memcmp(t.b.raw.p + r->raw_at, text.p + r->offset, r->length));
        size_t line = 1;
        for (size_t i = 0; i < r->offset; i++)
            line += text.p[i] == '\n';
        assert(r->line == line);
    }
    t.framing += ingest_frame_tail(reader);
    if (!t.rc)
        assert(t.framing + t.bytes == text.n);
    ingest_frame_close(reader);
    weir_inputs_close(in.inputs);
    weir_job_free(&job);
    weir_buf_free(&raw);
    return t;
}

static void done(struct frame_test *t)
{
    weir_buf_free(&t->b.raw);
    weir_buf_free(&t->b.aux);
    free(t->b.rec);
}

/* The records of text, joined by "|". */
static void gives(const char *text, unsigned forms, const char *expected)
{
    struct frame_test t = frame(weir_span(text, strlen(text)), forms);
    struct weir_buf got = {0};
    for (size_t i = 0; i < t.b.n_rec; i++) {
        weir_buf_adds(&got, i ? "|" : "");
        weir_buf_add(&got, t.b.raw.p + t.b.rec[i].raw_at, t.b.rec[i].raw_n);
    }
    if (t.rc || !weir_span_is(weir_buf_span(&got), expected))
        printf("%s\n gives %.*s %s\n", text, (int)got.n, got.p, t.err.msg);
    assert(!t.rc && weir_span_is(weir_buf_span(&got), expected));
    weir_buf_free(&got);
    done(&t);
}

static void fails(const char *text, unsigned forms, const char *why)
{
    struct frame_test t = frame(weir_span(text, strlen(text)), forms);
    if (!strstr(t.err.msg, why))
        printf("%s\n: %s\n", text, t.err.msg);
    assert(t.rc == WEIR_EBAD && strstr(t.err.msg, why));
    done(&t);
}

#define JSON (INGEST_ARRAY | INGEST_LINES)

static void test_forms(void)
{
    gives("[]", JSON, "");
    gives("", JSON, "");
    gives(" \r\n\t", JSON, "");
    gives(" [ {\"a\": 1} ,\r\n{\"b\":[{},\"]\"]}\n]\n", JSON, "{\"a\": 1}|{\"b\":[{},\"]\"]}");
    gives("[{\"a\":\"}],\\\"{\\\\\"},{\"\\\\\":\"\\u007d\"}]", JSON,
          "{\"a\":\"}],\\\"{\\\\\"}|{\"\\\\\":\"\\u007d\"}");
    gives("[{\"a\":1}]\n[{\"a\":2}][]", JSON, "{\"a\":1}|{\"a\":2}");
    gives("[1, \"x,]\" ,null\n,[2,[3]]]", JSON, "1|\"x,]\"|null|[2,[3]]");
    gives("\xEF\xBB\xBF[{}]", JSON, "{}");
    gives("\xEF\xBB\xBF{}\r\n\n  {\"a\":1} \n{\"b\":2}", JSON, "{}|{\"a\":1}|{\"b\":2}");
    gives("not json\nat all", JSON, "not json|at all");
    gives("<doc id=\"1\">\nT\n</doc>\n\n<doc id=\"2\">\nx </doc>\ny\n</doc>\n", JSON | INGEST_DOCS,
          "<doc id=\"1\">\nT\n</doc>|<doc id=\"2\">\nx </doc>\ny\n</doc>");
    gives("Anything\n goes\n", INGEST_LINES | INGEST_WHOLE, "Anything\n goes\n");
    gives("{not json}", INGEST_LINES | INGEST_WHOLE, "{not json}");
    gives("{ \"a\": 1}\n{\"b\": 2}\n", INGEST_LINES | INGEST_WHOLE, "{ \"a\": 1}|{\"b\": 2}");
    gives("[{}]", INGEST_WHOLE, "[{}]");
}

static void test_errors(void)
{
    fails("[", JSON, "memory:1: ends inside a JSON array");
    fails("[{\"a\":1},\n{\"b\":2}\n", JSON, "memory:3: ends inside a JSON array");
    fails("[{\"a\":1},\n{\"b\":\"2}]\n", JSON,
          "memory:2: ends inside a JSON array, in the element");
    fails("[{\"a\":1}{\"b\":2}]", JSON, "no comma");
    fails("[{\"a\":1},]", JSON, "is missing");
    fails("[,{\"a\":1}]", JSON, "is missing");
    fails("[{\"a\":1}]\n{\"b\":2}", JSON, "memory:2: something stands behind");
    fails("<doc id=\"1\">\nT\n", JSON | INGEST_DOCS, "\"</doc>\" is missing");
    fails("<doc id=\"1\">\nT\n</doc>\nrest", JSON | INGEST_DOCS, "expected");
}

/* Elements of random shape whose places are known because they are made here. */
static void test_borders(void)
{
    static const char *const parts[] = {"\\\"", "\\\\", "中文", "]",   "}",
                                        "{",    "[",    ",",    "\\n", " x"};
    struct weir_buf text = {0};
    uint32_t seed = 3;
    size_t n = 0, begin[4000], end[4000];
    weir_buf_adds(&text, "[\n");
    for (; n < 4000; n++) {
        weir_buf_adds(&text, n ? " ,\n" : "");
        begin[n] = text.n;
        weir_buf_addf(&text, "{\"n\":[%zu,{}],\"s\":\"", n);
        seed = seed * 1664525u + 1013904223u;
        const unsigned length = (seed >> 20) % 400;
        for (unsigned i = 0; i < length; i++) {
            seed = seed * 1664525u + 1013904223u;
            weir_buf_adds(&text, parts[(seed >> 16) % 10]);
        }
        weir_buf_adds(&text, "\"}");
        end[n] = text.n;
    }
    weir_buf_adds(&text, "\n]\n");
    assert(text.n > 1 << 20); // several buffers
    struct frame_test t = frame(weir_buf_span(&text), JSON);
    assert(!t.rc && t.b.n_rec == n);
    for (size_t i = 0; i < n; i++) {
        assert(t.b.rec[i].offset == begin[i]);
        assert(t.b.rec[i].offset + t.b.rec[i].length == end[i]);
    }
    done(&t);
    weir_buf_free(&text);
}

/* Characters of GB18030 whose second byte is a backslash, a bracket or a brace. */
static void test_two_byte(void)
{
    opt.encoding = WEIR_ENC_GB18030;
    gives("[{\"a\":\"\x81\x5C\"},{\"b\":\"\x81\x5B\x81\x7B\x81\x30\x81\x30\"}]", JSON,
          "{\"a\":\"\x81\x5C\"}|{\"b\":\"\x81\x5B\x81\x7B\x81\x30\x81\x30\"}");
    opt.encoding = WEIR_ENC_AUTO;
    gives("[{\"a\":\"\xCE\xD2\xC3\xC7\xB5\xC4\xD3\xEF\xD1\xD4\xCA\xC7\xD6\xD0\x81\x5C\"},{}]", JSON,
          "{\"a\":\"\xCE\xD2\xC3\xC7\xB5\xC4\xD3\xEF\xD1\xD4\xCA\xC7\xD6\xD0\x81\x5C\"}|{}");
}

/* A record above the limit costs its own place and nothing behind it. */
static void too_long(const char *head, size_t n, const char *tail, unsigned forms, size_t offset)
{
    struct weir_buf text = {0};
    weir_buf_adds(&text, head);
    for (size_t i = 0; i < n; i++)
        weir_buf_addc(&text, i % 100 ? 'x' : ' ');
    weir_buf_adds(&text, tail);
    struct frame_test t = frame(weir_buf_span(&text), forms);
    assert(!t.rc && t.b.n_rec >= 2);
    const struct weir_rec *r = &t.b.rec[t.b.n_rec - 2], *last = r + 1;
    assert(r->fate == WEIR_BAD && !strcmp(r->reason, "too-long") && r->raw_n == 256);
    assert(r->offset == offset && r->length > max_record);
    assert(last->fate != WEIR_BAD && last->offset + last->length <= text.n);
    assert(last->length < 30);
    done(&t);
    weir_buf_free(&text);
}

static void test_too_long(void)
{
    static const size_t sizes[] = {1001, 3000, 300000, 2000000};
    max_record = 1000;
    for (size_t i = 0; i < 4; i++) {
        too_long("[{\"a\":1},\n{\"b\":\"", sizes[i], "\"},{\"c\":3}]", JSON, 10);
        too_long("{\"a\":\"", sizes[i], "\"}\n{\"c\":3}\n", JSON, 0);
        too_long("<doc id=\"1\">\n", sizes[i], "\n</doc>\n<doc id=\"2\">\nx\n</doc>\n",
                 JSON | INGEST_DOCS, 0);
    }
    struct weir_buf text = {0};
    for (int i = 0; i < 600000; i++)
        weir_buf_addc(&text, 'y');
    struct frame_test t = frame(weir_buf_span(&text), INGEST_WHOLE);
    assert(!t.rc && t.b.n_rec == 1 && t.b.rec[0].fate == WEIR_BAD && t.b.rec[0].length == 600000);
    done(&t);
    weir_buf_free(&text);
    max_record = 1 << 20;
}

/* The ends of values, by one way; in pieces, or, with seed 0, in one. */
static size_t value_ends(const char *p, size_t n, size_t *end,
                         int (*scan)(struct ingest_json_scan *, const char *, size_t *, size_t),
                         uint32_t seed)
{
    struct ingest_json_scan s = {0};
    size_t n_end = 0, i = 0;
    for (size_t have = 0; have < n;) {
        seed = seed ? seed * 1664525u + 1013904223u : 0;
        have = seed % 5 && n - have > 100 ? have + seed % 100 : n;
        if (!scan(&s, p, &i, have))
            continue;
        have = i < n ? i : n;
        end[n_end++] = i;
        i += i < n; // what a value cannot begin with
        s = (struct ingest_json_scan){0};
    }
    return n_end;
}

static void test_scan(void)
{
    enum { N = 3000 };
    static const char usual[] = "\"\"\"\"\"\"\\\\\\{}[]{[,:\n1";
    uint32_t seed = 7;
    for (int round = 0; round < 4000; round++) {
        char text[N];
        size_t end[3][N + 1];
        const unsigned rare = 1u << round % 8; // brackets, quotes and backslashes of 256
        for (size_t i = 0; i < N; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = seed >> 24 <= rare ? usual[(seed >> 8) % (sizeof usual - 1)] : 'x';
        }
        memcpy(text, "{\"", 2);
        if (round % 3)
            memcpy(text, "[[[", 3); // which is closed late
        const size_t n = value_ends(text, N, end[0], ingest_json_scan_portable, 0);
        assert(value_ends(text, N, end[1], ingest_json_scan, 0) == n);
        assert(value_ends(text, N, end[2], ingest_json_scan, seed) == n);
        assert(!memcmp(end[0], end[1], n * sizeof *end[0]));
        assert(!memcmp(end[0], end[2], n * sizeof *end[0]));
    }
}

static void test_lines(void)
{
    enum { N = 20000 };
    static char text[N];
    uint32_t seed = 1;
    size_t want[N + 1] = {0};
    for (size_t i = 0; i < N; i++) {
        seed = seed * 1664525u + 1013904223u;
        text[i] = i > N / 2 || seed >> 30 ? '\n' : (char)(seed >> 16);
        want[i + 1] = want[i] + (text[i] == '\n');
    }
    for (size_t from = 0; from < N; from += 997)
        for (size_t to = from; to <= N; to += 1 + to % 61)
            assert(ingest_count_lines(text + from, to - from) == want[to] - want[from]);
}

int main(void)
{
    weir_ingest_opt_init(&opt);
    test_scan();
    test_lines();
    test_forms();
    test_errors();
    test_borders();
    test_two_byte();
    test_too_long();
    return 0;
}
