#include "infer/json_file.h"

#include "infer/tensor.h"

int json_file(const char *path, int (*f)(void *ctx, struct json_node root, struct weir_err *err),
              void *ctx, struct weir_err *err)
{
    struct mapped file;
    struct weir_buf text = {0};
    struct json_node root;
    if (mapped_open(&file, path, err))
        return err->code;
    weir_buf_add(&text, file.p, file.n);
    mapped_close(&file);
    json_tree *tree =
        weir_buf_check(&text, err) ? NULL : json_tree_parse(weir_buf_span(&text), &root, err);
    const int rc = tree ? f(ctx, root, err) : err->code;
    json_tree_free(tree);
    weir_buf_free(&text);
    if (rc)
        weir_err_prefix(err, "%s", path);
    return rc;
}
