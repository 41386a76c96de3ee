/* Byte-level BPE against a slow encoder written down here from the definition: random vocabularies
 * and merges, with and without ignore_merges, on random texts.  The pattern is matched alternative
 * by alternative, and BPE looks for the first pair of lowest rank again after every merge. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hftok.h"

enum { MOST_TOKENS = 700, MOST_MERGES = 400, LONGEST = 48, TEXT = 3000 };

static uint64_t state = 0x243F6A8885A308D3u;

static uint32_t any(uint32_t n)
{
    state ^= state << 13; // xorshift
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

/* Characters and their kind: Letter, Number, Space, newliNe, Blank, Other. */
static const struct {
    const char *text;
    char kind;
} chars[] = {{"a", 'L'},  {"b", 'L'},  {"e", 'L'},  {"l", 'L'},  {"s", 'L'},  {"T", 'L'},
             {"é", 'L'},  {"水", 'L'}, {"江", 'L'}, {"流", 'L'}, {"1", 'D'},  {"7", 'D'},
             {"２", 'D'}, {" ", 'B'},  {" ", 'B'},  {"\n", 'N'}, {"\r", 'N'}, {"\t", 'S'},
             {"　", 'S'}, {".", 'O'},  {"'", 'O'},  {"，", 'O'}, {"😀", 'O'},  {"\x01", 'O'}};
enum { N_CHARS = sizeof chars / sizeof *chars };

static char text[TEXT + 128]; // with its kinds, character by character
static char kinds[TEXT + 1];
static uint16_t places[TEXT + 1];
static size_t n_chars;

static void make_text(size_t most)
{
    const uint32_t from = any(N_CHARS), width = 1 + any(N_CHARS);
    size_t n = 0;
    n_chars = 0;
    for (size_t want = any((uint32_t)most); n < want; n_chars++) {
        const uint32_t c = (from + any(width)) % N_CHARS;
        kinds[n_chars] = chars[c].kind;
        places[n_chars] = (uint16_t)n;
        memcpy(text + n, chars[c].text, strlen(chars[c].text));
        n += strlen(chars[c].text);
    }
    kinds[n_chars] = 0;
    places[n_chars] = (uint16_t)n;
}

/* ---- the pattern ---- */

static int is(size_t i, const char *of)
{
    return i < n_chars && strchr(of, kinds[i]) != NULL;
}

static size_t run(size_t i, const char *of)
{
    while (is(i, of))
        i++;
    return i;
}

static size_t contraction(size_t i, int fold)
{
    static const char *const all[] = {"s", "t", "re", "ve", "m", "ll", "d"};
    for (size_t k = 0; text[places[i]] == '\'' && k < 7; k++) {
        size_t n = 0;
        for (; n < strlen(all[k]) && i + 1 + n < n_chars; n++) {
            const char c = text[places[i + 1 + n]];
            if ((fold && c >= 'A' && c <= 'Z' ? c + 32 : c) != all[k][n])
                break;
        }
        if (n == strlen(all[k]))
            return i + 1 + n;
    }
    return 0;
}

static size_t spaces(size_t i)
{
    const size_t end = run(i, "SBN");
    return end < n_chars && end - i > 1 ? end - 1 : end; // \s+(?!\S), else \s+
}

/* 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
static size_t next_gpt2(size_t i)
{
    const size_t short_form = contraction(i, 0);
    if (short_form)
        return short_form;
    const size_t from = is(i, "B") ? i + 1 : i;
    static const char *const runs[] = {"L", "D", "O"};
    for (size_t k = 0; k < 3; k++)
        if (is(from, runs[k]))
            return run(from, runs[k]);
    return spaces(i);
}

/* (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|
 * \s*[\r\n]+|\s+(?!\S)|\s+ */
