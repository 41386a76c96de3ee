/* What is done with private data: masked or reported. */
#include <string.h>
#include "filters/private.h"

uint64_t private_mask(struct private_scan *s, enum private_kind kind, struct weir_buf *out)
{
    const char *word = private_placeholders[kind];
    size_t from = 0;
    uint64_t n = 0;
    for (size_t i = 0; s->count[kind] && i < s->n_hit; i++) {
        struct private_hit *h = s->hit + i;
        const size_t moved = out->n - from; // modulo 2^64
        if (h->kind == kind) {
            weir_buf_add(out, s->text.p + from, h->at - from);
            from = h->end;
            h->at = (uint32_t)out->n;
            weir_buf_adds(out, word);
            h->end = (uint32_t)out->n;
            n++;
        } else {
            h->at += (uint32_t)moved;
            h->end += (uint32_t)moved;
        }
    }
    if (n)
        weir_buf_add(out, s->text.p + from, s->text.n - from);
    return n;
}

void private_report(const struct private_scan *s, struct weir_buf *out)
{
    weir_buf_addc(out, '[');
    for (size_t i = 0; i < s->n_hit; i++) {
        const struct private_hit *h = s->hit + i;
        weir_buf_addf(out, "%s{\"kind\":\"%s\"", i ? "," : "", private_names[h->kind]);
        if (h->kind == PRIVATE_KEY)
            weir_buf_addf(out, ",\"key\":\"%s\"", private_keys[h->key].name);
        weir_buf_addf(out, ",\"at\":%u,\"n\":%u}", h->at, h->end - h->at);
    }
    weir_buf_addc(out, ']');
}
