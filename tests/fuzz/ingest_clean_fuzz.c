/* Cleaning valid text: valid, clean, and the same when done again.  Other bytes: decoding them ends
 * in text or in a bad record. */
#include <stdlib.h>

#include "ingest/ingest_out.h"
#include "weir/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(int ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct weir_ingest_opt opt;
    struct weir_err err = {0};
    struct weir_batch b = {0};
    struct weir_buf once = {0}, twice = {0};
    struct weir_span text;
    weir_ingest_opt_init(&opt);
    struct ingest in = {.opt = &opt};
    struct ingest_out *out = ingest_out_new(&in, &err);
    struct weir_rec *r = out ? weir_batch_add(&b, (const char *)data, n) : NULL;
    check(r != NULL);
    if (ingest_utf8(&in, out, &b, r, weir_rec_raw(&b, r), &text, &err) == 1) {
        check(weir_utf8_valid(text.p, text.n) == text.n);
        check(!ingest_clean(out, text, &once, &err));
        check(weir_utf8_valid(once.p, once.n) == once.n);
        check(!ingest_clean(out, weir_buf_span(&once), &twice, &err));
        check(weir_span_eq(weir_buf_span(&once), weir_buf_span(&twice)));
        ingest_guess_lang(weir_buf_span(&once));
    } else {
        check(!err.code && r->fate == WEIR_BAD);
    }
    ingest_out_free(out);
    weir_buf_free(&once);
    weir_buf_free(&twice);
    weir_buf_free(&b.raw);
    weir_buf_free(&b.aux);
    free(b.rec);
    return 0;
}
