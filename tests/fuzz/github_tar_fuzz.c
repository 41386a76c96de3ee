/* The tar framer: any bytes, members skipped and taken in turn. */
#include "ingest/github_rules.h"
#include "ingest/github_tar.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct weir_err err = {0};
    struct window w = {0};
    struct tar t = {0};
    struct tar_member m;
    char taken[4096];
    weir_io *io = weir_io_open_mem(data, size, &err);
    if (!io)
        return 0;
    window_start(&w, io, "input");
    tar_start(&t, &w);
    for (int i = 0; tar_next(&t, &m, &err) > 0; i++) {
        const uint64_t n = m.size < sizeof(taken) ? m.size : sizeof(taken);
        if (m.data_at != w.offset)
            abort();
        (void)github_path_reason(m.path);
        (void)code_lang_detect(m.path, WEIR_LIT(""));
        if (i % 2 && window_read(&w, taken, n, &err))
            break;
    }
    tar_free(&t);
    window_free(&w);
    weir_io_abort(io);
    return 0;
}
