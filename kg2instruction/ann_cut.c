/* Sentences, and the pieces that are written: paragraphs, cut at sentence ends where long. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_doc.h"
#include "weir/sentence.h"
#include "weir/utf8.h"

size_t ann_folded_at(const struct ann_doc *d, size_t src)
{
    size_t lo = 0, hi = d->text.folded.n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (d->text.from[mid] < src)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static int add(struct ann_doc *d, struct ann_range **list, size_t *n, size_t *cap, size_t from,
               size_t end)
{
    if (weir_grow(list, cap, *n + 1, sizeof **list))
        return WEIR_EMEM;
    (*list)[(*n)++] = (struct ann_range){from, end, ann_folded_at(d, from), ann_folded_at(d, end)};
    return 0;
}

/* Characters of Chinese, words of English. */
static size_t length(const struct ann_doc *d, size_t from, size_t end)
{
    if (!d->english)
        return weir_utf8_count(d->doc.text.p + from, end - from);
    size_t words = 0;
    for (size_t i = from; i < end; i++)
        words += d->doc.text.p[i] == ' ';
    return words + 1;
}

/* The sentences of a line; a piece is as many of them as fit. */
static int cut_line(struct ann_doc *d, size_t from, size_t end)
{
    const enum weir_sentence_rules rules = d->english ? WEIR_SENTENCE_EN : WEIR_SENTENCE_ZH;
    const struct weir_span line = weir_span(d->doc.text.p + from, end - from);
    const size_t longest = (size_t)d->sh->opt->longest;
    size_t piece = from, used = 0;
    for (size_t at = 0; at < line.n;) {
        const size_t next = weir_sentence_end(line, at, rules);
        const size_t n = length(d, from + at, from + next);
        if (used && used + n > longest && d->sh->opt->pieces == WEIR_KG_PARAGRAPHS) {
            if (add(d, &d->pieces, &d->n_pieces, &d->cap_pieces, piece, from + at))
                return WEIR_EMEM;
            piece = from + at, used = 0;
        }
        used += n;
        if (add(d, &d->sentences, &d->n_sentences, &d->cap_sentences, from + at, from + next))
            return WEIR_EMEM;
        at = next;
    }
    return d->sh->opt->pieces == WEIR_KG_PARAGRAPHS
               ? add(d, &d->pieces, &d->n_pieces, &d->cap_pieces, piece, end)
               : 0;
}

int ann_cut(struct ann_doc *d)
{
    const struct weir_span t = d->doc.text;
    d->n_sentences = d->n_pieces = 0;
    for (size_t from = 0; from < t.n;) {
        const char *const nl = memchr(t.p + from, '\n', t.n - from);
        const size_t end = nl ? (size_t)(nl - t.p) : t.n;
        if (end > from && cut_line(d, from, end))
            return WEIR_EMEM;
        from = end + 1;
    }
    if (d->sh->opt->pieces == WEIR_KG_DOCUMENTS && t.n)
        return add(d, &d->pieces, &d->n_pieces, &d->cap_pieces, 0, t.n);
    return 0;
}

void ann_doc_free(struct ann_doc *d)
{
    ann_text_free(&d->text);
    ann_values_free(&d->values);
    free(d->matches.at);
    free(d->sentences);
    free(d->pieces);
    free(d->marks);
    free(d->taken);
    free(d->entities);
    free(d->by_entity);
    free(d->slots);
    free(d->near);
    free(d->beside);
    free(d->triples);
    weir_buf_free(&d->key);
    weir_buf_free(&d->out);
}
