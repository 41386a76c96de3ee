#include "tokens_frame.h"

#include <stdlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the stream is written as memory holds it");

const char tok_magic[8] = {'W', 'E', 'I', 'R', 'T', 'O', 'K', '1'};

enum { HAS_BOUNDS = 1 };

static void put32(void *p, size_t at, uint32_t v)
{
    memcpy((char *)p + at, &v, sizeof v);
}

static void put64(void *p, size_t at, uint64_t v)
{
    memcpy((char *)p + at, &v, sizeof v);
}

static uint64_t up8(uint64_t n)
{
    return (n + 7) & ~(uint64_t)7;
}

/* ---- header ---- */

void weir_tok_put_header(struct weir_buf *b, const struct weir_tok_header *h)
{
    char p[TOK_HEADER];
    memcpy(p, tok_magic, 8);
    put32(p, 8, h->vocab_size);
    put32(p, 12, h->width);
    put32(p, 16, h->flags);
    put32(p, 20, h->bos);
    put32(p, 24, h->eos);
    put32(p, 28, h->pad);
    put32(p, 32, h->unk);
    put32(p, 36, h->max_tokens);
    memcpy(p + 40, h->sha256, 32);
    put64(p, TOK_HEADER_HASHED, XXH3_64bits(p, TOK_HEADER_HASHED));
    weir_buf_add(b, p, sizeof p);
}

static int special_ok(const struct weir_tok_header *h, uint32_t id)
{
    return id == WEIR_NO_ID || id < h->vocab_size;
}

int tok_get_header(const void *p, struct weir_tok_header *h, struct weir_err *err)
{
    if (memcmp(p, tok_magic, 7))
        return weir_err_set(err, WEIR_EBAD, "not a token stream");
    if (memcmp(p, tok_magic, 8))
        return weir_err_set(err, WEIR_EBAD, "token stream of an unknown version");
    if (tok_get64(p, TOK_HEADER_HASHED) != XXH3_64bits(p, TOK_HEADER_HASHED))
        return weir_err_set(err, WEIR_EBAD, "damaged token stream header: checksum differs");
    memset(h, 0, sizeof *h);
    h->vocab_size = tok_get32(p, 8);
    h->width = tok_get32(p, 12);
    h->flags = tok_get32(p, 16);
    h->bos = tok_get32(p, 20);
    h->eos = tok_get32(p, 24);
    h->pad = tok_get32(p, 28);
    h->unk = tok_get32(p, 32);
    h->max_tokens = tok_get32(p, 36);
    memcpy(h->sha256, (const char *)p + 40, 32);
    if (!h->vocab_size || h->vocab_size > UINT32_C(1) << 31 ||
        h->width != (h->vocab_size <= 65536 ? 2 : 4) ||
        h->flags & ~(uint32_t)(WEIR_TOK_SAMPLES | WEIR_TOK_KNOWLM) || !special_ok(h, h->bos) ||
        !special_ok(h, h->eos) || !special_ok(h, h->pad) || !special_ok(h, h->unk))
        return weir_err_set(err, WEIR_EBAD, "token stream header holds impossible values");
    return 0;
}

/* ---- frames ---- */

/* Where the parts of a frame begin; all counts are below 2³², so nothing overflows. */
struct layout {
    uint64_t units, samples, bounds, strings, bytes;
};

static struct layout lay_out(uint64_t n_tokens, uint64_t n_units, uint64_t n_samples,
                             uint64_t width, int has_bounds, uint64_t n_strings)
{
    struct layout l;
    l.units = TOK_FRAME_HEAD + up8(n_tokens * width);
    l.samples = l.units + up8(n_units * 4);
    l.bounds = l.samples + n_samples * 8;
    l.strings = l.bounds + (has_bounds ? up8(n_tokens) : 0);
    l.bytes = l.strings + up8(n_strings);
    return l;
}

static int units_add_up(const struct weir_tok_doc *d)
{
    uint64_t sum = 0;
    unsigned zero = 0;
    for (size_t i = 0; i < d->n_units; i++) {
        sum += d->units[i];
        zero |= !d->units[i];
    }
    return sum == d->n_tokens && !zero;
}

static int samples_fit(const struct weir_tok_doc *d)
{
    for (size_t i = 0; i < d->n_samples; i++)
        if (!d->samples[i].n || (uint64_t)d->samples[i].at + d->samples[i].n > d->n_tokens)
            return 0;
    return 1;
}

