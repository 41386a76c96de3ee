/* Added tokens: found in the text before anything else is done to it, leftmost first, of those that
 * begin at one place the longest (added_vocabulary.rs, find_matches). */
#include "hftok_impl.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

/* ---- trie ---- */

static uint32_t child_of(const struct hf_trie *t, uint32_t node, uint8_t byte)
{
    if (!node)
        return t->first[byte];
    uint32_t c = t->nodes[node].child;
    while (c && t->nodes[c].byte != byte)
        c = t->nodes[c].sibling;
    return c;
}

static int trie_add(struct hf_trie *t, struct weir_span s, uint32_t added)
{
    uint32_t node = 0;
    if (weir_grow(&t->nodes, &t->cap, t->n + s.n + 1, sizeof *t->nodes))
        return WEIR_EMEM;
    if (!t->n)
        t->nodes[t->n++] = (struct hf_node){0};
    for (size_t i = 0; i < s.n; i++) {
        const uint8_t byte = (uint8_t)s.p[i];
        uint32_t next = child_of(t, node, byte);
        if (!next) {
            next = (uint32_t)t->n++;
            t->nodes[next] = (struct hf_node){.byte = byte};
            if (node) {
                t->nodes[next].sibling = t->nodes[node].child;
                t->nodes[node].child = next;
            } else {
                t->first[byte] = next;
            }
        }
        node = next;
    }
    if (!t->nodes[node].added)
        t->nodes[node].added = added + 1;
    return 0;
}

static void note_first_bytes(struct hf_trie *t)
{
    t->n_bytes = 0;
    for (unsigned c = 0; c < 256; c++)
        if (t->first[c]) {
            if (t->n_bytes < sizeof t->bytes)
                t->bytes[t->n_bytes] = (uint8_t)c;
            t->n_bytes++;
        }
}

void hf_trie_free(struct hf_trie *t)
{
    free(t->nodes);
}

/* ---- finding ---- */

static size_t candidate(const struct hf_trie *t, const char *p, size_t at, size_t n)
{
    if (t->n_bytes == 1) {
        const char *c = memchr(p + at, t->bytes[0], n - at);
        return c ? (size_t)(c - p) : n;
    }
    while (at < n && !t->first[(uint8_t)p[at]])
        at++;
    return at;
}

/* Length of the longest token at `at`, 0 without one. */
static size_t longest(const struct hf_trie *t, const char *p, size_t at, size_t n, uint32_t *added)
{
    size_t len = 0;
    uint32_t node = 0;
    for (size_t i = at; i < n && (node = child_of(t, node, (uint8_t)p[i])) != 0; i++)
        if (t->nodes[node].added) {
            *added = t->nodes[node].added - 1;
            len = i + 1 - at;
        }
    return len;
}

/* \w of Unicode's regular expressions (UTS 18, annex C); the numbers that are newer than ICU are
 * all decimal digits. */
static int is_word(uint32_t c)
{
    const uint32_t type = U_MASK(u_charType((UChar32)c));
    return hf_classes[c] & (HF_L | HF_M) || type & (U_GC_ND_MASK | U_GC_PC_MASK) ||
           (hf_classes[c] & HF_N && type == U_GC_CN_MASK) ||
           u_hasBinaryProperty((UChar32)c, UCHAR_ALPHABETIC) ||
           u_hasBinaryProperty((UChar32)c, UCHAR_JOIN_CONTROL);
}

static int stands_alone(const char *p, size_t n, size_t begin, size_t end)
{
    unsigned len;
    if (begin && is_word(hf_char(p + weir_utf8_prev(p, begin), &len)))
        return 0;
    return end == n || !is_word(hf_char(p + end, &len));
}

const struct hf_added *hf_added_next(const hftok *t, const struct hf_trie *trie, const char *p,
                                     size_t n, size_t from, size_t *at, size_t *begin, size_t *end)
{
    uint32_t which = 0;
    if (!trie->n_bytes)
        return NULL;
    for (size_t i = candidate(trie, p, *at, n); i < n;) {
        const size_t len = longest(trie, p, i, n, &which);
        if (!len) {
            i = candidate(trie, p, i + 1, n);
            continue;
        }
        const struct hf_added *a = &t->added[which];
        *at = i + len;
        if (a->single_word && !stands_alone(p, n, i, i + len)) {
            i = candidate(trie, p, *at, n);
            continue;
        }
        *begin = i;
        *end = i + len;
        unsigned c_len;
        if (a->lstrip)
            for (size_t q = i;
                 q > from && hf_classes[hf_char(p + (q = weir_utf8_prev(p, q)), &c_len)] & HF_S;)
                *begin = q;
        if (a->rstrip)
            while (*end < n && hf_classes[hf_char(p + *end, &c_len)] & HF_S)
                *end += c_len;
        return a;
    }
    return NULL;
}

