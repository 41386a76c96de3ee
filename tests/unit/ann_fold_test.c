/* Folding a text with its places kept, against the rules taken character by character. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_text.h"
#include "weir/utf8.h"

static uint32_t state = 1;
static uint32_t draw(uint32_t n)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

struct want {
    char folded[4096];
    uint32_t from[4096];
    uint8_t cls[4096], end[4096];
    size_t n;
};

static void want_char(struct want *w, uint32_t c, size_t from)
{
    char p[4];
    const unsigned n = weir_utf8_encode(c, p);
    const uint8_t cls = (uint8_t)ann_class_of(c);
    for (unsigned i = 0; i < n; i++, w->n++) {
        w->folded[w->n] = p[i];
        w->from[w->n] = (uint32_t)from;
        w->cls[w->n] = cls;
        w->end[w->n] = !i && !(w->n && cls == ANN_WORD && w->cls[w->n - 1] == ANN_WORD);
    }
}

/* A text whose characters become one simplified each, in the order of the text. */
static void slow(struct want *w, struct weir_span text, struct weir_span simplified)
{
    int space = 1;
    unsigned n, m;
    w->n = 0;
    for (size_t i = 0, k = 0; i < text.n; i += n, k += m) {
        weir_utf8_decode(text.p + i, text.n - i, &n);
        const uint32_t c = weir_utf8_decode(simplified.p + k, simplified.n - k, &m);
        const uint32_t f = c == '\n' ? '\n' : kg_fold_char(c);
        if (f && !(f == ' ' && space))
            want_char(w, f, i);
        space = f ? f == ' ' || f == '\n' : space;
    }
    w->from[w->n] = (uint32_t)text.n;
    w->cls[w->n] = ANN_OTHER;
    w->end[w->n] = 1;
}

static void check(struct ann_text *t, const kg_fold *fold, const char *p, size_t n)
{
    static struct want w;
    struct kg_fold_scratch scratch = {0};
    struct weir_span simplified;
    char *copy = malloc(n ? n : 1); // exactly n bytes, so that a sanitizer sees every step beyond
    if (n)
        memcpy(copy, p, n);
    const struct weir_span text = weir_span(copy, n);
    assert(ann_text_set(t, fold, text) == 0);
    assert(kg_fold_simple(fold, &scratch, text, &simplified) == 0);
    slow(&w, text, simplified);
    if (t->folded.n != w.n || memcmp(t->folded.p, w.folded, w.n))
        fprintf(stderr, "%.*s\n%.*s\n%.*s\n", (int)n, p, (int)t->folded.n, t->folded.p, (int)w.n,
                w.folded);
    assert(t->folded.n == w.n && !memcmp(t->folded.p, w.folded, w.n));
    assert(!memcmp(t->from, w.from, (w.n + 1) * sizeof *w.from));
    assert(!memcmp(t->cls, w.cls, w.n + 1) && !memcmp(t->end, w.end, w.n + 1));
    kg_fold_scratch_free(&scratch);
    free(copy);
}

/* Runs of one kind, so that blocks are whole, cut and mixed. */
static void put_run(struct weir_buf *b)
{
    static const char *const kinds[] = {"abcdefXYZ019",
                                        "  _\t\n\x1F~\x7F@[`{/:",
                                        "一丁中国人大鿿浙江",
                                        "愛國學發後裡國",
                                        "，。、　！（Ａｚ０～",
                                        "éÀßЖж·•—’“”\u200B\u00AD",
                                        "𠀀𪚥😀가ꭰ㐀豈〇Ⅷあア",
                                        "ABC DEF ghi. "};
    const char *const kind = kinds[draw(8)];
    const size_t n = strlen(kind);
    for (size_t i = 0, chars = 1 + draw(20); i < chars; i++) {
        size_t at = draw((uint32_t)n);
        unsigned len;
        while (((unsigned char)kind[at] & 0xC0) == 0x80)
            at--;
        weir_utf8_decode(kind + at, n - at, &len);
        weir_buf_add(b, kind + at, len);
    }
    if (!draw(9))
        weir_buf_addc(b, 0);
}

int main(void)
{
    struct weir_err err = {0};
    struct ann_text t = {0};
    struct weir_buf b = {0};
    kg_fold *fold = kg_fold_open(&err);
    assert(fold);
    for (int i = 0; i < 20000; i++) {
        b.n = 0;
        for (uint32_t runs = draw(8); runs; runs--)
            put_run(&b);
        check(&t, fold, b.p, b.n);
    }
    for (uint32_t c = 0; c < 0x30000; c++) { // every character, in the middle of a block
        char p[16] = "ab cdefghijklmn";
        if (c >= 0xD800 && c < 0xE000)
            continue;
        const unsigned n = weir_utf8_encode(c, p + 4);
        memcpy(p + 4 + n, "xyz 1234", 8);
        check(&t, fold, p, 4 + n + 8);
    }
    ann_text_free(&t);
    weir_buf_free(&b);
    kg_fold_close(fold);
    return 0;
}
