/* Unnamed temporaries: written from front to back, read back as often as wanted. */
#include <errno.h>
#include <unistd.h>

#include "lib/io_impl.h"

weir_io *weir_io_open_temp(const char *dir, struct weir_err *err)
{
    weir_io *io = weir_io_new("temporary file", err);
    if (!io)
        return NULL;
    io->writing = io->temp = 1;
    io->fd = weir_atomic_temp(dir, err);
    if (io->fd < 0) {
        weir_io_abort(io);
        return NULL;
    }
    return io;
}

static int out_of_memory(const weir_io *io, struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "%s: out of memory", io->name);
}

weir_io *weir_io_open_temp_packed(const char *dir, struct weir_err *err)
{
    weir_io *io = weir_io_open_temp(dir, err);
    if (!io)
        return NULL;
    const struct weir_codec *codec = weir_codec_fast();
    io->codec_state = codec->encoder_new();
    if (!io->codec_state) {
        out_of_memory(io, err);
        weir_io_abort(io);
        return NULL;
    }
    io->codec = codec;
    return io;
}

static int finish_writing(weir_io *io, struct weir_err *err)
{
    int rc = weir_io_end_frame(io, err);
    if (!rc)
        rc = weir_io_flush(io, err);
    io->raw_size = io->raw_offset;
    return rc;
}

int weir_io_rewind(weir_io *io, struct weir_err *err)
{
    if (!io->temp)
        return weir_err_set(err, WEIR_EFAIL, "%s: not a temporary file", io->name);
    const int rc = io->writing ? finish_writing(io, err) : 0;
    if (rc)
        return rc;
    if (lseek(io->fd, 0, SEEK_SET) < 0)
        return weir_err_errno(err, "%s: cannot rewind", io->name);
    if (io->codec) {
        (io->writing ? io->codec->encoder_free : io->codec->decoder_free)(io->codec_state);
        io->codec_state = io->codec->decoder_new();
    }
    io->writing = io->eof = io->inside = 0;
    io->at = io->n = 0;
    io->offset = io->raw_offset = 0;
    XXH3_128bits_reset(io->hash);
    return io->codec && !io->codec_state ? out_of_memory(io, err) : 0;
}

int weir_io_pread(weir_io *io, uint64_t at, void *p, size_t n, struct weir_err *err)
{
    if (!io->temp || !io->writing || io->codec)
        return weir_err_set(err, WEIR_EFAIL, "%s: cannot be read at a place", io->name);
    int rc = at + n > io->raw_offset ? weir_io_flush(io, err) : 0;
    for (char *to = p; !rc && n;) {
        const ssize_t got = pread(io->fd, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got ? weir_err_errno(err, "%s: cannot read", io->name)
                       : weir_err_set(err, WEIR_EIO, "%s: cut short", io->name);
        to += got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return rc;
}
