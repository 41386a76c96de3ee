/* Any bytes as a match file and as a verdict file: refused, or within the bounds of what they speak
 * of. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dedup/dedup_shards.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_verdicts(const uint8_t *data, size_t size)
{
    struct weir_err err = {0};
    struct dedup_reader r;
    struct dedup_shard shard;
    struct dedup_drop drop;
    struct weir_span record;
    struct weir_buf again = {0};
    weir_io *io = weir_io_open_mem(data, size, &err);
    if (!io)
        return;
    int rc = dedup_read_open(&r, io, DEDUP_VERDICT_MAGIC, "verdict", &err);
    if (!rc)
        rc = dedup_shard_get(weir_buf_span(&r.head), &shard);
    while (!rc && dedup_read_next(&r, &record, &err) > 0) {
        rc = dedup_verdict_get(record, &drop);
        again.n = 0;
        if (!rc)
            dedup_verdict_put(&again, &drop);
        if (!rc && !weir_span_eq(record, weir_buf_span(&again)))
            abort();
    }
    weir_buf_free(&again);
    dedup_reader_free(&r);
    weir_io_abort(io);
}

/* The head of the signatures is what the file says. */
static void as_matches(const char *path, const uint8_t *data, size_t size)
{
    struct weir_err err = {0};
    struct dedup_bits bits = {0};
    struct dedup_shard *shard = NULL;
    struct dedup_shards s = {.plan = {.exact = 1, .near = 1, .bands = 9}};
    size_t n_shard = 0;
    const char *const twice[] = {path, path};
    const struct weir_strings files = {(const char **)(void *)twice, 2};
    if (size >= 16 + 64)
        weir_buf_add(&s.head, data + 16, 64);
    const int rc = dedup_bits_read(&bits, &files, &s, 1 << 20, &shard, &n_shard, &err);
    uint64_t n = 0;
    for (size_t i = 0; !rc && i < n_shard; i++)
        n += (shard[i].documents + 7) / 8;
    if (!rc && n != bits.n)
        abort();
    free(bits.at);
    free(shard);
    weir_buf_free(&s.head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/dedup_shards_fuzz-XXXXXX";
    const int fd = mkstemp(path);
    if (fd < 0)
        return 0;
    const int whole = write(fd, data, size) == (ssize_t)size;
    close(fd);
    if (whole)
        as_matches(path, data, size);
    unlink(path);
    as_verdicts(data, size);
    return 0;
}
