/* Characters that join nothing: each kernel makes the pieces that the plain one makes. */
#include <stdlib.h>
#include <string.h>

#include "lib/tok_impl.h"
#include "weir/utf8.h"

#undef NDEBUG
#include <assert.h>

enum { PIECES = 900, BYTES = 3, CHARS = 800, ROOM = 3 * CHARS + TOK_LONE_ROOM };

static uint32_t seed = 5;

static uint32_t any(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

/* Characters of every kind: pieces, what is none, symbols that are no pieces, and such as join. */
static void make_model(weir_tok *t, struct tok_bpe *b)
{
    t->bpe = b;
    t->model.n_pieces = PIECES;
    for (uint32_t i = 0; i < 256; i++)
        t->byte_ids[i] = BYTES + i;
    b->lone = 1;
    b->pages = malloc(256 * 256 * sizeof *b->pages);
    assert(b->pages);
    for (uint32_t c = 0; c < 0x10000; c++)
        b->pages[c] = !any(40)  ? any(PIECES) | TOK_JOINS_RIGHT
                      : any(2)  ? BYTES + 256 + any(PIECES - BYTES - 256)
                      : any(10) ? TOK_NO_SYMBOL
                                : PIECES + any(100);
    for (size_t i = 0; i < 256; i++)
        b->page[i] = b->pages + 256 * i;
}

/* Characters of three bytes, few of which join when `long_runs`; then, perhaps, others. */
static size_t make_text(const struct tok_bpe *b, char *to, int long_runs)
{
    static const char *const ends[] = {"a", "é", "😀", "\n", ""};
    size_t n = 0;
    for (uint32_t k = any(CHARS - 2); k; k--) {
        uint32_t c;
        do
            c = 0x800 + any(0x10000 - 0x800);
        while ((c >= 0xD800 && c <= 0xDFFF) ||
               (long_runs && tok_char_info(b, c) & TOK_JOINS_RIGHT));
        n += weir_utf8_encode(c, to + n);
    }
    const char *end = ends[any(5)];
    memcpy(to + n, end, strlen(end));
    return n + strlen(end);
}

static struct weir_piece want[ROOM], got[ROOM];

static void same(const weir_tok *t, const char *text)
{
    const uint8_t *const u = (const uint8_t *)text;
    tok_lone_kernel *wide = tok_lone(t->bpe, "avx512");
    const uint32_t begin = any(1000);
    uint32_t last = begin, last_got = begin;
    struct tok_sink a = {.t = t, .p = want, .cap = ROOM}, b = {.t = t, .p = got, .cap = ROOM};
    const uint8_t *end = tok_lone(t->bpe, "scalar")(t, u, &last, &a);
    assert((size_t)(end - u) == last - begin && (a.n ? want[a.n - 1].end : begin) == last);
    if (!wide)
        return;
    assert(wide(t, u, &last_got, &b) == end && last_got == last && b.n == a.n);
    assert(!memcmp(want, got, a.n * sizeof *want));
    /* Little room: whole characters, until less is left than they may need. */
    b = (struct tok_sink){.t = t, .p = got, .cap = TOK_LONE_ROOM + any(50)};
    last_got = begin;
    got[b.cap].id = 77;
    const uint8_t *stop = wide(t, u, &last_got, &b);
    assert(stop <= end && (stop == end || b.cap - b.n < TOK_LONE_ROOM) && (stop > u) == (end > u));
    assert((size_t)(stop - u) == last_got - begin && !memcmp(want, got, b.n * sizeof *want));
    assert(b.n <= b.cap && got[b.cap].id == 77);
}

static void texts(const weir_tok *t)
{
    char text[3 * CHARS + WEIR_PADDING + 4];
    for (int i = 0; i < 20000; i++) {
        memset(text, any(2) ? 0 : 'x', sizeof text);
        make_text(t->bpe, text, i % 2);
        same(t, text);
    }
}

int main(void)
{
    static struct tok_bpe b;
    static weir_tok t;
    make_model(&t, &b);
    assert(!tok_lone_build(&t, &b) && b.put_lone);
    texts(&t);
    free(b.lone_ids);
    /* Bytes whose ids stand in no row are for the plain one alone. */
    b.lone_ids = NULL;
    t.byte_ids[200] = 7;
    assert(!tok_lone_build(&t, &b) && !b.lone_ids && b.put_lone == tok_lone(&b, "scalar"));
    assert(!tok_lone(&b, "avx512"));
    texts(&t);
    free(b.pages);
    return 0;
}
