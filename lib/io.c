#include "weir/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/io_impl.h"

#define BLOCK WEIR_IO_BLOCK

weir_io *weir_io_new(const char *name, struct weir_err *err)
{
    weir_io *io = calloc(1, sizeof *io);
    if (io) {
        io->fd = -1;
        io->atomic.slot = -1;
        io->name = strdup(name);
        io->block = malloc(BLOCK);
        io->hash = XXH3_createState();
    }
    if (!io || !io->name || !io->block || !io->hash) {
        weir_err_set(err, WEIR_EMEM, "%s: out of memory", name);
        weir_io_abort(io);
        return NULL;
    }
    XXH3_128bits_reset(io->hash);
    return io;
}

static void io_free(weir_io *io)
{
    if (io->codec_state)
        (io->writing ? io->codec->encoder_free : io->codec->decoder_free)(io->codec_state);
    XXH3_freeState(io->hash);
    free(io->block);
    free(io->name);
    free(io);
}

/* ---- reading ---- */

/* Bytes of the file itself into p. */
static ssize_t raw_read(weir_io *io, void *p, size_t n, struct weir_err *err)
{
    ssize_t got;
    if (io->mem) {
        got = (ssize_t)(n < io->mem_n - io->mem_at ? n : io->mem_n - io->mem_at);
        memcpy(p, io->mem + io->mem_at, (size_t)got);
        io->mem_at += (size_t)got;
    } else {
        do
            got = read(io->fd, p, n);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return weir_err_errno(err, "%s: cannot read", io->name);
        if (!got && io->fd > 0 && io->raw_offset < io->raw_size)
            return weir_err_set(err, WEIR_EIO, "%s: became shorter while it was read", io->name);
    }
    XXH3_128bits_update(io->hash, p, (size_t)got);
    io->raw_offset += (uint64_t)got;
    return got;
}

/* Reads into the block behind what is left in it. */
static int fill(weir_io *io, struct weir_err *err)
{
    if (io->at) {
        memmove(io->block, io->block + io->at, io->n - io->at);
        io->n -= io->at;
        io->at = 0;
    }
    const ssize_t got = raw_read(io, io->block + io->n, BLOCK - io->n, err);
    if (got < 0)
        return (int)got;
    io->n += (size_t)got;
    io->eof = !got;
    return 0;
}

static int sniff(weir_io *io, struct weir_err *err)
{
    while (io->n < 16 && !io->eof)
        if (fill(io, err))
            return err ? err->code : WEIR_EIO;
    io->codec = weir_codec_sniff((const unsigned char *)io->block, io->n);
    if (!io->codec)
        return 0;
    io->codec_state = io->codec->decoder_new();
    if (!io->codec_state)
        return weir_err_set(err, WEIR_EMEM, "%s: out of memory", io->name);
    return 0;
}

static weir_io *open_fd_read(int fd, const char *name, struct weir_err *err)
{
    struct stat st;
    weir_io *io = weir_io_new(name, err);
    if (!io) {
        if (fd > 0)
            close(fd);
        return NULL;
    }
    io->fd = fd;
    if (!fstat(fd, &st) && S_ISREG(st.st_mode)) {
        const off_t at = lseek(fd, 0, SEEK_CUR); // standard input may have been read from before
        io->raw_size = (uint64_t)(at < st.st_size ? st.st_size - at : 0);
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    } else if (S_ISDIR(st.st_mode)) {
        weir_err_set(err, WEIR_EIO, "%s: is a directory", name);
        goto fail;
    }
    if (sniff(io, err))
        goto fail;
    return io;
fail:
    weir_io_abort(io);
    return NULL;
}

weir_io *weir_io_open_read(const char *path, struct weir_err *err)
{
    if (!strcmp(path, "-"))
        return open_fd_read(0, "standard input", err);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        weir_err_errno(err, "%s: cannot open", path);
        return NULL;
    }
    return open_fd_read(fd, path, err);
}

weir_io *weir_io_open_mem(const void *p, size_t n, struct weir_err *err)
{
    weir_io *io = weir_io_new("memory", err);
    if (!io)
        return NULL;
    io->mem = n ? p : "";
    io->mem_n = n;
    io->raw_size = n;
    if (sniff(io, err)) {
        weir_io_abort(io);
        return NULL;
    }
    return io;
}

