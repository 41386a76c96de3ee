/* Weir's encoder and the SentencePiece library on any text, with the models of tests/data/tokenize;
 * decoding any ids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/tok.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct pair {
    weir_tok *tok;
    weir_tok_scratch *scratch;
    weir_spm *library;
};

static void open_pair(struct pair *p, const char *name)
{
    char path[4096];
    const char *src = getenv("SRC");
    snprintf(path, sizeof path, "%s/tests/data/tokenize/%s", src ? src : ".", name);
    p->tok = weir_tok_open(path, NULL);
    p->library = weir_spm_open(path, NULL);
    if (!p->tok || !p->library || !(p->scratch = weir_tok_scratch_new(p->tok, NULL)))
        abort();
}

static void compare(struct pair *p, struct weir_span text)
{
    static struct weir_piece *ours, *theirs;
    static size_t cap_ours, cap_theirs;
    size_t n, k;
    if (weir_tok_encode(p->tok, p->scratch, text, &ours, &cap_ours, &n, NULL) ||
        weir_spm_encode(p->library, text, &theirs, &cap_theirs, &k, NULL))
        abort();
    if (n != k || (n && memcmp(ours, theirs, n * sizeof *ours)))
        abort();
    if (weir_tok_is_exact(p->scratch) && weir_tok_folded(p->tok, text, ours, n))
        abort();
}

static void decode(struct pair *p, const uint8_t *data, size_t n)
{
    uint32_t *ids = malloc((n + 1) * sizeof *ids);
    struct weir_buf a = {0}, b = {0};
    for (size_t i = 0; i < n; i++)
        ids[i] = (i % 2 ? data[i] * 2u : data[i]) % weir_tok_vocab_size(p->tok);
    if (weir_tok_decode(p->tok, ids, n, &a, NULL) || weir_spm_decode(p->library, ids, n, &b, NULL))
        abort();
    if (a.n != b.n || (a.n && memcmp(a.p, b.p, a.n)))
        abort();
    weir_buf_free(&a);
    weir_buf_free(&b);
    free(ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct pair bpe, unigram;
    if (!bpe.tok) {
        open_pair(&bpe, "tiny.model");
        open_pair(&unigram, "unigram.model");
    }
    compare(&bpe, weir_span((const char *)data, n));
    compare(&unigram, weir_span((const char *)data, n));
    decode(&bpe, data, n);
    decode(&unigram, data, n);
    return 0;
}
