/* Random strings through Weir's encoder and the reference, until they differ.
 *   tok_diff MODEL N SEED          a SentencePiece model, against the library
 *   tok_diff --emit MODEL N SEED   strings and Weir's ids, for hf_diff.py
 * A string is a few parts: pieces of the vocabulary (whole, cut, with spaces for U+2581),
 * characters of many scripts, runs of spaces, names of special pieces, digits, bytes that are no
 * UTF-8.  Pieces (ids, offsets) of every string are compared, and for one in 16 the text that they
 * decode to. Prints: model, strings, bytes, seconds.  Exit 1 and the string where something
 * differs.
 * --emit writes for each string, little-endian: its bytes, its ids (u32 each), the bytes, the ids.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "weir/tok.h"
#include "weir/utf8.h"

enum { LONGEST = 700, FRESH = 1 << 16 }; // longer texts the library's wrapper cuts

static uint64_t state[2];

/* xoroshiro128+ (Blackman, Vigna 2018), its high half. */
static uint32_t any(uint32_t n)
{
    const uint64_t a = state[0], sum = a + state[1], b = a ^ state[1];
    state[0] = (a << 24 | a >> 40) ^ b ^ b << 16;
    state[1] = b << 37 | b >> 27;
    return (uint32_t)((sum >> 32) * n >> 32);
}

static void seed(uint64_t s)
{
    for (int i = 0; i < 2; i++) { // splitmix64
        uint64_t z = s += 0x9E3779B97F4A7C15u;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        state[i] = z ^ z >> 31;
    }
}

/* ---- strings ---- */

static struct weir_span *words; // the vocabulary as decoding and as the model spells it
static size_t n_words;
static struct weir_buf word_bytes;

static void add_piece(struct weir_buf *b)
{
    const struct weir_span w = words[any((uint32_t)n_words)];
    const size_t from = any(8) ? 0 : any((uint32_t)w.n + 1);
    const size_t to = any(8) ? w.n : from + any((uint32_t)(w.n - from) + 1);
    weir_buf_add(b, w.p + from, to - from);
}

static void add_spaces(struct weir_buf *b)
{
    static const char *const spaces[] = {" ",
                                         " ",
                                         " ",
                                         " ",
                                         "\xE2\x96\x81",
                                         "\t",
                                         "\n",
                                         "\r\n",
                                         "\xC2\xA0",
                                         "\x0b",
                                         "\xE3\x80\x80",
                                         "\xE2\x80\x83",
                                         "\xE2\x80\xA8",
                                         "\xC2\x85",
                                         "\xE2\x80\x8B"};
    const char *s = spaces[any(sizeof spaces / sizeof *spaces)];
    for (unsigned n = any(3) ? 1 : 1 + any(any(4) ? 4 : 40); n; n--)
        weir_buf_adds(b, s);
}

static void add_script(struct weir_buf *b)
{
    static const uint32_t ranges[][2] = {
        {0x20, 0x7F},       {0x20, 0x7F},       {0, 0x100},        {0x100, 0x250},
        {0x300, 0x370},     {0x370, 0x530},     {0x590, 0x700},    {0x900, 0xE00},
        {0xE00, 0x1200},    {0x1E00, 0x2000},   {0x2000, 0x2C00},  {0x3000, 0x3400},
        {0x4E00, 0x9FA6},   {0x4E00, 0x9FA6},   {0x4E00, 0x6000},  {0x3400, 0x4DC0},
        {0xAC00, 0xD7A4},   {0xE000, 0xF900},   {0xF900, 0x10000}, {0x10000, 0x20000},
        {0x1F300, 0x1FB00}, {0x20000, 0x33480}, {0, 0xD800},       {0xE000, 0x110000}};
    const uint32_t *r = ranges[any(sizeof ranges / sizeof *ranges)];
    for (unsigned n = 1 + any(8); n; n--)
        weir_buf_add_utf8(b, r[0] + any(r[1] - r[0]));
}

static void add_broken(struct weir_buf *b)
{
    static const char *const broken[] = {
        "\xff",         "\xc0\x80",         "\xed\xa0\x80",    "\xe6\xb0",
        "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xe2\x96",        "\x80",
        "\xe0\x80\xaf", "\xef\xbf\xbd",     "\xf8\x88\x80\x80"};
    if (any(2))
        weir_buf_adds(b, broken[any(sizeof broken / sizeof *broken)]);
    else
        for (unsigned n = 1 + any(3); n; n--)
            weir_buf_addc(b, (char)any(256));
}

static void add_special(struct weir_buf *b)
{
    static const char *const names[] = {
        "<s>",    "</s>",          "<unk>",     "<pad>",      "<0x0A>",       "<0xE4>",
        "<mask>", "<|endoftext|>", "[MASK]",    "<|im_end|>", "<|eot_id|>",   "\xE2\x81\x87",
        "'s",     "'LL",           "'\xC5\xBF", "http://",    "\xE2\x80\x8D", "\xEF\xB8\x8F"};
    const char *s = names[any(sizeof names / sizeof *names)];
    weir_buf_add(b, s, any(4) ? strlen(s) : any((uint32_t)strlen(s) + 1));
}