static ssize_t read_plain(weir_io *io, void *p, size_t n, struct weir_err *err)
{
    if (io->at == io->n && !io->eof) {
        if (n >= BLOCK)
            return raw_read(io, p, n, err);
        const int rc = fill(io, err); // a small read must not cost a system call
        if (rc)
            return rc;
    }
    const size_t take = n < io->n - io->at ? n : io->n - io->at;
    memcpy(p, io->block + io->at, take);
    io->at += take;
    return (ssize_t)take;
}

static ssize_t read_coded(weir_io *io, void *p, size_t n, struct weir_err *err)
{
    for (;;) {
        if (io->at == io->n && !io->eof && fill(io, err))
            return err && err->code ? err->code : WEIR_EIO;
        if (io->at == io->n && io->eof && !io->inside)
            return 0;
        struct weir_flow f = {io->block + io->at, io->n - io->at, p, n, io->eof};
        const int rc = io->codec->decode(io->codec_state, &f, err);
        if (rc < 0) {
            weir_err_prefix(err, "%s", io->name);
            return rc;
        }
        const size_t used = (io->n - io->at) - f.n_in, made = n - f.n_out;
        io->at += used;
        io->inside = !rc;
        if (made)
            return (ssize_t)made;
        if (!used && io->eof && io->inside)
            return weir_err_set(err, WEIR_EBAD, "%s: truncated %s data", io->name, io->codec->name);
    }
}

ssize_t weir_io_read(weir_io *io, void *p, size_t n, struct weir_err *err)
{
    if (!n)
        return 0;
    const ssize_t got = io->codec ? read_coded(io, p, n, err) : read_plain(io, p, n, err);
    if (got > 0)
        io->offset += (uint64_t)got;
    return got;
}

int weir_io_read_all(weir_io *io, void *p, size_t n, struct weir_err *err)
{
    size_t have = 0;
    while (have < n) {
        const ssize_t got = weir_io_read(io, (char *)p + have, n - have, err);
        if (got < 0)
            return (int)got;
        if (!got && !have)
            return 0;
        if (!got)
            return weir_err_set(err, WEIR_EBAD, "%s: truncated at byte %llu", io->name,
                                (unsigned long long)io->offset);
        have += (size_t)got;
    }
    return 1;
}

int weir_io_skip(weir_io *io, uint64_t n, struct weir_err *err)
{
    char block[4096];
    const uint64_t ahead = io->n - io->at;
    if (!io->codec && n > ahead && io->raw_size > io->raw_offset &&
        n - ahead <= io->raw_size - io->raw_offset &&
        lseek(io->fd, (off_t)(n - ahead), SEEK_CUR) >= 0) {
        io->at = io->n = 0;
        io->offset += n;
        io->raw_offset += n - ahead;
        return 0;
    }
    while (n) {
        const ssize_t got = weir_io_read(io, block, n < sizeof block ? n : sizeof block, err);
        if (got <= 0)
            return got ? (int)got : weir_err_set(err, WEIR_EBAD, "%s: ends before that", io->name);
        n -= (uint64_t)got;
    }
    return 0;
}

/* ---- writing ---- */

