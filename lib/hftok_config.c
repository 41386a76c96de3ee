/* What stands around the model in a tokenizer.json: normalizer, pre-tokenizer, decoder, added
 * tokens and which of them are special. */
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

static int flag_of(struct json_node n, const char *name, int otherwise)
{
    struct json_node member;
    int on = otherwise;
    if (json_tree_get(n, name, &member))
        json_tree_bool(member, &on);
    return on;
}

static int part_of(struct json_node root, const char *name, struct json_node *part)
{
    return json_tree_get(root, name, part) && json_tree_type(*part) != WEIR_JSON_NULL;
}

static int refuse(struct weir_err *err, const char *kind, struct weir_span what)
{
    return weir_err_set(err, WEIR_EUSAGE, "the %s %.*s is not supported", kind,
                        (int)(what.n < 300 ? what.n : 300), what.p);
}

/* ---- normalizer and decoder ---- */

struct reader {
    hftok *t;
    struct weir_err *err;
    int complete, byte_level; // pre-tokenizers so far
};

static int read_normalizer(void *ctx, struct weir_span key, struct json_node n)
{
    struct reader *r = ctx;
    struct json_node list;
    const struct weir_span type = text_of(n, "type");
    (void)key;
    if (weir_span_is(type, "NFC")) {
        r->t->nfc = 1;
        return 0;
    }
    if (weir_span_is(type, "Sequence") && json_tree_get(n, "normalizers", &list) && !r->complete) {
        r->complete = 1; // sequences in sequences: none
        return json_tree_each(list, read_normalizer, r);
    }
    return refuse(r->err, "normalizer", type);
}

static int check_decoder(struct json_node root, struct weir_err *err)
{
    struct json_node n;
    if (!part_of(root, "decoder", &n))
        return refuse(err, "decoder", WEIR_LIT("null"));
    const struct weir_span type = text_of(n, "type");
    return weir_span_is(type, "ByteLevel") ? 0 : refuse(err, "decoder", type);
}

/* ---- pre-tokenizer ---- */

static int add_stage(struct reader *r, struct hf_stage stage)
{
    hftok *t = r->t;
    if (r->byte_level)
        return refuse(r->err, "pre-tokenizer behind ByteLevel:", WEIR_LIT("any"));
    if (t->n_stages == HF_MAX_STAGES)
        return refuse(r->err, "pre-tokenizer", WEIR_LIT("sequence of more than 8"));
    t->stages[t->n_stages++] = stage;
    return 0;
}

static int read_split(struct reader *r, struct json_node n)
{
    struct json_node pattern;
    if (!json_tree_get(n, "pattern", &pattern))
        return refuse(r->err, "pre-tokenizer", WEIR_LIT("Split without a pattern"));
    const struct weir_span regex = text_of(pattern, "Regex"), behavior = text_of(n, "behavior");
    const struct hf_stage stage = hf_stage_of(regex);
    if (stage.pattern == HF_SCAN_NONE)
        return refuse(r->err, "pattern", regex);
    /* Expressions that match everything: removing what they do not match removes nothing. */
    const int covers = stage.pattern == HF_SCAN_GPT2 || stage.pattern == HF_SCAN_LLAMA3;
    const int invert = flag_of(n, "invert", 0);
    if (!(weir_span_is(behavior, "Isolated") && (!invert || covers)) &&
        !(weir_span_is(behavior, "Removed") && invert && covers))
        return refuse(r->err, "behavior", behavior);
    return add_stage(r, stage);
}

static int read_byte_level(struct reader *r, struct json_node n)
{
    hftok *t = r->t;
    static const struct hf_stage gpt2 = {HF_SCAN_GPT2, 0};
    t->add_prefix_space = flag_of(n, "add_prefix_space", 1);
    if (t->add_prefix_space && t->n_stages)
        return refuse(r->err, "pre-tokenizer",
                      WEIR_LIT("ByteLevel with add_prefix_space in a sequence"));
    if (flag_of(n, "use_regex", 1) && add_stage(r, gpt2))
        return r->err->code;
    r->byte_level = 1;
    return t->n_stages ? 0
                       : refuse(r->err, "pre-tokenizer", WEIR_LIT("ByteLevel without a pattern"));
}