static void put_part(char *frame, uint64_t at, const void *p, size_t n)
{
    if (n)
        memcpy(frame + at, p, n);
}

static void put_tokens(char *frame, const struct weir_tok_header *h, const struct weir_tok_doc *d)
{
    if (d->tokens || h->width == 4) {
        put_part(frame, TOK_FRAME_HEAD, d->tokens ? d->tokens : d->ids,
                 (size_t)d->n_tokens * h->width);
        return;
    }
    enum { SOME = 64 }; // by blocks, which compilers turn into vector code
    char *to = frame + TOK_FRAME_HEAD;
    for (size_t i = 0; i < d->n_tokens; i += SOME) {
        uint16_t block[SOME];
        const size_t n = d->n_tokens - i < SOME ? d->n_tokens - i : SOME;
        for (size_t k = 0; k < n; k++)
            block[k] = (uint16_t)d->ids[i + k];
        // cppcheck-suppress uninitvar; the loop wrote n of them
        memcpy(to + 2 * i, block, 2 * n);
    }
}

int weir_tok_put_doc(struct weir_buf *b, const struct weir_tok_header *h,
                     const struct weir_tok_doc *d, struct weir_err *err)
{
    if (d->id.n > UINT32_MAX || d->source.n > UINT32_MAX || d->origin.n > UINT32_MAX)
        return weir_err_set(err, WEIR_EBAD, "id, source or origin is too long");
    if (!units_add_up(d) || !samples_fit(d))
        return weir_err_set(err, WEIR_EBAD, "units or samples do not fit the tokens");
    const struct layout l = lay_out(d->n_tokens, d->n_units, d->n_samples, h->width, !!d->bounds,
                                    (uint64_t)d->id.n + d->source.n + d->origin.n);
    if (weir_buf_reserve(b, l.bytes))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    char *p = b->p + b->n;
    memset(p, 0, TOK_FRAME_HEAD);
    memcpy(p, "DOC", 4);
    put32(p, 4, d->bounds ? HAS_BOUNDS : 0);
    put64(p, 8, l.bytes);
    put32(p, 16, d->n_tokens);
    put32(p, 20, d->n_units);
    put32(p, 24, d->n_samples);
    put32(p, 28, (uint32_t)d->id.n);
    put32(p, 32, (uint32_t)d->source.n);
    put32(p, 36, (uint32_t)d->origin.n);
    put64(p, 40, d->text_bytes);
    /* The padding is at most the last 7 bytes before each part: zero the words that hold it. */
    const uint64_t ends[] = {l.units, l.samples, l.strings, l.bytes};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends[i] > TOK_FRAME_HEAD)
            put64(p, ends[i] - 8, 0);
    put_tokens(p, h, d);
    put_part(p, l.units, d->units, (size_t)d->n_units * 4);
    put_part(p, l.samples, d->samples, (size_t)d->n_samples * 8);
    if (d->bounds)
        put_part(p, l.bounds, d->bounds, d->n_tokens);
    put_part(p, l.strings, d->id.p, d->id.n);
    put_part(p, l.strings + d->id.n, d->source.p, d->source.n);
    put_part(p, l.strings + d->id.n + d->source.n, d->origin.p, d->origin.n);
    b->n += l.bytes;
    return 0;
}

static int ids_below(const struct weir_tok_header *h, const struct weir_tok_doc *d)
{
    uint32_t max = 0;
    if (h->width == 2) {
        const uint16_t *t = d->tokens;
        uint16_t m = 0;
        for (size_t i = 0; i < d->n_tokens; i++)
            m = t[i] > m ? t[i] : m;
        max = m;
    } else {
        const uint32_t *t = d->tokens;
        for (size_t i = 0; i < d->n_tokens; i++)
            max = t[i] > max ? t[i] : max;
    }
    return !d->n_tokens || max < h->vocab_size;
}

static int bounds_ok(const struct weir_tok_doc *d)
{
    uint8_t max = 0;
    for (size_t i = 0; d->bounds && i < d->n_tokens; i++)
        max = d->bounds[i] > max ? d->bounds[i] : max;
    return max <= WEIR_BOUND_CLAUSE;
}

