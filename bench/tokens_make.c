/* A token stream of any size for benchmarks: tokens_make DOCUMENTS TOKENS [SEED] >stream
 * Documents of one sample each, of TOKENS/2 to 3*TOKENS/2 random ids, 2 bytes an id. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "weir/buf.h"
#include "weir/tokens.h"

static uint64_t state;

/* Marsaglia 2003, "Xorshift RNGs": fast, and good enough for made-up ids. */
static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static int flush(struct weir_buf *b)
{
    const int ok = !b->failed && fwrite(b->p, 1, b->n, stdout) == b->n;
    b->n = 0;
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const uint64_t n_docs = strtoull(argv[1], NULL, 10);
    const uint32_t mean = (uint32_t)strtoul(argv[2], NULL, 10);
    state = argc > 3 ? strtoull(argv[3], NULL, 10) : 88172645463325252;
    const struct weir_tok_header h = {.vocab_size = 32000,
                                      .width = 2,
                                      .flags = WEIR_TOK_SAMPLES,
                                      .bos = 1,
                                      .eos = 2,
                                      .pad = WEIR_NO_ID,
                                      .unk = 0,
                                      .max_tokens = 2 * mean};
    struct weir_buf b = {0};
    struct weir_tok_sum *sum = weir_tok_sum_new();
    uint64_t *ids = malloc(4 * (size_t)mean + 16);
    struct weir_err err = {0};
    int ok = sum && ids;
    weir_tok_put_header(&b, &h);
    ok = ok && flush(&b);
    for (uint64_t i = 0; ok && i < n_docs; i++) {
        char id[32], origin[96];
        const uint32_t n = mean / 2 + (uint32_t)(next_random() % (mean + 1));
        for (uint32_t k = 0; k < (n + 3) / 4; k++)
            ids[k] = next_random() & 0x7CFF7CFF7CFF7CFF; // below 32,000
        snprintf(id, sizeof id, "made:%llu", (unsigned long long)i);
        snprintf(origin, sizeof origin, "{\"file\":\"made\",\"offset\":%llu,\"length\":%u}",
                 (unsigned long long)i * mean * 4, n * 4);
        const struct weir_sample all = {0, n};
        const struct weir_tok_doc d = {.id = weir_span(id, strlen(id)),
                                       .source = WEIR_LIT("made"),
                                       .origin = weir_span(origin, strlen(origin)),
                                       .n_tokens = n,
                                       .n_units = 1,
                                       .n_samples = 1,
                                       .tokens = ids,
                                       .units = &n,
                                       .samples = &all,
                                       .text_bytes = (uint64_t)n * 4};
        ok = !weir_tok_put_doc(&b, &h, &d, &err);
        weir_tok_sum_frame(sum, b.p, b.n);
        ok = ok && flush(&b);
    }
    weir_tok_put_end(&b, sum);
    ok = ok && flush(&b) && !fflush(stdout);
    weir_tok_sum_free(sum);
    weir_buf_free(&b);
    free(ids);
    return !ok;
}