static int read_pre_tokenizer(void *ctx, struct weir_span key, struct json_node n)
{
    struct reader *r = ctx;
    struct json_node list;
    const struct weir_span type = text_of(n, "type");
    (void)key;
    if (weir_span_is(type, "Split"))
        return read_split(r, n);
    if (weir_span_is(type, "ByteLevel"))
        return read_byte_level(r, n);
    if (weir_span_is(type, "Digits"))
        return flag_of(n, "individual_digits", 0)
                   ? add_stage(r, (struct hf_stage){HF_SCAN_DIGITS, 1})
                   : refuse(r->err, "pre-tokenizer", WEIR_LIT("Digits in runs"));
    if (weir_span_is(type, "Sequence") && json_tree_get(n, "pretokenizers", &list) &&
        !r->complete) {
        r->complete = 1;
        return json_tree_each(list, read_pre_tokenizer, r);
    }
    return refuse(r->err, "pre-tokenizer", type);
}

/* ---- added tokens ---- */

static int read_added(void *ctx, struct weir_span key, struct json_node n)
{
    struct reader *r = ctx;
    hftok *t = r->t;
    struct json_node member;
    struct weir_span s;
    int64_t id;
    (void)key;
    if (!json_tree_get(n, "id", &member) || !json_tree_whole(member, &id) || id < 0 ||
        !json_tree_get(n, "content", &member) || !json_tree_string(member, &s))
        return weir_err_set(r->err, WEIR_EBAD, "an added token has no id or no content");
    if (id >= HF_NONE || !s.n || s.n > HF_LONGEST_ADDED)
        return refuse(r->err, "added token", s);
    if (weir_grow(&t->added, &t->cap_added, t->n_added + 1, sizeof *t->added))
        return weir_err_set(r->err, WEIR_EMEM, "out of memory");
    struct hf_added *a = &t->added[t->n_added++];
    *a = (struct hf_added){.content = s, .id = (uint32_t)id};
    a->single_word = (uint8_t)flag_of(n, "single_word", 0);
    a->lstrip = (uint8_t)flag_of(n, "lstrip", 0);
    a->rstrip = (uint8_t)flag_of(n, "rstrip", 0);
    a->normalized = (uint8_t)flag_of(n, "normalized", !flag_of(n, "special", 0));
    return 0;
}

int hf_config_read(hftok *t, struct json_node root, struct weir_err *err)
{
    struct reader r = {.t = t, .err = err};
    struct json_node n;
    if (t->pieces) {
        const int rc = hf_piece_config(t, root, err);
        return rc || !part_of(root, "added_tokens", &n) ? rc : json_tree_each(n, read_added, &r);
    }
    if (check_decoder(root, err))
        return err->code;
    if (part_of(root, "normalizer", &n) && read_normalizer(&r, weir_span("", 0), n))
        return err->code;
    r.complete = 0;
    if (!part_of(root, "pre_tokenizer", &n))
        return refuse(err, "pre-tokenizer", WEIR_LIT("null"));
    if (read_pre_tokenizer(&r, weir_span("", 0), n))
        return err->code;
    if (!r.byte_level)
        return refuse(err, "pre-tokenizer", WEIR_LIT("without ByteLevel"));
    if (part_of(root, "added_tokens", &n) && json_tree_each(n, read_added, &r))
        return err->code;
    return 0;
}

/* ---- BOS, EOS, PAD ---- */

static uint32_t first_of(const hftok *t, const char *const *names)
{
    for (; *names; names++)
        for (size_t i = 0; i < t->n_added; i++)
            if (weir_span_is(t->added[i].content, *names))
                return t->added[i].id;
    return WEIR_NO_ID;
}

/* The file does not say which token is which; these are the names that models of this kind use. */
int hf_specials_read(hftok *t, struct json_node root, struct weir_err *err)
{
    static const char *const bos[] = {"<|begin_of_text|>", "<｜begin▁of▁sentence｜>", "<s>",
                                      "<|startoftext|>", NULL};
    static const char *const eos[] = {"<|end_of_text|>", "<｜end▁of▁sentence｜>", "</s>",
                                      "<|endoftext|>", NULL};
    static const char *const pad[] = {
        "<|finetune_right_pad_id|>", "<｜▁pad▁｜>", "<|pad|>", "<pad>", "[PAD]", NULL};
    struct json_node n, member;
    int64_t id;
    t->bos = first_of(t, bos);
    t->eos = first_of(t, eos);
    t->pad = first_of(t, pad);
    if (part_of(root, "padding", &n) && json_tree_get(n, "pad_id", &member) &&
        json_tree_whole(member, &id)) {
        if (id < 0 || (size_t)id >= t->n_ids)
            return weir_err_set(err, WEIR_EBAD, "the padding id is no token's");
        t->pad = (uint32_t)id;
    }
    t->unk = WEIR_NO_ID;
    const struct weir_span unk =
        json_tree_get(root, "model", &n) ? text_of(n, "unk_token") : weir_span("", 0);
    if (unk.n)
        t->unk = hf_name_find(t, unk);
    return 0;
}