int weir_tok_get_doc(const void *frame, size_t n, const struct weir_tok_header *h,
                     struct weir_tok_doc *d, struct weir_err *err)
{
    const char *p = frame;
    if ((uintptr_t)frame % 8)
        return weir_err_set(err, WEIR_EFAIL, "frame is not aligned");
    if (n < TOK_FRAME_HEAD || memcmp(p, "DOC", 4) || tok_get64(p, 8) != n ||
        tok_get32(p, 4) & ~HAS_BOUNDS)
        return weir_err_set(err, WEIR_EBAD, "not a document frame");
    memset(d, 0, sizeof *d);
    d->n_tokens = tok_get32(p, 16);
    d->n_units = tok_get32(p, 20);
    d->n_samples = tok_get32(p, 24);
    d->text_bytes = tok_get64(p, 40);
    const size_t n_id = tok_get32(p, 28), n_source = tok_get32(p, 32), n_origin = tok_get32(p, 36);
    const int has_bounds = tok_get32(p, 4) & HAS_BOUNDS;
    const struct layout l = lay_out(d->n_tokens, d->n_units, d->n_samples, h->width, has_bounds,
                                    (uint64_t)n_id + n_source + n_origin);
    if (l.bytes != n)
        return weir_err_set(err, WEIR_EBAD, "frame size does not fit its counts");
    d->tokens = p + TOK_FRAME_HEAD;
    d->units = (const uint32_t *)(p + l.units);
    d->samples = (const struct weir_sample *)(p + l.samples);
    d->bounds = has_bounds ? (const uint8_t *)p + l.bounds : NULL;
    d->id = weir_span(p + l.strings, n_id);
    d->source = weir_span(d->id.p + n_id, n_source);
    d->origin = weir_span(d->source.p + n_source, n_origin);
    if (d->n_samples && !(h->flags & WEIR_TOK_SAMPLES))
        return weir_err_set(err, WEIR_EBAD, "samples in a stream without samples");
    if (!units_add_up(d))
        return weir_err_set(err, WEIR_EBAD, "units do not add up to the tokens");
    if (!samples_fit(d))
        return weir_err_set(err, WEIR_EBAD, "a sample reaches beyond the tokens");
    if (!bounds_ok(d))
        return weir_err_set(err, WEIR_EBAD, "an unknown bound");
    if (!ids_below(h, d))
        return weir_err_set(err, WEIR_EBAD, "an id is not in the vocabulary");
    return 0;
}

/* ---- totals and checksum ---- */

int tok_sum_reset(struct weir_tok_sum *s)
{
    XXH3_state_t *hash = s->hash;
    memset(s, 0, sizeof *s);
    s->hash = hash;
    return XXH3_64bits_reset(hash) == XXH_OK ? 0 : WEIR_EFAIL;
}

struct weir_tok_sum *weir_tok_sum_new(void)
{
    struct weir_tok_sum *s = weir_calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->hash = XXH3_createState();
    if (!s->hash || tok_sum_reset(s)) {
        weir_tok_sum_free(s);
        return NULL;
    }
    return s;
}

void weir_tok_sum_free(struct weir_tok_sum *s)
{
    if (s)
        XXH3_freeState(s->hash);
    free(s);
}

void tok_sum_counts(struct weir_tok_sum *s, const void *head)
{
    s->documents++;
    s->tokens += tok_get32(head, 16);
    s->units += tok_get32(head, 20);
    s->samples += tok_get32(head, 24);
    s->text_bytes += tok_get64(head, 40);
}

void tok_sum_bytes(struct weir_tok_sum *s, const void *p, size_t n)
{
    (void)XXH3_64bits_update(s->hash, p, n); // fails on NULL only
}

void weir_tok_sum_frame(struct weir_tok_sum *s, const void *frame, size_t n)
{
    tok_sum_counts(s, frame);
    tok_sum_bytes(s, frame, n);
}

void tok_make_end(char p[TOK_END], const struct weir_tok_sum *s)
{
    memset(p, 0, TOK_END);
    memcpy(p, "END", 4);
    put64(p, 8, TOK_END);
    put64(p, 16, s->documents);
    put64(p, 24, s->units);
    put64(p, 32, s->tokens);
    put64(p, 40, s->samples);
    put64(p, 48, s->text_bytes);
    put64(p, 56, XXH3_64bits_digest(s->hash));
}

void weir_tok_put_end(struct weir_buf *b, const struct weir_tok_sum *s)
{
    char p[TOK_END];
    tok_make_end(p, s);
    weir_buf_add(b, p, sizeof p);
}
