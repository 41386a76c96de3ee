#include "filters/lexicon.h"

#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"

const char *const lexicon_category_names[LEX_N_ALL] = {
    "pornography", "gambling", "drugs",   "violence", "fraud", "hate",
    "self-harm",   "listed",   "context", "group",    "allow",
};

enum { MAX_TERMS = 1000000 };

/* What matching asks of a folded term. */
static void describe(struct lexicon_term *t, struct weir_span key)
{
    unsigned len;
    size_t n_han = 0, n = 0;
    for (size_t i = 0; i < key.n; i += len, n++) {
        const uint32_t c = weir_utf8_decode(key.p + i, key.n - i, &len);
        t->has_letters |= weir_is_ascii_alpha(c);
        n_han += (size_t)weir_is_han(c);
    }
    t->n_han = n_han == n ? (uint8_t)(n < 255 ? n : 255) : 0;
}

int lexicon_add(lexicon *l, struct weir_span term, enum lexicon_category category, int weight,
                struct weir_err *err)
{
    if (!term.n || term.n > LEX_MAX_TERM || memchr(term.p, 0, term.n) ||
        weir_utf8_valid(term.p, term.n) != term.n)
        return weir_err_set(err, WEIR_EBAD, "a term must be UTF-8 of 1 to %d bytes", LEX_MAX_TERM);
    if (l->n >= MAX_TERMS)
        return weir_err_set(err, WEIR_EBAD, "more than %d terms", MAX_TERMS);
    l->key.n = 0;
    if (weir_grow(&l->term, &l->cap, l->n + 1, sizeof *l->term) < 0 ||
        lexicon_fold_text(l->fold, term, &l->key, NULL) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const struct weir_span key = weir_buf_span(&l->key);
    if (!key.n)
        return weir_err_set(err, WEIR_EBAD, "a term of characters that nobody sees");
    struct lexicon_term t = {.at = l->bytes.n,
                             .n = term.n,
                             .key_n = (uint32_t)key.n,
                             .category = (uint8_t)category,
                             .weight = (uint8_t)weight};
    describe(&t, key);
    weir_buf_add(&l->bytes, term.p, term.n);
    t.key_at = t.at;
    if (!weir_span_eq(term, key)) {
        t.key_at = l->bytes.n;
        weir_buf_add(&l->bytes, key.p, key.n);
    }
    l->term[l->n++] = t;
    return weir_buf_check(&l->bytes, err);
}

/* Terms of a row stand apart by spaces; "_" is a space inside one. */
static int add_row(lexicon *l, const struct lexicon_row *row, struct weir_err *err)
{
    char term[LEX_MAX_TERM + 1];
    for (const char *p = row->terms + strspn(row->terms, " "); *p; p += strspn(p, " ")) {
        size_t n = 0;
        for (; p[n] && p[n] != ' ' && n < LEX_MAX_TERM; n++)
            term[n] = p[n] == '_' ? ' ' : p[n];
        if (lexicon_add(l, weir_span(term, n), row->category, row->weight, err) < 0)
            return err->code;
        p += n;
    }
    return 0;
}

static int add_built_in(lexicon *l, struct weir_err *err)
{
    const struct lexicon_row *const tables[] = {lexicon_zh, lexicon_en, lexicon_context,
                                                lexicon_evasion};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct lexicon_row *row = tables[t]; row->terms; row++)
            if (add_row(l, row, err) < 0)
                return err->code;
    return 0;
}

lexicon *lexicon_open(struct weir_err *err)
{
    lexicon *l = weir_calloc(1, sizeof *l);
    if (!l) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    l->fold = lexicon_fold_new(err);
    if (l->fold && add_built_in(l, err) == 0)
        return l;
    lexicon_close(l);
    return NULL;
}

void lexicon_close(lexicon *l)
{
    if (!l)
        return;
    hs_free_database(l->database);
    free(l->term);
    free(l->fold);
    weir_buf_free(&l->bytes);
    weir_buf_free(&l->key);
    free(l);
}

size_t lexicon_size(const lexicon *l)
{
    return l->n;
}

size_t lexicon_memory(const lexicon *l)
{
    size_t n, all = l->bytes.cap + l->cap * sizeof *l->term + sizeof *l->fold;
    if (l->database && hs_database_size(l->database, &n) == HS_SUCCESS)
        all += n;
    return all;
}
