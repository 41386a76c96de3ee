/* Any bytes as a text: normalised and cut into shingles without a fault, the same in one piece of
 * text as when the text is normalised again, and by vectors or not. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_internal.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dedup_shingler shingler;
static uint32_t text[DEDUP_BLOCK], hash[DEDUP_BLOCK + 1];

static void shingles(const dedup_fold *fold, struct weir_span s, enum dedup_unit unit, unsigned n,
                     int vectors, struct weir_buf *hashes, struct weir_buf *folded)
{
    struct dedup_text t;
    size_t n_text;
    dedup_text_init(&t, fold, s);
    dedup_shingler_init(&shingler, fold, unit, n);
    if (!vectors)
        t.blocks = NULL;
    do {
        n_text = dedup_text_next(&t, text);
        const size_t n_hash = dedup_shingle_next(&shingler, &t, text, n_text, hash);
        weir_buf_add(hashes, hash, n_hash * sizeof *hash);
        for (size_t i = 0; i < n_text; i++)
            weir_buf_add_utf8(folded, text[i]);
    } while (n_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static dedup_fold *fold;
    struct weir_err err = {0};
    struct weir_buf hashes = {0}, again = {0}, folded = {0}, twice = {0};
    if (!fold)
        fold = dedup_fold_new(&err);
    if (!fold || size < 2)
        return 0;
    const unsigned n = 1 + data[0] % DEDUP_MAX_SHINGLE;
    const struct weir_span s = weir_span((const char *)data + 2, size - 2);
    enum dedup_unit unit = data[1] % 3;
    if (unit == DEDUP_AUTO)
        unit = dedup_unit_for(s);
    shingles(fold, s, unit, n, 1, &hashes, &folded);
    for (int vectors = 0; vectors < 2; vectors++) {
        again.n = twice.n = 0;
        shingles(fold, vectors ? weir_buf_span(&folded) : s, unit, n, vectors, &again, &twice);
        if (!weir_span_eq(weir_buf_span(&folded), weir_buf_span(&twice)) ||
            !weir_span_eq(weir_buf_span(&hashes), weir_buf_span(&again)))
            abort();
    }
    weir_buf_free(&hashes);
    weir_buf_free(&again);
    weir_buf_free(&folded);
    weir_buf_free(&twice);
    return 0;
}
