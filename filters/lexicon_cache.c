/* Compiled lexicons on disk.  An entry is its key and hash, then the bytes; whatever is wrong with
 * a file, it is not an entry.  Nothing here is an error: without a cache the lexicon is compiled
 * anew. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filters/lexicon.h"
#include "lib/xxh.h"

struct header {
    char magic[8], key[32];
    uint64_t n, hash;
};
static const char magic[8] = "weirlex1";

/* The cache folder, made when it is not there; 0 when there is no place for one. */
static int folder(char *path, size_t room)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    const int has_xdg = xdg && xdg[0] == '/';
    if (!has_xdg && (!home || home[0] != '/'))
        return 0;
    int n = has_xdg ? snprintf(path, room, "%s", xdg) : snprintf(path, room, "%s/.cache", home);
    if (n < 0 || (size_t)n + sizeof "/weir" > room)
        return 0;
    mkdir(path, 0700);
    strcat(path, "/weir");
    mkdir(path, 0700);
    return 1;
}

static int entry(char *path, size_t room, const char *key)
{
    char dir[3800];
    if (!folder(dir, sizeof dir))
        return 0;
    const int n = snprintf(path, room, "%s/lexicon-%s", dir, key);
    return n > 0 && (size_t)n < room;
}

static int read_all(int fd, void *p, size_t n)
{
    for (char *to = p; n;) {
        const ssize_t k = read(fd, to, n);
        if (k <= 0)
            return 0;
        to += k;
        n -= (size_t)k;
    }
    return 1;
}

static int write_all(int fd, const void *p, size_t n)
{
    for (const char *from = p; n;) {
        const ssize_t k = write(fd, from, n);
        if (k <= 0)
            return 0;
        from += k;
        n -= (size_t)k;
    }
    return 1;
}

int lexicon_cache_read(const char *key, struct weir_buf *b)
{
    char path[4096];
    struct header h;
    struct stat st;
    if (!entry(path, sizeof path, key))
        return 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    /* Another user's file is no entry: a database is trusted by the matcher. */
    int good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
               read_all(fd, &h, sizeof h) && memcmp(h.magic, magic, sizeof magic) == 0 &&
               memcmp(h.key, key, sizeof h.key) == 0 && (uint64_t)st.st_size == sizeof h + h.n &&
               weir_buf_reserve(b, h.n) == 0 && read_all(fd, b->p, h.n) &&
               XXH3_64bits(b->p, h.n) == h.hash;
    b->n = good ? h.n : 0;
    close(fd);
    return good;
}

void lexicon_cache_write(const char *key, const void *p, size_t n)
{
    char path[4096], temp[4200];
    struct header h = {.n = n, .hash = XXH3_64bits(p, n)};
    if (!entry(path, sizeof path, key))
        return;
    memcpy(h.magic, magic, sizeof magic);
    memcpy(h.key, key, sizeof h.key);
    const int end = snprintf(temp, sizeof temp, "%s.", path);
    memset(temp + end, 'X', 6); // what mkstemp() replaces
    temp[end + 6] = 0;
    const int fd = mkstemp(temp);
    if (fd < 0)
        return;
    const int good = write_all(fd, &h, sizeof h) && write_all(fd, p, n) && fsync(fd) == 0;
    if (close(fd) != 0 || !good || rename(temp, path) != 0)
        unlink(temp);
}