static size_t next_llama3(size_t i, size_t digits)
{
    const size_t short_form = contraction(i, 1);
    if (short_form)
        return short_form;
    if (is(i, "SBO") && is(i + 1, "L"))
        return run(i + 1, "L");
    if (is(i, "L"))
        return run(i, "L");
    if (is(i, "D")) {
        const size_t end = run(i, "D");
        return end - i > digits ? i + digits : end;
    }
    const size_t from = is(i, "B") ? i + 1 : i;
    if (is(from, "O"))
        return run(run(from, "O"), "N");
    size_t last = 0;
    for (size_t k = i; is(k, "SBN"); k++)
        if (is(k, "N"))
            last = k + 1;
    return last ? last : spaces(i);
}

/* ---- BPE ---- */

struct token {
    uint8_t p[LONGEST], n;
};
static struct token tokens[MOST_TOKENS];
static uint32_t n_tokens;
static struct {
    uint32_t left, right, made;
} merges[MOST_MERGES];
static uint32_t n_merges;

static uint32_t find(const void *p, size_t n)
{
    for (uint32_t i = 0; i < n_tokens; i++)
        if (tokens[i].n == n && !memcmp(tokens[i].p, p, n))
            return i;
    return UINT32_MAX;
}

static uint32_t rank_of(uint32_t left, uint32_t right)
{
    for (uint32_t i = n_merges; i--;)
        if (merges[i].left == left && merges[i].right == right)
            return i;
    return UINT32_MAX;
}

static size_t bpe(const char *p, size_t n, int ignore_merges, uint32_t *ids)
{
    const uint32_t whole = ignore_merges ? find(p, n) : UINT32_MAX;
    if (whole != UINT32_MAX)
        return ids[0] = whole, 1;
    for (size_t i = 0; i < n; i++)
        ids[i] = (uint8_t)p[i];
    for (;;) {
        uint32_t best = UINT32_MAX;
        size_t at = 0;
        for (size_t i = 0; i + 1 < n; i++) {
            const uint32_t rank = rank_of(ids[i], ids[i + 1]);
            if (rank < best)
                best = rank, at = i;
        }
        if (best == UINT32_MAX)
            return n;
        ids[at] = merges[best].made;
        memmove(ids + at + 1, ids + at + 2, (n - at - 2) * sizeof *ids);
        n--;
    }
}

static size_t encode(unsigned pattern, int ignore_merges, uint32_t *ids)
{
    size_t n = 0;
    for (size_t i = 0, end; i < n_chars; i = end) {
        end = pattern == 0 ? next_gpt2(i) : next_llama3(i, pattern);
        assert(end > i);
        n += bpe(text + places[i], (size_t)(places[end] - places[i]), ignore_merges, ids + n);
    }
    return n;
}

/* ---- models ---- */

/* Merges of what stands side by side in texts of the alphabet, or anywhere. */
static void make_merges(void)
{
    static uint32_t ids[TEXT];
    const uint32_t want = any(MOST_MERGES);
    n_tokens = 256;
    n_merges = 0;
    for (uint32_t i = 0; i < 256; i++)
        tokens[i] = (struct token){{(uint8_t)i}, 1};
    for (uint32_t tries = 0; n_merges < want && tries < 3 * want; tries++) {
        make_text(60);
        const size_t n = bpe(text, places[n_chars], 0, ids);
        if (n < 2)
            continue;
        const size_t at = any((uint32_t)n - 1);
        const struct token *l = &tokens[ids[at]], *r = &tokens[ids[at + 1]];
        struct token made = *l;
        if (l->n + r->n > LONGEST)
            continue;
        memcpy(made.p + l->n, r->p, r->n);
        made.n = (uint8_t)(l->n + r->n);
        uint32_t id = find(made.p, made.n);
        if (id == UINT32_MAX)
            tokens[id = n_tokens++] = made;
        merges[n_merges].left = ids[at];
        merges[n_merges].right = ids[at + 1];
        merges[n_merges++].made = id;
    }
    for (uint32_t i = any(3) ? 0 : n_merges; i > 1; i--) { // some in any order
        const uint32_t k = any(i);
        const uint32_t left = merges[k].left, right = merges[k].right, made = merges[k].made;
        merges[k] = merges[i - 1];
        merges[i - 1].left = left, merges[i - 1].right = right, merges[i - 1].made = made;
    }
    for (uint32_t i = any(40); i; i--) { // tokens that nothing is merged to
        make_text(12);
        const size_t n = places[n_chars];
        if (n && n <= LONGEST && find(text, n) == UINT32_MAX) {
            memcpy(tokens[n_tokens].p, text, n);
            tokens[n_tokens++].n = (uint8_t)n;
        }
    }
}