static int raw_write(weir_io *io, const char *p, size_t n, struct weir_err *err)
{
    XXH3_128bits_update(io->hash, p, n);
    io->raw_offset += n;
    if (io->sink) {
        weir_buf_add(io->sink, p, n);
        return weir_buf_check(io->sink, err);
    }
    while (n) {
        const ssize_t put = write(io->fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return weir_err_errno(err, "%s: cannot write", io->name);
        p += put;
        n -= (size_t)put;
    }
    return 0;
}

int weir_io_flush(weir_io *io, struct weir_err *err)
{
    const int rc = io->n ? raw_write(io, io->block, io->n, err) : 0;
    io->n = 0;
    return rc;
}

static int write_plain(weir_io *io, const char *p, size_t n, struct weir_err *err)
{
    if (n < BLOCK - io->n) {
        memcpy(io->block + io->n, p, n);
        io->n += n;
        return 0;
    }
    const int rc = weir_io_flush(io, err);
    if (rc)
        return rc;
    if (n >= BLOCK)
        return raw_write(io, p, n, err);
    memcpy(io->block, p, n);
    io->n = n;
    return 0;
}

static int write_coded(weir_io *io, const char *p, size_t n, int last, struct weir_err *err)
{
    struct weir_flow f = {p, n, NULL, 0, last};
    for (;;) {
        if (io->n == BLOCK) {
            const int rc = weir_io_flush(io, err);
            if (rc)
                return rc;
        }
        f.out = io->block + io->n;
        f.n_out = BLOCK - io->n;
        const int rc = io->codec->encode(io->codec_state, &f, err);
        io->n = BLOCK - f.n_out;
        if (rc < 0) {
            weir_err_prefix(err, "%s", io->name);
            return rc;
        }
        if (last ? rc : !f.n_in && f.n_out)
            return 0;
    }
}

int weir_io_end_frame(weir_io *io, struct weir_err *err)
{
    return io->codec ? write_coded(io, NULL, 0, 1, err) : 0;
}

int weir_io_write(weir_io *io, const void *p, size_t n, struct weir_err *err)
{
    io->offset += n;
    return io->codec ? write_coded(io, p, n, 0, err) : write_plain(io, p, n, err);
}

int weir_io_pwrite(weir_io *io, uint64_t at, const void *p, size_t n, struct weir_err *err)
{
    const int rc = weir_io_flush(io, err);
    if (rc)
        return rc;
    while (n) {
        const ssize_t put = pwrite(io->fd, p, n, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return weir_err_errno(err, "%s: cannot write", io->name);
        p = (const char *)p + put;
        n -= (size_t)put;
        at += (uint64_t)put;
    }
    return 0;
}

static weir_io *open_write(const char *path, const struct weir_codec *codec, struct weir_err *err)
{
    const int std = !strcmp(path, "-");
    weir_io *io = weir_io_new(std ? "standard output" : path, err);
    if (!io)
        return NULL;
    io->writing = 1;
    if (codec) {
        io->codec_state = codec->encoder_new();
        if (!io->codec_state) {
            weir_err_set(err, WEIR_EMEM, "%s: out of memory", path);
            weir_io_abort(io);
            return NULL;
        }
        io->codec = codec;
    }
    io->fd = std ? 1 : weir_atomic_open(&io->atomic, path, err);
    if (io->fd < 0) {
        weir_io_abort(io);
        return NULL;
    }
    return io;
}

weir_io *weir_io_open_write(const char *path, struct weir_err *err)
{
    return open_write(path, strcmp(path, "-") ? weir_codec_by_name(path) : NULL, err);
}

weir_io *weir_io_open_write_plain(const char *path, struct weir_err *err)
{
    return open_write(path, NULL, err);
}

weir_io *weir_io_open_buf(struct weir_buf *b, struct weir_err *err)
{
    weir_io *io = weir_io_new("memory", err);
    if (io) {
        io->writing = 1;
        io->sink = b;
    }
    return io;
}

int weir_io_prepare(weir_io *io, uint64_t *raw_bytes, char hex[33], struct weir_err *err)
{
    int rc = 0;
    if (io->writing && !io->temp && !io->prepared) {
        rc = weir_io_end_frame(io, err);
        if (!rc)
            rc = weir_io_flush(io, err);
        if (!rc && io->atomic.final && fsync(io->fd))
            rc = weir_err_errno(err, "%s: cannot sync", io->name);
        io->prepared = !rc;
    }
    if (raw_bytes)
        *raw_bytes = io->raw_offset;
    if (hex)
        weir_io_hash(io, hex);
    return rc;
}

int weir_io_close(weir_io *io, struct weir_err *err)
{
    if (!io)
        return 0;
    int rc = weir_io_prepare(io, NULL, NULL, err);
    if (!rc && io->prepared && io->fd >= 0)
        rc = weir_atomic_commit(&io->atomic, io->fd, err);
    /* Delayed errors of network file systems show here. */
    if (io->fd > 0 && close(io->fd) && io->writing && !rc)
        rc = weir_err_errno(err, "%s: cannot close", io->name);
    weir_atomic_drop(&io->atomic);
    io_free(io);
    return rc;
}

void weir_io_abort(weir_io *io)
{
    if (!io)
        return;
    if (io->fd > 2)
        close(io->fd);
    weir_atomic_drop(&io->atomic);
    io_free(io);
}

const char *weir_io_name(const weir_io *io)
{
    return io->name;
}

uint64_t weir_io_offset(const weir_io *io)
{
    return io->offset;
}

uint64_t weir_io_raw_offset(const weir_io *io)
{
    return io->raw_offset;
}

uint64_t weir_io_raw_size(const weir_io *io)
{
    return io->raw_size;
}

void weir_io_hash(const weir_io *io, char hex[33])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits_digest(io->hash));
    for (int i = 0; i < 16; i++) {
        hex[2 * i] = digits[c.digest[i] >> 4];
        hex[2 * i + 1] = digits[c.digest[i] & 15];
    }
    hex[32] = 0;
}
