/* config.json, or a llama2.c file: a model that opens can take a step. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "infer/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void take_step(const model *m)
{
    struct weir_err err = {0};
    struct sequence s = {0};
    const struct row row = {&s, 0, 1};
    engine *e = engine_new(m, 1, 1 << 20, NULL, &err);
    float *logits = malloc(m->config.n_vocab * sizeof *logits);
    if (e && logits && !engine_step(e, &row, 1, logits, &err) && s.n != 1)
        abort();
    free(logits);
    if (e)
        engine_drop(e, &s);
    engine_free(e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct model_config c;
    struct weir_err err = {0}, other = {0};
    char path[64];
    const int fd = memfd_create("config", 0);
    if (fd < 0 || (n && write(fd, data, n) != (ssize_t)n))
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!model_config_read(&c, path, &err) && (c.n_heads % c.n_kv_heads || !c.head_dim))
        abort();
    model *m = model_open(path, MODEL_AS_STORED, 1 << 20, &other);
    if (m)
        take_step(m);
    model_close(m);
    close(fd);
    return 0;
}
