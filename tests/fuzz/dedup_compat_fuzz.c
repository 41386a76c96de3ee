/* Any bytes as a text: datatrove's words are pieces of the normalised text in order, nothing is
 * lost or added between them but spaces, signing twice gives the same, and what is cut out of a
 * text and what is left are the text. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_cut.h"
#include "dedup/dedup_grams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static dedup_simple *datatrove, *ccnet;
static struct weir_err err;

static void check_words(struct weir_span text, enum dedup_words_rule rule)
{
    struct dedup_simple_text t = {0};
    struct weir_span chunk;
    const struct weir_span *word;
    dedup_words *w = dedup_words_new(rule, &err);
    dedup_simple_start(&t, datatrove, text);
    while (dedup_simple_next(&t, &chunk)) {
        const int64_t n = dedup_words_of(w, chunk, t.marks, &word);
        const char *at = chunk.p;
        for (int64_t i = 0; i < n; i++) {
            if (word[i].p != at || !word[i].n)
                abort();
            at += word[i].n;
        }
        if (at != chunk.p + chunk.n || memchr(chunk.p, ' ', chunk.n))
            abort();
    }
    weir_buf_free(&t.chunk);
    dedup_words_free(w);
}

static void check_cut(struct weir_span text, unsigned n_sentences)
{
    const struct dedup_cut_rule rule = {.n_sentences = n_sentences,
                                        .simple = n_sentences ? datatrove : ccnet};
    struct dedup_cutter c = {.rule = &rule};
    struct weir_buf left = {0};
    size_t n = 0, bytes = 0;
    if (dedup_cut(&c, text, WEIR_SENTENCE_ZH, 1))
        abort();
    uint32_t *gone = malloc((c.n_mark + 1) * sizeof *gone);
    for (size_t i = 0; i < c.n_mark; i++)
        if (c.mark[i].hash % 3 == 0)
            gone[n++] = c.mark[i].piece;
    if (dedup_cut_remove(&c, text, gone, n, &left))
        abort();
    for (size_t i = 0; i < c.n_gone; i++) {
        if (c.gone[i].from > c.gone[i].to || (i && c.gone[i].from < c.gone[i - 1].to))
            abort();
        bytes += c.gone[i].to - c.gone[i].from;
    }
    if (bytes + left.n != text.n)
        abort();
    free(gone);
    weir_buf_free(&left);
    dedup_cutter_free(&c);
}

static void count(void *ctx, const struct dedup_gram *gram)
{
    *(uint64_t *)ctx += gram->text.n > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!datatrove) {
        datatrove = dedup_simple_new(DEDUP_DATATROVE, &err);
        ccnet = dedup_simple_new(DEDUP_CCNET, &err);
    }
    if (!datatrove || !ccnet || size < 1)
        return 0;
    const struct weir_span text = weir_span((const char *)data + 1, size - 1);
    struct dedup_compat_rule rule = {
        DEDUP_COMPAT_DATATROVE, data[0] & 1, 1 + data[0] % 7, 2, 4, 1, datatrove};
    struct dedup_gram_rule grams = {1 + data[0] % 5, 1 + data[0] % 9, datatrove};
    const uint64_t *sig;
    uint64_t first[8], n = 0;
    check_words(text, rule.words);
    check_cut(text, data[0] % 4);
    dedup_signer *s = dedup_signer_new(&rule, &err);
    const int one = dedup_signer_sign(s, text, &sig);
    memcpy(first, sig, sizeof first);
    if (dedup_signer_sign(s, text, &sig) != one || memcmp(first, sig, sizeof first))
        abort();
    dedup_signer_free(s);
    dedup_grams *g = dedup_grams_new(&grams, &err);
    dedup_grams_start(g);
    if (dedup_grams_add(g, text, count, &n) < (int64_t)n)
        abort();
    dedup_grams_free(g);
    return 0;
}
