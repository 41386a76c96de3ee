#include "json_tree.h"

#include "lib/json_type.hpp"
#include "weir/utf8.h"

#include <cstring>
#include <exception>
#include <new>
#include <simdjson.h>

namespace dom = simdjson::dom;

struct json_tree {
    dom::parser parser;
    size_t capacity = 0;
};

static_assert(sizeof(dom::element) == sizeof(json_node), "a node holds an element");
static_assert(std::is_trivially_copyable<dom::element>::value, "nodes are copied as bytes");
static_assert(WEIR_PADDING >= simdjson::SIMDJSON_PADDING, "texts carry simdjson's padding");

static const size_t max_depth = 64, max_depth_many = 128;

namespace
{

dom::element element_of(json_node n)
{
    dom::element e;
    memcpy(static_cast<void *>(&e), &n, sizeof e);
    return e;
}

json_node node_of(dom::element e)
{
    json_node n;
    memcpy(&n, static_cast<void *>(&e), sizeof n);
    return n;
}

} // namespace

json_tree *json_tree_parse(struct weir_span text, struct json_node *root, struct weir_err *err)
try {
    json_tree *t = new json_tree;
    dom::element e;
    simdjson::error_code rc = t->parser.allocate(text.n ? text.n : 1, max_depth);
    if (!rc)
        rc = t->parser.parse(text.p, text.n, false).get(e);
    if (rc) {
        delete t;
        weir_err_set(err, rc == simdjson::MEMALLOC ? WEIR_EMEM : WEIR_EBAD, "%s",
                     simdjson::error_message(rc));
        return nullptr;
    }
    *root = node_of(e);
    return t;
} catch (const std::exception &e) {
    weir_err_set(err, WEIR_EMEM, "%s", e.what());
    return nullptr;
}

json_tree *json_tree_new(struct weir_err *err)
try {
    return new json_tree;
} catch (const std::exception &e) {
    weir_err_set(err, WEIR_EMEM, "%s", e.what());
    return nullptr;
}

int json_tree_read(json_tree *t, struct weir_span text, struct json_node *root,
                   struct weir_err *err)
try {
    simdjson::error_code rc = simdjson::SUCCESS;
    if (text.n >= t->capacity) {
        const size_t want = text.n + text.n / 2 + 1024;
        rc = t->parser.allocate(want, max_depth_many);
        t->capacity = rc ? 0 : want;
    }
    dom::element e;
    if (!rc)
        rc = t->parser.parse(text.p, text.n, false).get(e);
    if (rc == simdjson::MEMALLOC || rc == simdjson::CAPACITY)
        return weir_err_set(err, WEIR_EMEM, "no memory to parse a record of %zu bytes", text.n);
    if (rc == simdjson::UTF8_ERROR)
        return weir_err_set(err, WEIR_EBAD, "invalid UTF-8 at byte %zu of the record",
                            weir_utf8_valid(text.p, text.n) + 1);
    if (rc)
        return weir_err_set(err, WEIR_EBAD, "not valid JSON: %s", json_why(rc));
    *root = node_of(e);
    return 0;
} catch (const std::exception &) {
    return weir_err_set(err, WEIR_EMEM, "no memory to parse a record of %zu bytes", text.n);
}

void json_tree_free(json_tree *t)
{
    delete t;
}

enum weir_json_type json_tree_type(struct json_node n)
{
    return json_type_of(element_of(n));
}

int json_tree_string(struct json_node n, struct weir_span *s)
{
    std::string_view v;
    if (element_of(n).get(v))
        return 0;
    *s = weir_span(v.data(), v.size());
    return 1;
}

int json_tree_whole(struct json_node n, int64_t *v)
{
    return !element_of(n).get(*v);
}

int json_tree_number(struct json_node n, double *v)
{
    return !element_of(n).get(*v);
}

int json_tree_bool(struct json_node n, int *v)
{
    bool b;
    if (element_of(n).get(b))
        return 0;
    *v = b;
    return 1;
}

int json_tree_get(struct json_node n, const char *name, struct json_node *member)
{
    dom::object o;
    dom::element e;
    if (element_of(n).get(o) || o.at_key(name).get(e))
        return 0;
    *member = node_of(e);
    return 1;
}

int json_tree_first(struct json_node n, struct json_node *element)
{
    dom::array a;
    dom::element e;
    if (element_of(n).get(a) || a.at(0).get(e))
        return 0;
    *element = node_of(e);
    return 1;
}

int json_tree_each(struct json_node n,
                   int (*each)(void *ctx, struct weir_span key, struct json_node value), void *ctx)
{
    dom::object o;
    dom::array a;
    if (!element_of(n).get(o)) {
        for (dom::key_value_pair kv : o)
            if (int rc = each(ctx, weir_span(kv.key.data(), kv.key.size()), node_of(kv.value)))
                return rc;
    } else if (!element_of(n).get(a)) {
        for (dom::element e : a)
            if (int rc = each(ctx, weir_span("", 0), node_of(e)))
                return rc;
    }
    return 0;
}

void json_tree_print(struct json_node n, struct weir_buf *to)
try {
    const std::string s = simdjson::minify(element_of(n));
    weir_buf_add(to, s.data(), s.size());
} catch (const std::exception &) {
    to->failed = 1;
}
