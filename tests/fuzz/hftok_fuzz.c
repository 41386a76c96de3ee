/* The reader of tokenizer.json on any bytes, and whatever it accepts on a text. */
#include <stdlib.h>
#include <string.h>

#include "lib/hftok.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void use(const hftok *t, struct weir_span text)
{
    struct weir_err err = {0};
    struct weir_piece *p = NULL;
    size_t cap = 0, n_p;
    struct weir_buf back = {0};
    hftok_scratch *s = hftok_scratch_new(t, 1 << 18, &err);
    if (s && !hftok_encode(t, s, UINT64_MAX, text, &p, &cap, &n_p, &err)) {
        for (size_t i = 0; i < n_p; i++)
            if (p[i].id >= hftok_vocab_size(t) || p[i].end > text.n || p[i].begin > p[i].end ||
                hftok_decode(t, &p[i].id, 1, &back, &err))
                abort();
        hftok_folded(t, text, p, n_p);
    }
    free(p);
    weir_buf_free(&back);
    hftok_scratch_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_buf b = {0};
    struct weir_err err = {0};
    if (weir_buf_reserve(&b, n))
        return 0;
    weir_buf_add(&b, data, n);
    hftok *t = hftok_open(weir_buf_span(&b), &err);
    if (!t && !err.code)
        abort();
    if (t)
        use(t, weir_span((const char *)data, n < 4096 ? n : 4096));
    hftok_free(t);
    weir_buf_free(&b);
    return 0;
}