static void add_part(struct weir_buf *b, int broken)
{
    const uint32_t k = any(100);
    if (k < 45)
        add_piece(b);
    else if (k < 62)
        add_spaces(b);
    else if (k < 82)
        add_script(b);
    else if (k < 87)
        add_special(b);
    else if (k < 91)
        for (unsigned n = 1 + any(8); n; n--)
            weir_buf_addc(b, (char)('0' + any(10)));
    else if (k < 94)
        for (unsigned n = 1 + any(any(8) ? 6 : 60), c = any(96) + 32; n; n--)
            weir_buf_addc(b, (char)c);
    else if (k < 95)
        weir_buf_addc(b, 0);
    else if (broken)
        add_broken(b);
}

/* One in four strings has broken parts; one in 64 is long. */
static void make_string(struct weir_buf *b)
{
    const int broken = !any(4);
    b->n = 0;
    for (uint32_t n = 1 + any(any(64) ? 8 : 80); n && b->n < LONGEST; n--)
        add_part(b, broken);
    if (b->n > LONGEST)
        b->n = LONGEST;
}

/* ---- the vocabulary ---- */

static void keep_word(size_t at)
{
    static size_t cap;
    if (word_bytes.n == at)
        return;
    if (weir_grow(&words, &cap, n_words + 1, sizeof *words) || word_bytes.failed)
        exit(2);
    words[n_words++] = weir_span(NULL, word_bytes.n - at);
}

static void read_words(const weir_tok *t)
{
    for (uint32_t id = 0; id < weir_tok_vocab_size(t); id++) {
        const struct weir_span s = weir_tok_piece(t, id);
        size_t at = word_bytes.n;
        if (!weir_tok_is_json(t) || id % 8 == 0) {
            weir_buf_add(&word_bytes, s.p, s.n);
            keep_word(at);
        }
        at = word_bytes.n;
        if (s.n && weir_tok_decode(t, &id, 1, &word_bytes, NULL))
            exit(2);
        if (!weir_tok_is_json(t) && s.n > 3 && !memcmp(s.p, "\xE2\x96\x81", 3)) {
            word_bytes.n = at; // decoding drops the space in front
            weir_buf_addc(&word_bytes, ' ');
            weir_buf_add(&word_bytes, s.p + 3, s.n - 3);
        }
        keep_word(at);
    }
    const char *p = word_bytes.p;
    for (size_t i = 0; i < n_words; p += words[i++].n)
        words[i].p = p;
}

/* ---- comparing ---- */

static struct weir_piece *ours, *theirs;
static size_t cap_ours, cap_theirs;

static void differ(const char *what, const struct weir_buf *b, size_t n, size_t m)
{
    fprintf(stderr, "%s differ: printf '", what);
    for (size_t i = 0; i < b->n; i++)
        fprintf(stderr, "\\%03o", (uint8_t)b->p[i]);
    fprintf(stderr, "'\nWeir:");
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, " %u[%u,%u)", ours[i].id, ours[i].begin, ours[i].end);
    fprintf(stderr, "\nSentencePiece:");
    for (size_t i = 0; i < m; i++)
        fprintf(stderr, " %u[%u,%u)", theirs[i].id, theirs[i].begin, theirs[i].end);
    fprintf(stderr, "\n");
    exit(1);
}

static int same_text(const struct weir_buf *a, const struct weir_buf *b)
{
    return a->n == b->n && (!a->n || !memcmp(a->p, b->p, a->n));
}

/* What <unk> decodes to may stand in the text by chance. */
static int has_unknown(const weir_tok *t, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ours[i].id == weir_tok_unk(t))
            return 1;
    return 0;
}

static void compare_text(const weir_tok *t, const weir_spm *m, const weir_tok_scratch *s,
                         const struct weir_buf *b, size_t n)
{
    static struct weir_buf text, reference, stream;
    static uint32_t ids[4 * LONGEST + 16];
    struct weir_tok_stream step = {0};
    text.n = reference.n = stream.n = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t at = stream.n;
        ids[i] = ours[i].id;
        if (weir_tok_stream_next(t, &step, ids[i], &stream, NULL))
            exit(2);
        if (weir_utf8_valid(stream.p + at, stream.n - at) != stream.n - at)
            differ("streamed characters", b, n, 0);
    }
    if (weir_tok_decode(t, ids, n, &text, NULL) || weir_spm_decode(m, ids, n, &reference, NULL) ||
        weir_tok_stream_end(&step, &stream, NULL))
        exit(2);
    if (!same_text(&text, &reference) || !same_text(&text, &stream))
        differ("decoded texts", b, n, 0);
    const int back = same_text(&text, b), whole = !weir_tok_folded(t, weir_buf_span(b), ours, n);
    if ((whole && !back) || (weir_tok_is_exact(s) && !back) ||
        (back && !whole && !has_unknown(t, n)))
        differ("claim and text", b, n, 0);
}

