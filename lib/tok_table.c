/* Symbols: the model's pieces in canonical spelling, and characters that pieces hold. */
#include "tok_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/xxh.h"
#include "weir/utf8.h"

static const char mark[] = "\xE2\x96\x81"; // U+2581

uint64_t tok_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != sizeof seed)
        seed = (uintptr_t)&seed;
    return seed;
}

/* ---- finding ---- */

static size_t slot_of(const weir_tok *t, struct weir_span s)
{
    size_t i = XXH3_64bits_withSeed(s.p, s.n, t->seed) & t->find_mask;
    while (t->find[i] != TOK_NO_SYMBOL && !weir_span_eq(t->symbols[t->find[i]].text, s))
        i = (i + 1) & t->find_mask;
    return i;
}

uint32_t tok_symbol_find(const weir_tok *t, struct weir_span canonical)
{
    return t->find[slot_of(t, canonical)];
}

static int rehash(weir_tok *t, size_t size)
{
    uint32_t *find = weir_calloc(size, sizeof *find);
    if (!find)
        return WEIR_EMEM;
    free(t->find);
    t->find = find;
    t->find_mask = size - 1;
    for (size_t i = 0; i < size; i++)
        find[i] = TOK_NO_SYMBOL;
    for (size_t i = 0; i < t->n_symbols; i++)
        if (t->symbols[i].pieces)
            find[slot_of(t, t->symbols[i].text)] = (uint32_t)i;
    return 0;
}

uint32_t tok_symbol_add_char(weir_tok *t, struct weir_span canonical)
{
    if (t->n_symbols >= TOK_NO_SYMBOL - 1 ||
        weir_grow(&t->symbols, &t->cap_symbols, t->n_symbols + 1, sizeof *t->symbols))
        return TOK_NO_SYMBOL;
    t->symbols[t->n_symbols++] =
        (struct tok_symbol){.text = canonical, .pieces = 1, .split = TOK_WHOLE};
    if (t->n_symbols * 2 > t->find_mask) {
        if (rehash(t, (t->find_mask + 1) * 2))
            return TOK_NO_SYMBOL;
    } else {
        t->find[slot_of(t, canonical)] = (uint32_t)t->n_symbols - 1;
    }
    return (uint32_t)t->n_symbols - 1;
}

/* ---- building ---- */

static int refuse(struct weir_err *err, const char *what)
{
    return weir_err_set(err, WEIR_EUSAGE, "Weir's encoder does not support %s", what);
}

static int is_ordinary(int type)
{
    return type == SPM_NORMAL || type == SPM_USER_DEFINED || type == SPM_UNUSED;
}

static int check_model(const struct spm_model *m, struct weir_err *err)
{
    if (m->type != SPM_BPE && m->type != SPM_UNIGRAM)
        return refuse(err, m->type == 3   ? "models of type word"
                           : m->type == 4 ? "models of type char"
                                          : "models of an unknown type");
    if (m->unfolds)
        return refuse(err, "models that normalise decoded text");
    if (m->n_pieces >= TOK_NO_SYMBOL - 1)
        return refuse(err, "a million pieces");
    for (size_t i = 0; i < m->n_pieces; i++) {
        const struct spm_piece *p = &m->pieces[i];
        if (!p->text.n)
            return weir_err_set(err, WEIR_EBAD, "piece %zu is empty", i);
        if (weir_utf8_valid(p->text.p, p->text.n) != p->text.n)
            return refuse(err, "pieces that are not UTF-8");
        /* The library's tries end keys there; and nothing may join it here. */
        if (memchr(p->text.p, 0, p->text.n) &&
            (m->type != SPM_BPE || p->type != SPM_NORMAL || p->text.n > 1))
            return refuse(err, "pieces that hold NUL");
        if (p->text.n > TOK_LONGEST_PIECE)
            return refuse(err, "pieces of more than 1024 bytes");
        if (isnan(p->score))
            return refuse(err, "scores that are not numbers");
        if (p->type == SPM_CONTROL && weir_utf8_count(p->text.p, p->text.n) == 1)
            return refuse(err, "control symbols of one character");
    }
    return 0;
}