/* ---- building ---- */

/* The reference numbers added tokens itself. */
static uint32_t id_of(const hftok *t, const struct hf_added *a, uint32_t highest)
{
    const uint32_t id = hf_name_find(t, a->content);
    if (id != WEIR_NO_ID)
        return id;
    return highest != WEIR_NO_ID && highest >= t->n_vocab ? highest + 1 : (uint32_t)t->n_vocab;
}

static int add_token(hftok *t, const struct hf_added *a)
{
    struct weir_buf spelling = {0};
    if (a->id >= t->n_ids) {
        if (weir_grow(&t->tokens, &t->cap_tokens, (size_t)a->id + 1, sizeof *t->tokens))
            return WEIR_EMEM;
        memset(t->tokens + t->n_ids, 0, ((size_t)a->id + 1 - t->n_ids) * sizeof *t->tokens);
        t->n_ids = (size_t)a->id + 1;
    }
    struct hf_token *k = &t->tokens[a->id];
    if (k->there)
        return 0;
    *k = (struct hf_token){.there = 1};
    k->name_at = (uint32_t)t->names.n;
    k->n_name = (uint32_t)a->content.n;
    weir_buf_add(&t->names, a->content.p, a->content.n);
    k->bytes_at = (uint32_t)t->texts.n;
    /* The reference decodes a token as it looks for it, and takes a name in the byte alphabet for
     * bytes, whoever made it. */
    if (a->normalized && t->nfc)
        hf_nfc(&spelling, a->content);
    else
        weir_buf_add(&spelling, a->content.p, a->content.n);
    if (!spelling.failed && (t->pieces || !hf_name_bytes(weir_buf_span(&spelling), &t->texts)))
        weir_buf_add(&t->texts, spelling.p, spelling.n);
    k->n_bytes = (uint32_t)t->texts.n - k->bytes_at;
    const int failed = spelling.failed;
    weir_buf_free(&spelling);
    return failed ? WEIR_EMEM : 0;
}

/* Contents may lie anywhere until now; afterwards they lie in t->names. */
static int keep_contents(hftok *t, struct weir_err *err)
{
    for (size_t i = 0; i < t->n_added; i++) {
        const struct hf_token *k = &t->tokens[t->added[i].id];
        t->added[i].content = weir_span(t->names.p + k->name_at, k->n_name);
    }
    return weir_buf_check(&t->names, err) || weir_buf_check(&t->texts, err) ? err->code : 0;
}

static int add_pattern(hftok *t, size_t i)
{
    const struct hf_added *a = &t->added[i];
    struct weir_buf b = {0};
    if (!a->normalized)
        return trie_add(&t->raw, a->content, (uint32_t)i);
    if (t->nfc)
        hf_nfc(&b, a->content);
    else if (t->marks == HF_MARKS_NORMALIZER)
        hf_piece_normal_form(&b, a->content);
    else
        weir_buf_add(&b, a->content.p, a->content.n);
    const int rc = b.failed ? WEIR_EMEM : trie_add(&t->norm, weir_buf_span(&b), (uint32_t)i);
    weir_buf_free(&b);
    return rc;
}

int hf_added_build(hftok *t, struct weir_err *err)
{
    uint32_t highest = WEIR_NO_ID;
    int rc = 0;
    for (size_t i = 0; i < t->n_added && !rc; i++) {
        const struct hf_added *a = &t->added[i];
        const uint32_t id = id_of(t, a, highest);
        if (id != a->id || (id >= t->n_vocab && id < t->n_ids && t->tokens[id].there &&
                            hf_name_find(t, a->content) == WEIR_NO_ID))
            return weir_err_set(err, WEIR_EUSAGE,
                                "added token %.*s with the id %u, where the reference gives it %u, "
                                "is not supported",
                                (int)a->content.n, a->content.p, a->id, id);
        if (highest == WEIR_NO_ID || id > highest)
            highest = id;
        rc = add_token(t, a);
    }
    if (!rc)
        rc = keep_contents(t, err);
    for (size_t i = 0; i < t->n_added && !rc; i++)
        rc = add_pattern(t, i);
    note_first_bytes(&t->raw);
    note_first_bytes(&t->norm);
    return rc ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}