static weir_tok_scratch *scratch_of(const weir_tok *t, weir_tok_scratch *s, uint64_t i)
{
    if (s && i % FRESH)
        return s;
    weir_tok_scratch_free(s);
    s = weir_tok_scratch_new(t, NULL);
    if (!s)
        exit(2);
    return s;
}

static uint64_t compare(const weir_tok *t, const weir_spm *m, uint64_t count)
{
    struct weir_buf b = {0};
    weir_tok_scratch *s = NULL;
    uint64_t bytes = 0;
    size_t n, k;
    for (uint64_t i = 0; i < count; i++, bytes += b.n) {
        s = scratch_of(t, s, i);
        make_string(&b);
        if (weir_tok_encode(t, s, weir_buf_span(&b), &ours, &cap_ours, &n, NULL) ||
            weir_spm_encode(m, weir_buf_span(&b), &theirs, &cap_theirs, &k, NULL))
            exit(2);
        if (n != k || (n && memcmp(ours, theirs, n * sizeof *ours)))
            differ("pieces", &b, n, k);
        if (i % 16 == 0)
            compare_text(t, m, s, &b, n);
    }
    weir_tok_scratch_free(s);
    weir_buf_free(&b);
    return bytes;
}

/* Some of the string's ids and some others, and their text; as a stream too, which may differ only
 * where byte tokens are no UTF-8. */
static void make_text(const weir_tok *t, uint32_t *ids, size_t n, struct weir_buf *text)
{
    static struct weir_buf stream;
    struct weir_tok_stream step = {0};
    text->n = stream.n = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t at = stream.n;
        do
            ids[i] = any(10) ? ours[i].id : any(weir_tok_vocab_size(t));
        while (!weir_tok_piece(t, ids[i]).n);
        if (weir_tok_stream_next(t, &step, ids[i], &stream, NULL))
            exit(2);
        if (weir_utf8_valid(stream.p + at, stream.n - at) != stream.n - at)
            differ("streamed characters", &stream, n, 0);
    }
    if (weir_tok_stream_end(&step, &stream, NULL) || weir_tok_decode(t, ids, n, text, NULL))
        exit(2);
    if (!same_text(text, &stream) && !memmem(text->p, text->n, "\xEF\xBF\xBD", 3))
        differ("streamed texts", text, n, 0);
}

static void emit(const weir_tok *t, uint64_t count)
{
    static uint32_t ids[4 * LONGEST + 16];
    struct weir_buf b = {0}, text = {0};
    weir_tok_scratch *s = NULL;
    size_t n;
    for (uint64_t i = 0; i < count; i++) {
        s = scratch_of(t, s, i);
        make_string(&b);
        if (weir_tok_encode(t, s, weir_buf_span(&b), &ours, &cap_ours, &n, NULL))
            exit(2);
        const size_t n_other = i % 16 ? 0 : n;
        if (n_other)
            make_text(t, ids, n_other, &text);
        const uint32_t head[4] = {(uint32_t)b.n, (uint32_t)n, (uint32_t)n_other,
                                  n_other ? (uint32_t)text.n : 0};
        fwrite(head, sizeof *head, 4, stdout);
        fwrite(b.p, 1, b.n, stdout);
        for (size_t k = 0; k < n; k++)
            fwrite(&ours[k].id, sizeof ours[k].id, 1, stdout);
        fwrite(ids, sizeof *ids, n_other, stdout);
        fwrite(text.p, 1, head[3], stdout);
    }
    weir_tok_scratch_free(s);
    weir_buf_free(&b);
    weir_buf_free(&text);
    if (fflush(stdout) || ferror(stdout))
        exit(2);
}

int main(int argc, char **argv)
{
    const int emits = argc > 1 && !strcmp(argv[1], "--emit");
    struct weir_err err = {0};
    if (argc != 4 + emits)
        return fprintf(stderr, "tok_diff [--emit] MODEL N SEED\n"), 2;
    argv += emits;
    const uint64_t count = strtoull(argv[2], NULL, 10);
    weir_tok *t = weir_tok_open(argv[1], &err);
    weir_spm *m = t && !emits ? weir_spm_open(argv[1], &err) : NULL;
    if (!t || (!m && !emits))
        return fprintf(stderr, "%s\n", err.msg), 2;
    const clock_t begin = clock();
    seed(strtoull(argv[3], NULL, 10));
    read_words(t);
    if (emits) {
        emit(t, count);
    } else {
        const uint64_t bytes = compare(t, m, count);
        printf("%s: %llu strings, %llu bytes, %.0f s: equal\n", argv[1], (unsigned long long)count,
               (unsigned long long)bytes, (double)(clock() - begin) / CLOCKS_PER_SEC);
    }
    free(ours);
    free(theirs);
    free(words);
    weir_buf_free(&word_bytes);
    weir_spm_free(m);
    weir_tok_free(t);
    return 0;
}
