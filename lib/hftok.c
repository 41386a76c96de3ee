#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* ---- opening ---- */

static int build(hftok *t, struct weir_span json, json_tree **tree, struct weir_err *err)
{
    struct json_node root;
    hf_classes_build();
    *tree = json_tree_parse(json, &root, err);
    if (!*tree)
        return WEIR_EBAD;
    int rc = hf_read(t, root, err);
    if (!rc)
        rc = hf_config_read(t, root, err);
    if (!rc)
        rc = hf_cuts_build(t, err);
    if (!rc)
        rc = hf_han_build(t, err);
    if (!rc)
        rc = hf_added_build(t, err);
    if (!rc)
        rc = hf_specials_read(t, root, err);
    if (!rc && t->add_prefix_space && t->norm.n_bytes)
        rc = weir_err_set(err, WEIR_EUSAGE,
                          "add_prefix_space with added tokens in normalized text is not supported");
    if (!rc && t->pieces)
        rc = hf_surfaces_build(t, err);
    if (!rc)
        rc = hf_part_build(t, err);
    t->own = weir_calloc(t->n_ids, sizeof *t->own);
    if (!rc && !t->own)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    return rc;
}

/* Tokens decode to what they were found as: a text that is not normalised comes back as it was. */
static int is_exact(const hftok *t)
{
    if (t->pieces) // U+2581 in the text
        return 0;
    for (size_t i = 0; i < t->n_added; i++) {
        const struct hf_added *a = &t->added[i];
        const struct hf_token *k = &t->tokens[a->id];
        if (a->lstrip || a->rstrip || k->n_bytes != a->content.n ||
            memcmp(t->texts.p + k->bytes_at, a->content.p, a->content.n))
            return 0;
    }
    return 1;
}

hftok *hftok_open(struct weir_span json, struct weir_err *err)
{
    json_tree *tree = NULL;
    hftok *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    if (getrandom(&t->seed, sizeof t->seed, GRND_NONBLOCK) != sizeof t->seed)
        t->seed = (uintptr_t)t;
    if (build(t, json, &tree, err)) {
        hftok_free(t);
        t = NULL;
    } else {
        t->exact = is_exact(t);
    }
    json_tree_free(tree);
    return t;
}

void hftok_free(hftok *t)
{
    if (!t)
        return;
    weir_buf_free(&t->names);
    weir_buf_free(&t->texts);
    hf_trie_free(&t->raw);
    hf_trie_free(&t->norm);
    free(t->tokens);
    free(t->find);
    free(t->shorts);
    free(t->merge_list);
    free(t->made);
    free(t->low);
    free(t->pairs);
    free(t->pair_bits);
    free(t->own);
    free(t->pages);
    free(t->joins);
    free(t->partial);
    tok_pairs_free(&t->han);
    free(t->han_parts);
    free(t->added);
    free(t->surfaces);
    weir_buf_free(&t->surface_texts);
    free(t);
}

