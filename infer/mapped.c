#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "infer/tensor.h"

static int map(struct mapped *m, int fd, struct weir_err *err)
{
    static const char lfs[] = "version https://git-lfs";
    struct stat st;
    if (fstat(fd, &st) < 0)
        return weir_err_errno(err, "%s", m->path);
    if (!S_ISREG(st.st_mode))
        return weir_err_set(err, WEIR_EUSAGE, "%s is not a file", m->path);
    if (!st.st_size)
        return weir_err_set(err, WEIR_EBAD, "%s is empty", m->path);
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return weir_err_errno(err, "%s", m->path);
    m->p = p;
    m->n = (uint64_t)st.st_size;
    if (m->n > sizeof lfs && !memcmp(m->p, lfs, sizeof lfs - 1))
        return weir_err_set(err, WEIR_EBAD,
                            "%s is a Git LFS pointer, not the file itself: run `git lfs pull` in "
                            "its folder",
                            m->path);
    return 0;
}

int mapped_open(struct mapped *m, const char *path, struct weir_err *err)
{
    *m = (struct mapped){.path = strdup(path)};
    if (!m->path)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc = fd < 0 ? weir_err_errno(err, "%s", path) : map(m, fd, err);
    if (fd >= 0)
        close(fd);
    if (rc)
        mapped_close(m);
    return rc;
}

void mapped_close(struct mapped *m)
{
    if (m->p)
        munmap((void *)m->p, m->n);
    free(m->path);
    *m = (struct mapped){0};
}