/* The canonical spelling; 0 when no text has it: it holds a space, and spaces are escaped. */
static int canonical(weir_tok *t, struct weir_span s, struct weir_span *out)
{
    struct weir_buf *b = &t->texts;
    const size_t at = b->n;
    const int escapes = t->model.escape_spaces;
    for (size_t i = 0; i < s.n;) {
        if (escapes && s.p[i] == ' ')
            return 0;
        const int is_mark = escapes && s.n - i >= 3 && !memcmp(s.p + i, mark, 3);
        weir_buf_addc(b, is_mark ? ' ' : s.p[i]);
        i += is_mark ? 3 : 1;
    }
    *out = weir_span(b->p + at, b->n - at);
    return 1;
}

/* Pieces that are given twice are an error to the library, whatever their spelling here. */
static int add_pieces(weir_tok *t, struct weir_err *err)
{
    const struct spm_model *m = &t->model;
    if (weir_buf_reserve(&t->texts, m->file.n)) // never moves: spellings do not grow
        return WEIR_EMEM;
    if (weir_grow(&t->symbols, &t->cap_symbols, m->n_pieces, sizeof *t->symbols))
        return WEIR_EMEM;
    for (size_t i = 0; i < m->n_pieces; i++) {
        const struct spm_piece *p = &m->pieces[i];
        struct tok_symbol s = {.score = p->score, .type = p->type, .split = TOK_WHOLE};
        s.pieces = (uint8_t)(is_ordinary(p->type) && canonical(t, p->text, &s.text));
        t->symbols[i] = s;
        t->n_symbols++;
    }
    size_t size = 1024;
    while (size < m->n_pieces * 4)
        size *= 2;
    if (rehash(t, size))
        return WEIR_EMEM;
    for (size_t i = 0; i < m->n_pieces; i++)
        if (t->symbols[i].pieces && tok_symbol_find(t, t->symbols[i].text) != i)
            return weir_err_set(err, WEIR_EBAD, "piece %zu is there twice", i);
    return 0;
}

static int add_specials(weir_tok *t, struct weir_err *err)
{
    const struct spm_model *m = &t->model;
    int n_bytes = 0, n_unk = 0;
    for (size_t i = 0; i < m->n_pieces; i++) {
        const struct spm_piece *p = &m->pieces[i];
        struct weir_span unused;
        if (p->type == SPM_BYTE) {
            t->byte_ids[p->byte] = (uint32_t)i;
            n_bytes++;
        } else if (p->type == SPM_UNKNOWN) {
            t->unk = (uint32_t)i;
            n_unk++;
        }
        /* The library's lookups prefer the reserved piece of two with one spelling. */
        if (!is_ordinary(p->type) && canonical(t, p->text, &unused) &&
            tok_symbol_find(t, unused) != TOK_NO_SYMBOL)
            return refuse(err, "a reserved piece spelled like another piece");
    }
    if (n_unk != 1)
        return weir_err_set(err, WEIR_EBAD, "%d unknown pieces, not one", n_unk);
    if (n_bytes != (m->byte_fallback ? 256 : 0))
        return weir_err_set(err, WEIR_EBAD, "%d byte pieces", n_bytes);
    return 0;
}

static int add_user_symbols(weir_tok *t)
{
    const struct spm_model *m = &t->model;
    struct tok_key *keys = weir_calloc(m->n_pieces * 2, sizeof *keys);
    if (!keys)
        return WEIR_EMEM;
    struct tok_key *raw = keys + m->n_pieces;
    size_t n = 0, n_raw = 0;
    for (size_t i = 0; i < m->n_pieces; i++) {
        if (m->pieces[i].type != SPM_USER_DEFINED)
            continue;
        raw[n_raw++] = (struct tok_key){m->pieces[i].text, (uint32_t)i};
        if (t->symbols[i].pieces)
            keys[n++] = (struct tok_key){t->symbols[i].text, (uint32_t)i};
    }
    t->has_user = n > 0;
    int rc = tok_trie_build(&t->user, keys, n);
    if (!rc)
        rc = tok_trie_build(&t->user_raw, raw, n_raw);
    free(keys);
    return rc;
}

int tok_symbols_build(weir_tok *t, struct weir_err *err)
{
    t->seed = tok_seed();
    if (check_model(&t->model, err) || add_pieces(t, err) || add_specials(t, err) ||
        add_user_symbols(t))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}
