/* An adapter's folder: u16 length of adapter_config.json, that file, then
 * adapter_model.safetensors. What opens can be asked for every matrix of a small model and
 * multiplied. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "infer/lora.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char folder[] = "/dev/shm/weir-adapter-XXXXXX";

static void write_file(const char *name, const uint8_t *p, size_t n)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || (n && write(fd, p, n) != (ssize_t)n))
        abort();
    close(fd);
}

static void remove_all(void)
{
    char path[128];
    const char *const names[] = {"adapter_config.json", "adapter_model.safetensors"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static void use(adapter *a)
{
    static const char *const names[] = {"model.layers.0.self_attn.q_proj.weight", "lm_head.weight",
                                        "model.embed_tokens.weight"};
    struct weir_err err = {0};
    const struct low_rank *l;
    float room[6], y[6] = {0};
    for (size_t i = 0; i < 3; i++) {
        err = (struct weir_err){0};
        if (adapter_low_rank(a, names[i], 2, 3, &l, &err) == 1)
            low_rank_add(l, 0, 6, room, y);
        adapter_whole(a, names[i]);
    }
    err = (struct weir_err){0};
    (void)!adapter_check_tied(a, &err);
    err = (struct weir_err){0};
    (void)!adapter_check_used(a, 1, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static int made;
    struct weir_err err = {0};
    if (!made++) {
        if (!mkdtemp(folder))
            abort();
        atexit(remove_all);
    }
    if (n < 2)
        return 0;
    const size_t n_config = data[0] | (size_t)data[1] << 8,
                 at = n_config < n - 2 ? n_config : n - 2;
    write_file("adapter_config.json", data + 2, at);
    write_file("adapter_model.safetensors", data + 2 + at, n - 2 - at);
    adapter *a = adapter_open(folder, &err);
    if (a)
        use(a);
    else if (!err.code)
        abort();
    adapter_close(a);
    return 0;
}
