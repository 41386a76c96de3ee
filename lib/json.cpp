// simdjson behind weir/json.h.  The DOM parser: it picks its vector code at run time (on-demand
// picks at compile time) and validates everything; where members lie in the line is found by a scan
// of our own, which may trust a line that was just validated.  Every entry catches: no exception
// crosses.
#include "weir/json.h"

#include <cstring>
#include <exception>
#include <simdjson.h>
#include <vector>

#include "lib/json_type.hpp"
#include "weir/utf8.h"

namespace dom = simdjson::dom;

static_assert(WEIR_PADDING >= simdjson::SIMDJSON_PADDING, "lines must carry simdjson's padding");

static const size_t max_depth = 128;
// A list of members takes ten times their bytes; no document has that many.
static const size_t max_members = 65536;

struct weir_json {
    dom::parser parser;
    size_t capacity = 0;
    std::vector<weir_field> fields;
};

namespace
{

// Positions in a line that is known to be valid JSON.
struct scanner {
    const char *p;
    const char *end;

    void blanks()
    {
        while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
            p++;
    }
    void skip(char c)
    {
        blanks();
        if (p < end && *p == c)
            p++;
    }
    // From an opening quote to behind the closing one: a quote behind an even number of
    // backslashes.
    void string()
    {
        const char *body = ++p;
        for (;;) {
            const char *q = static_cast<const char *>(memchr(p, '"', size_t(end - p)));
            if (!q) {
                p = end;
                return;
            }
            const char *s = q;
            while (s > body && s[-1] == '\\')
                s--;
            p = q + 1;
            if ((q - s) % 2 == 0)
                return;
        }
    }
    void container()
    {
        int depth = 0;
        do {
            if (*p == '"') {
                string();
                continue;
            }
            depth += *p == '{' || *p == '[';
            depth -= *p == '}' || *p == ']';
            p++;
        } while (depth > 0 && p < end);
    }
    struct weir_span value()
    {
        blanks();
        const char *from = p;
        if (p < end && *p == '"')
            string();
        else if (p < end && (*p == '{' || *p == '['))
            container();
        else
            while (p < end && *p != ',' && *p != '}' && *p != ']' && *p > ' ')
                p++;
        return {from, size_t(p - from)};
    }
};

void list_members(weir_json *j, dom::object o, const char *line, size_t n)
{
    scanner s = {line, line + n};
    s.skip('{');
    for (dom::key_value_pair kv : o) {
        weir_field f = {};
        f.key = {kv.key.data(), kv.key.size()};
        f.type = json_type_of(kv.value);
        s.value(); // the key
        s.skip(':');
        f.raw = s.value();
        s.skip(',');
        std::string_view str;
        if (f.type == WEIR_JSON_STRING && !kv.value.get(str))
            f.str = {str.data(), str.size()};
        j->fields.push_back(f);
    }
}

int fail(const char *line, size_t n, simdjson::error_code code, struct weir_err *err)
{
    using namespace simdjson;
    if (code == MEMALLOC || code == CAPACITY)
        return weir_err_set(err, WEIR_EMEM, "no memory to parse a line of %zu bytes", n);
    if (code == UTF8_ERROR)
        return weir_err_set(err, WEIR_EBAD, "invalid UTF-8 at byte %zu of the line",
                            weir_utf8_valid(line, n) + 1);
    const char *why = code == DEPTH_ERROR ? "nested deeper than 128" : json_why(code);
    return weir_err_set(err, WEIR_EBAD, "not valid JSON: %s", why);
}

} // namespace

weir_json *weir_json_new(struct weir_err *err)
try {
    return new weir_json;
} catch (const std::exception &) {
    weir_err_set(err, WEIR_EMEM, "out of memory");
    return nullptr;
}

void weir_json_free(weir_json *j)
{
    delete j;
}

int weir_json_object(weir_json *j, const char *line, size_t n, struct weir_field **f, size_t *n_f,
                     struct weir_err *err)
try {
    j->fields.clear();
    if (n > j->capacity) {
        // Growth by half keeps reallocation rare; the depth limit is set with the capacity.
        const size_t want = n + n / 2 + 1024;
        const auto e = j->parser.allocate(want, max_depth);
        if (e)
            return fail(line, n, e, err);
        j->capacity = want;
    }
    dom::object o;
    const auto e = j->parser.parse(line, n, false).get_object().get(o);
    if (e)
        return fail(line, n, e, err);
    if (o.size() > max_members)
        return weir_err_set(err, WEIR_EBAD, "an object of more than %zu members", max_members);
    j->fields.reserve(o.size());
    list_members(j, o, line, n);
    *f = j->fields.data();
    *n_f = j->fields.size();
    return 0;
} catch (const std::exception &) {
    return weir_err_set(err, WEIR_EMEM, "no memory to parse a line of %zu bytes", n);
}

const struct weir_field *weir_json_find(const struct weir_field *f, size_t n_f, const char *key)
{
    for (size_t i = n_f; i-- > 0;)
        if (weir_span_is(f[i].key, key))
            return &f[i];
    return nullptr;
}

int weir_json_u64(const struct weir_field *f, uint64_t *value)
{
    uint64_t v = 0;
    if (!f || f->type != WEIR_JSON_NUMBER || !f->raw.n)
        return WEIR_EBAD;
    for (size_t i = 0; i < f->raw.n; i++) {
        const unsigned d = (unsigned char)f->raw.p[i] - (unsigned)'0';
        if (d > 9 || __builtin_mul_overflow(v, uint64_t(10), &v) ||
            __builtin_add_overflow(v, uint64_t(d), &v))
            return WEIR_EBAD;
    }
    *value = v;
    return 0;
}

// simdjson carries a vectorised validator; only the place of an error needs a second look.
size_t weir_utf8_valid(const char *s, size_t n)
{
    if (simdjson::validate_utf8(s, n))
        return n;
    size_t i = 0;
    while (i < n) {
        unsigned len;
        if (weir_utf8_decode(s + i, n - i, &len) == WEIR_UTF8_BAD)
            return i;
        i += len;
    }
    return i;
}
