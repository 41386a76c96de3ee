#include "json_tree.h"

#include "lib/json_type.hpp"

#include <cstring>
#include <exception>
#include <new>
#include <simdjson.h>

namespace dom = simdjson::dom;

struct json_tree {
    dom::parser parser;
};

static_assert(sizeof(dom::element) == sizeof(json_node), "a node holds an element");
static_assert(std::is_trivially_copyable<dom::element>::value, "nodes are copied as bytes");
static_assert(WEIR_PADDING >= simdjson::SIMDJSON_PADDING, "texts carry simdjson's padding");

static const size_t max_depth = 64;

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
