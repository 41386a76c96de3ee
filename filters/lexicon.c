#include "filters/lexicon.h"

#include <hs/hs.h>
#include <stdlib.h>
#include <string.h>
#include "weir/utf8.h"

const char *const lexicon_category_names[LEX_N_ALL] = {
    "pornography", "gambling",  "drugs",  "violence", "fraud",
    "hate",        "self-harm", "listed", "context",  "allow",
};

enum { MAX_TERM = 200, MAX_TERMS = 1000000 };

static int has_letters(struct weir_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (weir_is_ascii_alpha((unsigned char)s.p[i]))
            return 1;
    return 0;
}

int lexicon_add(lexicon *l, struct weir_span term, enum lexicon_category category, int weight,
                struct weir_err *err)
{
    if (!term.n || term.n > MAX_TERM || memchr(term.p, 0, term.n) ||
        weir_utf8_valid(term.p, term.n) != term.n)
        return weir_err_set(err, WEIR_EBAD, "a term must be UTF-8 of 1 to %d bytes", MAX_TERM);
    if (l->n >= MAX_TERMS)
        return weir_err_set(err, WEIR_EBAD, "more than %d terms", MAX_TERMS);
    if (weir_grow(&l->term, &l->cap, l->n + 1, sizeof *l->term) < 0)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    l->term[l->n++] = (struct lexicon_term){.at = l->bytes.n,
                                            .n = term.n,
                                            .category = (uint8_t)category,
                                            .weight = (uint8_t)weight,
                                            .caseless = (uint8_t)has_letters(term)};
    weir_buf_add(&l->bytes, term.p, term.n);
    weir_buf_addc(&l->bytes, 0);
    return weir_buf_check(&l->bytes, err);
}

/* Terms of a row stand apart by spaces; "_" is a space inside one. */
static int add_row(lexicon *l, const struct lexicon_row *row, struct weir_err *err)
{
    char term[MAX_TERM + 1];
    for (const char *p = row->terms + strspn(row->terms, " "); *p; p += strspn(p, " ")) {
        size_t n = 0;
        for (; p[n] && p[n] != ' ' && n < MAX_TERM; n++)
            term[n] = p[n] == '_' ? ' ' : p[n];
        if (lexicon_add(l, weir_span(term, n), row->category, row->weight, err) < 0)
            return err->code;
        p += n;
    }
    return 0;
}

static int add_built_in(lexicon *l, struct weir_err *err)
{
    const struct lexicon_row *const tables[] = {lexicon_zh, lexicon_en, lexicon_context};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct lexicon_row *row = tables[t]; row->terms; row++)
            if (add_row(l, row, err) < 0)
                return err->code;
    return 0;
}

lexicon *lexicon_open(const char *const *files, size_t n_files, const char *const *allow,
                      size_t n_allow, struct weir_err *err)
{
    lexicon *l = weir_calloc(1, sizeof *l);
    if (!l) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    int rc = add_built_in(l, err);
    for (size_t i = 0; !rc && i < n_files; i++)
        rc = lexicon_load(l, files[i], LEX_LISTED, err);
    for (size_t i = 0; !rc && i < n_allow; i++)
        rc = lexicon_load(l, allow[i], LEX_ALLOW, err);
    if (!rc)
        rc = lexicon_compile(l, err);
    if (!rc)
        return l;
    lexicon_close(l);
    return NULL;
}

void lexicon_close(lexicon *l)
{
    if (!l)
        return;
    hs_free_database(l->exact);
    hs_free_database(l->caseless);
    free(l->term);
    weir_buf_free(&l->bytes);
    free(l);
}

size_t lexicon_size(const lexicon *l)
{
    return l->n;
}

size_t lexicon_memory(const lexicon *l)
{
    size_t n, all = l->bytes.cap + l->cap * sizeof *l->term;
    if (l->exact && hs_database_size(l->exact, &n) == HS_SUCCESS)
        all += n;
    if (l->caseless && hs_database_size(l->caseless, &n) == HS_SUCCESS)
        all += n;
    return all;
}
