#include "lib/read_whole.h"

#include "weir/io.h"

enum { BLOCK = 1 << 16 };

int read_whole(const char *path, size_t mebibytes, struct weir_buf *to, struct weir_err *err)
{
    const size_t most = to->n + (mebibytes << 20);
    weir_io *io = weir_io_open_read(path, err);
    if (!io)
        return err->code;
    int rc = 0;
    for (ssize_t n = 1; !rc && n > 0;) {
        if (weir_buf_reserve(to, BLOCK)) {
            rc = weir_err_set(err, WEIR_EMEM, "%s: out of memory", path);
            break;
        }
        n = weir_io_read(io, to->p + to->n, BLOCK, err);
        rc = n < 0 ? (int)n : 0;
        to->n += n > 0 ? (size_t)n : 0;
        if (to->n > most)
            rc = weir_err_set(err, WEIR_EBAD, "%s: longer than %zu MiB", path, mebibytes);
    }
    if (!rc)
        return weir_io_close(io, err);
    weir_io_abort(io);
    return rc;
}
