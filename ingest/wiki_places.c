#include "ingest/wiki_places.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>

#include "weir/utf8.h"

int wiki_places_add(struct wiki_places *p, size_t from)
{
    if (weir_grow(&p->at, &p->cap, p->n + 1, sizeof *p->at) < 0)
        return WEIR_EMEM;
    p->at[p->n++] = (struct wiki_place){from, from};
    return 0;
}

static int is_joiner(uint32_t c)
{
    return c == 0x200C || c == 0x200D;
}

/* Does cleaning look at what stands before c, or at c for what stands before it? */
static int is_attached(const UNormalizer2 *nfc, uint32_t c)
{
    return is_joiner(c) || c == 0xFE0F || c == 0xFEFF || (c >= 0x1F3FB && c <= 0x1F3FF) ||
           (c >= 0xE0000 && c <= 0xE007F) || !unorm2_hasBoundaryBefore(nfc, (UChar32)c);
}

static size_t boundary(const UNormalizer2 *nfc, struct weir_span text, size_t at)
{
    unsigned len;
    int joined = 0;
    if (at) {
        const size_t prev = weir_utf8_prev(text.p, at);
        joined = is_joiner(weir_utf8_decode(text.p + prev, at - prev, &len));
    }
    while (at < text.n) {
        const uint32_t c = weir_utf8_decode(text.p + at, text.n - at, &len);
        if (!joined && !is_attached(nfc, c))
            break;
        joined = is_joiner(c);
        at += len;
    }
    return at;
}

static int by_from(const void *a, const void *b)
{
    const struct wiki_place *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

int wiki_places_clean(struct wiki_places *p, struct ingest_out *out, struct weir_span text,
                      struct weir_buf *clean, struct weir_err *err)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&status);
    if (U_FAILURE(status))
        return weir_err_set(err, WEIR_EFAIL, "ICU: %s", u_errorName(status));
    if (p->n)
        qsort(p->at, p->n, sizeof *p->at, by_from);
    size_t done = 0;
    for (size_t i = 0; i <= p->n; i++) {
        const size_t end = i < p->n ? boundary(nfc, text, p->at[i].from) : text.n;
        if (end > done) {
            const int rc = ingest_clean(out, weir_span(text.p + done, end - done), clean, err);
            if (rc < 0)
                return rc;
            done = end;
        }
        if (i < p->n)
            p->at[i].to = clean->n;
    }
    return 0;
}

size_t wiki_places_find(const struct wiki_places *p, size_t from)
{
    const struct wiki_place key = {from, 0};
    const struct wiki_place *hit = p->n ? bsearch(&key, p->at, p->n, sizeof key, by_from) : NULL;
    return hit ? hit->to : from;
}
