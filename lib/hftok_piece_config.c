/* What stands around a converted SentencePiece model: where U+2581 comes into the text, and goes.
 */
#include "hftok_impl.h"

#include <string.h>

static struct weir_span text_of(struct json_node n, const char *name)
{
    struct json_node member;
    struct weir_span s = {"", 0};
    if (json_tree_get(n, name, &member))
        json_tree_string(member, &s);
    return s;
}

static int is(struct json_node n, const char *name, const char *value)
{
    return weir_span_is(text_of(n, name), value);
}

static int refuse(struct weir_err *err, const char *kind, struct weir_span what)
{
    return weir_err_set(err, WEIR_EUSAGE, "the %s %.*s is not supported with byte_fallback", kind,
                        (int)(what.n < 300 ? what.n : 300), what.p);
}

static int part_of(struct json_node root, const char *name, struct json_node *part)
{
    return json_tree_get(root, name, part) && json_tree_type(*part) != WEIR_JSON_NULL;
}

static int is_number(struct json_node n, const char *name, int64_t value)
{
    struct json_node member;
    int64_t v;
    return json_tree_get(n, name, &member) && json_tree_whole(member, &v) && v == value;
}

/* {"type":"Replace","pattern":{"String":from},"content":to} */
static int replaces(struct json_node n, const char *from, const char *to)
{
    struct json_node pattern;
    return is(n, "type", "Replace") && json_tree_get(n, "pattern", &pattern) &&
           is(pattern, "String", from) && is(n, "content", to);
}

static const char mark[] = "\xE2\x96\x81";

/* ---- lists whose parts must come in one order ---- */

struct list {
    struct weir_err *err;
    const char *kind;
    int n;
    int (*is_next)(struct json_node n, int i); // may n be part i?
};

static int check_part(void *ctx, struct weir_span key, struct json_node n)
{
    struct list *l = ctx;
    (void)key;
    return l->is_next(n, l->n++) ? 0 : refuse(l->err, l->kind, text_of(n, "type"));
}

/* The parts of a Sequence, or the one thing that stands there; returns how many, or negative. */
static int read_list(struct json_node n, const char *members, struct list *l)
{
    struct json_node parts;
    if (!is(n, "type", "Sequence"))
        return refuse(l->err, l->kind, text_of(n, "type"));
    if (!json_tree_get(n, members, &parts))
        return refuse(l->err, l->kind, WEIR_LIT("Sequence of nothing"));
    const int rc = json_tree_each(parts, check_part, l);
    return rc ? rc : l->n;
}

static int is_normalizer(struct json_node n, int i)
{
    return i == 0   ? is(n, "type", "Prepend") && is(n, "prepend", mark)
           : i == 1 ? replaces(n, " ", mark)
                    : 0;
}

static int is_decoder(struct json_node n, int i)
{
    switch (i) {
    case 0:
        return replaces(n, mark, " ");
    case 1:
        return is(n, "type", "ByteFallback");
    case 2:
        return is(n, "type", "Fuse");
    case 3:
        return is(n, "type", "Strip") && is(n, "content", " ") && is_number(n, "start", 1) &&
               is_number(n, "stop", 0);
    default:
        return 0;
    }
}

/* ---- Metaspace ---- */

static int read_metaspace(hftok *t, struct json_node n, struct weir_err *err)
{
    struct json_node member;
    int on;
    if (!is(n, "type", "Metaspace"))
        return refuse(err, "pre-tokenizer", text_of(n, "type"));
    if (!is(n, "replacement", mark))
        return refuse(err, "Metaspace of", text_of(n, "replacement"));
    const struct weir_span scheme = text_of(n, "prepend_scheme");
    t->marks = !scheme.n || weir_span_is(scheme, "always") ? HF_MARKS_ALWAYS
               : weir_span_is(scheme, "first")             ? HF_MARKS_FIRST
               : weir_span_is(scheme, "never")             ? HF_MARKS_NEVER
                                                           : HF_MARKS_NONE;
    if (t->marks == HF_MARKS_NONE)
        return refuse(err, "Metaspace with the prepend_scheme", scheme);
    if (json_tree_get(n, "add_prefix_space", &member) && json_tree_bool(member, &on) &&
        on != (t->marks != HF_MARKS_NEVER))
        return refuse(err, "Metaspace with prepend_scheme and",
                      WEIR_LIT("another add_prefix_space"));
    t->splits_marks = 1;
    if (json_tree_get(n, "split", &member))
        json_tree_bool(member, &t->splits_marks);
    return 0;
}

int hf_piece_config(hftok *t, struct json_node root, struct weir_err *err)
{
    struct json_node n;
    struct list normalizer = {err, "normalizer", 0, is_normalizer};
    struct list decoder = {err, "decoder", 0, is_decoder};
    const int has_normalizer = part_of(root, "normalizer", &n);
    if (has_normalizer) {
        const int parts = read_list(n, "normalizers", &normalizer);
        if (parts < 0 || parts != 2)
            return refuse(err, "normalizer", WEIR_LIT("Sequence of other than Prepend, Replace"));
        t->marks = HF_MARKS_NORMALIZER;
    }
    const int has_pre_tokenizer = part_of(root, "pre_tokenizer", &n);
    if (has_normalizer == has_pre_tokenizer)
        return refuse(err, "pre-tokenizer",
                      has_normalizer ? text_of(n, "type") : WEIR_LIT("null without a normalizer"));
    if (has_pre_tokenizer && read_metaspace(t, n, err))
        return WEIR_EUSAGE;
    if (!part_of(root, "decoder", &n))
        return refuse(err, "decoder", WEIR_LIT("null"));
    const int parts = read_list(n, "decoders", &decoder);
    if (parts < 3)
        return parts < 0 ? parts : refuse(err, "decoder", WEIR_LIT("Sequence without Fuse"));
    t->strips = parts == 4;
    return 0;
}
