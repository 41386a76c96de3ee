/* A whole JSON document as a tree, for configuration files (simdjson's DOM behind C).  Nodes are
 * plain values, alive as long as their tree. */
#ifndef WEIR_JSON_TREE_H
#define WEIR_JSON_TREE_H

#include "weir/json.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct json_tree json_tree;

struct json_node {
    uint64_t opaque[2];
};

/* Parses text (UTF-8, depth at most 64) whose WEIR_PADDING bytes behind the end are readable.
 * Returns NULL after filling err. */
json_tree *json_tree_parse(struct weir_span text, struct json_node *root, struct weir_err *err);
void json_tree_free(json_tree *t);

/* For many texts, one after another: an empty tree, and the next text into it, after which the
 * nodes of the one before are gone.  Depth at most 128.  0, WEIR_EMEM, or WEIR_EBAD with the
 * reason. */
json_tree *json_tree_new(struct weir_err *err);
WEIR_MUST_CHECK int json_tree_read(json_tree *t, struct weir_span text, struct json_node *root,
                                   struct weir_err *err);

enum weir_json_type json_tree_type(struct json_node n);
/* 1, or 0 when the node is of another type. */
int json_tree_string(struct json_node n, struct weir_span *s);
int json_tree_whole(struct json_node n, int64_t *v);
int json_tree_number(struct json_node n, double *v);
int json_tree_bool(struct json_node n, int *v);
/* The member of that name; 0 when n is no object or has none. */
int json_tree_get(struct json_node n, const char *name, struct json_node *member);
/* The first element of an array; 0 when n is no array or has none. */
int json_tree_first(struct json_node n, struct json_node *element);
/* Calls each for the members of an object or the elements of an array (key empty) until it returns
 * other than 0, which is returned. */
int json_tree_each(struct json_node n,
                   int (*each)(void *ctx, struct weir_span key, struct json_node value), void *ctx);

/* Appends the node as JSON without white space. */
void json_tree_print(struct json_node n, struct weir_buf *to);

#ifdef __cplusplus
}
#endif
#endif
