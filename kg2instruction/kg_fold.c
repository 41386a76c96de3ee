#include "kg2instruction/kg_fold.h"

#include <stdlib.h>
#include <unicode/uchar.h>

#include "weir/utf8.h"

struct kg_fold {
    simplify *t2s;
};

kg_fold *kg_fold_open(struct weir_err *err)
{
    kg_fold *f = weir_calloc(1, sizeof *f);
    if (!f) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    f->t2s = simplify_open("t2s.json", err);
    if (f->t2s)
        return f;
    free(f);
    return NULL;
}

void kg_fold_close(kg_fold *f)
{
    if (!f)
        return;
    simplify_close(f->t2s);
    free(f);
}

uint64_t kg_fold_memory(const kg_fold *f)
{
    return simplify_memory(f->t2s);
}

void kg_fold_scratch_free(struct kg_fold_scratch *s)
{
    simplify_scratch_free(&s->simplify);
    weir_buf_free(&s->text);
    weir_buf_free(&s->converted);
}

static int vanishes(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x2064) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || c == 0;
}

uint32_t kg_fold_char(uint32_t c)
{
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c | 32 : c == '_' || (c < ' ' && c) ? ' ' : c;
    if (c >= 0x4E00 && c <= 0x9FFF)
        return c;
    if (c >= 0xFF01 && c <= 0xFF5E)
        return kg_fold_char(c - 0xFF01 + '!');
    if (vanishes(c))
        return 0;
    if (weir_is_space(c))
        return ' ';
    if (c == 0x30FB || c == 0x2022 || c == 0x2027 || c == 0x22C5)
        return 0xB7;
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212)
        return '-';
    if (c == 0x2018 || c == 0x2019)
        return '\'';
    if (c == 0x201C || c == 0x201D)
        return '"';
    return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}

int kg_fold_simple(const kg_fold *f, struct kg_fold_scratch *s, struct weir_span text,
                   struct weir_span *simplified)
{
    s->converted.n = 0;
    const int64_t n = simplify_text(f->t2s, &s->simplify, text, &s->converted);
    if (n < 0)
        return WEIR_EMEM;
    *simplified = n ? weir_buf_span(&s->converted) : text;
    return 0;
}

int kg_fold_simplify(const kg_fold *f, struct kg_fold_scratch *s, struct weir_span text,
                     struct weir_buf *to)
{
    struct weir_span t;
    if (kg_fold_simple(f, s, text, &t))
        return WEIR_EMEM;
    weir_buf_add(to, t.p, t.n);
    return to->failed ? WEIR_EMEM : 0;
}

void kg_fold_simplified(struct weir_span text, struct weir_buf *to)
{
    const size_t from = to->n;
    int space = 0;
    for (size_t i = 0; i < text.n;) {
        unsigned len;
        const uint32_t c = kg_fold_char(weir_utf8_decode_valid(text.p + i, &len));
        i += len;
        if (c == ' ') {
            space = to->n > from;
        } else if (c) {
            if (space)
                weir_buf_addc(to, ' ');
            space = 0;
            if (c < 0x80)
                weir_buf_addc(to, (char)c);
            else
                weir_buf_add_utf8(to, c);
        }
    }
}

int kg_fold_text(const kg_fold *f, struct kg_fold_scratch *s, struct weir_span text,
                 struct weir_buf *to)
{
    s->text.n = 0;
    if (kg_fold_simplify(f, s, text, &s->text))
        return WEIR_EMEM;
    kg_fold_simplified(weir_buf_span(&s->text), to);
    return to->failed ? WEIR_EMEM : 0;
}