hftok_scratch *hftok_scratch_new(const hftok *t, uint64_t cache, struct weir_err *err)
{
    (void)t;
    hftok_scratch *s = weir_calloc(1, sizeof *s);
    if (!s || tok_cache_init(&s->cache, cache)) {
        hftok_scratch_free(s);
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    return s;
}

void hftok_scratch_free(hftok_scratch *s)
{
    if (!s)
        return;
    weir_buf_free(&s->text);
    weir_buf_free(&s->repaired);
    weir_buf_free(&s->marked);
    free(s->marked_at);
    free(s->origin);
    free(s->repaired_at);
    free(s->chars);
    tok_cache_free(&s->cache);
    free(s->ids);
    free(s->ends);
    free(s->next);
    free(s->before);
    free(s->ranks);
    free(s->heap);
    free(s);
}

/* ---- facts ---- */

uint32_t hftok_vocab_size(const hftok *t)
{
    return (uint32_t)t->n_ids;
}

uint32_t hftok_bos(const hftok *t)
{
    return t->bos;
}

uint32_t hftok_eos(const hftok *t)
{
    return t->eos;
}

uint32_t hftok_pad(const hftok *t)
{
    return t->pad;
}

uint32_t hftok_unk(const hftok *t)
{
    return t->unk;
}

uint64_t hftok_memory(const hftok *t)
{
    return t->names.cap + t->texts.cap + t->surface_texts.cap +
           (t->pieces ? t->n_ids * sizeof *t->surfaces : 0) + t->cap_tokens * sizeof *t->tokens +
           (t->find_mask + 1 + t->pair_mask + 1) * sizeof(uint64_t) +
           (t->short_mask + 1) * sizeof *t->shorts + t->n_merges * sizeof *t->made +
           ((1 << HF_JOIN_BITS) + (1 << HF_PARTIAL_BITS) + (1 << HF_PAIR_BITS)) / 8 +
           sizeof hf_classes + t->n_ids;
}

uint64_t hftok_scratch_memory(uint64_t cache)
{
    return sizeof(hftok_scratch) + tok_cache_memory(cache);
}

int hftok_is_exact(const hftok_scratch *s)
{
    return s->exact;
}

void hftok_set_exact(hftok_scratch *s, int exact)
{
    s->exact = exact;
}

struct weir_span hftok_piece(const hftok *t, uint32_t id)
{
    if (id >= t->n_ids || !t->tokens[id].there)
        return weir_span("", 0);
    return weir_span(t->names.p + t->tokens[id].name_at, t->tokens[id].n_name);
}

/* ---- encoding ---- */

static int pre_tokenize(const hftok *t, hftok_scratch *s, unsigned stage, size_t at, size_t end,
                        struct hf_sink *o)
{
    int rc = 0;
    const struct hf_stage *g = &t->stages[stage];
    if (stage + 1 == t->n_stages)
        return hf_words(t, s, g, at, end, o);
    for (size_t to; at < end && !rc; at = to) {
        to = hf_scan(g, s->text.p, at, end);
        rc = pre_tokenize(t, s, stage + 1, at, to, o);
    }
    return rc;
}

static int encode_words(const hftok *t, hftok_scratch *s, size_t at, size_t end, struct hf_sink *o)
{
    if (t->pieces)
        return hf_piece_words(t, s, at, end, o);
    const int rc = pre_tokenize(t, s, 0, at, end, o);
    return rc ? rc : hf_flush(t, s, o);
}

static int put_added(struct hf_sink *o, uint32_t id, size_t begin, size_t end)
{
    if (hf_sink_room(o, 1))
        return WEIR_EMEM;
    o->p[o->n++] = (struct weir_piece){id, (uint32_t)begin, (uint32_t)end};
    return 0;
}

/* s->text[from, end) is a gap between added tokens, as the normalizer leaves it. */
static int encode_gap(const hftok *t, hftok_scratch *s, size_t from, size_t end, struct hf_sink *o)
{
    size_t at = 0, begin, to, done = 0;
    const struct hf_added *a;
    const size_t n = end - from;
    int rc = 0;
    if (!t->norm.n_bytes)
        return encode_words(t, s, from, end, o);
    while (!rc && (a = hf_added_next(t, &t->norm, s->text.p + from, n, done, &at, &begin, &to))) {
        if (begin > done)
            rc = encode_words(t, s, from + done, from + begin, o);
        if (!rc)
            rc = put_added(o, a->id, from + begin, from + to);
        done = to;
    }
    return rc || done >= n ? rc : encode_words(t, s, from + done, end, o);
}

static int pad(hftok_scratch *s)
{
    if (weir_buf_reserve(&s->text, 0))
        return WEIR_EMEM;
    memset(s->text.p + s->text.n, 0, WEIR_PADDING);
    return 0;
}

/* Texts that stay as they are: offsets are those of the text. */
static int encode_plain(const hftok *t, hftok_scratch *s, struct weir_span text, struct hf_sink *o)
{
    size_t at = 0, begin, end, done = 0;
    const struct hf_added *a;
    int rc = 0;
    s->text.n = 0;
    weir_buf_add(&s->text, text.p, text.n);
    if (s->text.failed || pad(s))
        return WEIR_EMEM;
    const char *p = s->text.p;
    while (!rc && (a = hf_added_next(t, &t->raw, p, text.n, done, &at, &begin, &end))) {
        if (begin > done)
            rc = encode_gap(t, s, done, begin, o);
        if (!rc)
            rc = put_added(o, a->id, begin, end);
        done = end;
    }
    return rc || done >= text.n ? rc : encode_gap(t, s, done, text.n, o);
}

/* ---- texts that change: normalised gap by gap, offsets mapped back ---- */

static int add_gap(const hftok *t, hftok_scratch *s, const char *p, const uint32_t *at, size_t n,
                   struct hf_sink *o)
{
    const size_t from = s->text.n;
    if (weir_buf_reserve(&s->text, n + 1) ||
        weir_grow(&s->origin, &s->cap_origin, s->text.n + n + 2, sizeof *s->origin))
        return WEIR_EMEM;
    if (t->add_prefix_space && n && *p != ' ') {
        s->origin[s->text.n] = at[0];
        s->text.p[s->text.n++] = ' ';
    }
    if (hf_normalize(t, s, p, n, at) || pad(s))
        return WEIR_EMEM;
    return encode_gap(t, s, from, s->text.n, o);
}

static int add_raw(hftok_scratch *s, const uint32_t *at, size_t begin, size_t end, uint32_t id,
                   struct hf_sink *o)
{
    const size_t from = s->text.n, n = end - begin;
    if (weir_buf_reserve(&s->text, n) ||
        weir_grow(&s->origin, &s->cap_origin, from + n + 1, sizeof *s->origin))
        return WEIR_EMEM;
    memcpy(s->text.p + from, s->repaired.p + begin, n);
    memcpy(s->origin + from, at + begin, n * sizeof *at);
    s->text.n += n;
    return put_added(o, id, from, from + n);
}

static int encode_changed(const hftok *t, hftok_scratch *s, struct weir_span text,
                          struct hf_sink *o)
{
    size_t at = 0, begin, end, done = 0;
    const struct hf_added *a;
    int rc = hf_repair(s, text);
    s->text.n = 0;
    const char *p = s->repaired.p;
    const uint32_t *origin = s->repaired_at;
    const size_t n = s->repaired.n;
    while (!rc && (a = hf_added_next(t, &t->raw, p, n, done, &at, &begin, &end))) {
        if (begin > done)
            rc = add_gap(t, s, p + done, origin + done, begin - done, o);
        if (!rc)
            rc = add_raw(s, origin, begin, end, a->id, o);
        done = end;
    }
    if (!rc && done < n)
        rc = add_gap(t, s, p + done, origin + done, n - done, o);
    if (!rc && weir_grow(&s->origin, &s->cap_origin, s->text.n + 1, sizeof *s->origin))
        rc = WEIR_EMEM;
    if (rc)
        return rc;
    s->origin[s->text.n] = (uint32_t)text.n;
    for (size_t i = 0; i < o->n; i++) {
        o->p[i].begin = s->origin[o->p[i].begin];
        o->p[i].end = s->origin[o->p[i].end];
    }
    return 0;
}

int hftok_encode(const hftok *t, hftok_scratch *s, uint64_t limit, struct weir_span text,
                 struct weir_piece **p, size_t *cap, size_t *n, struct weir_err *err)
{
    struct hf_sink o = {.p = *p, .cap = *cap, .limit = limit};
    const int plain = !t->add_prefix_space && t->marks != HF_MARKS_NORMALIZER &&
                      weir_utf8_valid(text.p, text.n) == text.n &&
                      (!t->nfc || hf_is_nfc(text.p, text.n));
    int rc = 0;
    s->n_queue = 0;
    s->exact = plain && t->exact;
    if (text.n > UINT32_MAX / 4)
        return weir_err_set(err, WEIR_EBAD, "text of %zu bytes is too long to encode", text.n);
    if (text.n > limit / (t->pieces ? 40 : plain ? 2 : 20))
        rc = WEIR_EMEM;
    else if (text.n)
        rc = plain ? encode_plain(t, s, text, &o) : encode_changed(t, s, text, &o);
    *p = o.p;
    *cap = o.cap;
    *n = rc ? 0 : o.n;
    if (rc && limit < UINT64_MAX)
        return weir_err_set(err, WEIR_EMEM, "a text of %zu bytes needs about -m %lluM", text.n,
                            (unsigned long long)text.n * 120 / (1 << 20) + 96);
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

int hftok_is_pieces(const hftok *t)
{
    return t->pieces;
}

int hftok_strips(const hftok *t)
{
    return t->strips;
}