static void add_name(struct weir_buf *b, const struct token *t)
{
    weir_buf_addc(b, '"');
    for (size_t i = 0; i < t->n; i++) {
        unsigned others = 0, c = 0;
        for (; c <= t->p[i]; c++) { // printable bytes stand for themselves, others from 256 on
            const int plain = (c >= '!' && c <= '~') || (c >= 0xA1 && c <= 0xAC) || c >= 0xAE;
            if (c == t->p[i]) {
                if (c == '"' || c == '\\')
                    weir_buf_addc(b, '\\');
                weir_buf_add_utf8(b, plain ? c : 256 + others);
            }
            others += !plain;
        }
    }
    weir_buf_addc(b, '"');
}

static hftok *make_model(unsigned pattern, int ignore_merges)
{
    static const char *const pre[] = {
        "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":true}",
        "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(?"
        "i:'s|'"
        "t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}%s| "
        "?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+\"},"
        "\"behavior\":\"Isolated\",\"invert\":false},{\"type\":\"ByteLevel\",\"add_prefix_space\":"
        "false,\"use_regex\":false}]}"};
    struct weir_buf b = {0};
    struct weir_err err = {0};
    char json[1000];
    snprintf(json, sizeof json, pre[pattern > 0], pattern == 3 ? "{1,3}" : "");
    weir_buf_addf(
        &b,
        "{\"normalizer\":null,\"decoder\":{\"type\":\"ByteLevel\"},\"pre_tokenizer\":%s,"
        "\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"ignore_merges\":%s,\"vocab\":{",
        json, ignore_merges ? "true" : "false");
    for (uint32_t i = 0; i < n_tokens; i++) {
        add_name(&b, &tokens[i]);
        weir_buf_addf(&b, ":%u%s", i, i + 1 < n_tokens ? "," : "},\"merges\":[");
    }
    for (uint32_t i = 0; i < n_merges; i++) {
        weir_buf_adds(&b, i ? ",[" : "[");
        add_name(&b, &tokens[merges[i].left]);
        weir_buf_addc(&b, ',');
        add_name(&b, &tokens[merges[i].right]);
        weir_buf_addc(&b, ']');
    }
    weir_buf_adds(&b, "]}}");
    assert(!weir_buf_reserve(&b, 0));
    hftok *t = hftok_open(weir_buf_span(&b), &err);
    if (!t)
        fprintf(stderr, "%s\n", err.msg);
    weir_buf_free(&b);
    return t;
}

int main(void)
{
    static const unsigned patterns[] = {0, 1, 3};
    static uint32_t ids[TEXT];
    const char *more = getenv("TOK_TEST");
    struct weir_piece *p = NULL;
    size_t cap = 0, n;
    for (int models = more ? 25 * atoi(more) : 25; models; models--) {
        const unsigned pattern = patterns[any(3)];
        const int ignore_merges = (int)any(2);
        make_merges();
        hftok *t = make_model(pattern, ignore_merges);
        assert(t);
        hftok_scratch *s = hftok_scratch_new(t, any(2) ? 1 : 1 << 20, NULL);
        for (int i = 0; i < 60; i++) {
            make_text(i % 20 ? 300 : TEXT - 8);
            const struct weir_span all = weir_span(text, places[n_chars]);
            const size_t m = encode(pattern, ignore_merges, ids);
            assert(!hftok_encode(t, s, UINT64_MAX, all, &p, &cap, &n, NULL));
            assert(n == m);
            for (size_t k = 0, at = 0; k < n; at = p[k++].end)
                assert(p[k].id == ids[k] && p[k].begin == at && p[k].end - at == tokens[ids[k]].n);
        }
        hftok_scratch_free(s);
        hftok_free(t);
    }
    free(p);
    return 0;
}
