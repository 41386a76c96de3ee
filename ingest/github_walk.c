#include "ingest/github_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ingest/github_rules.h"

struct walk_level {
    struct weir_buf names; // each with a NUL behind it
    size_t *at;            // where they begin, in order
    size_t n, cap, next;
    size_t n_path; // length of the walk's path in this folder
    const char *license;
};

enum { LICENSE_BYTES = 1 << 17 };

int walk_read_file(const char *path, uint64_t most, struct weir_buf *to, struct weir_err *err)
{
    struct stat st;
    /* O_NONBLOCK: what was a file when the folder was listed may be a pipe by now. */
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return weir_err_errno(err, "%s", path);
    int rc = fstat(fd, &st) ? weir_err_errno(err, "%s", path) : 0;
    if (!rc && !S_ISREG(st.st_mode))
        rc = weir_err_set(err, WEIR_EFAIL, "%s: no regular file any more", path);
    while (most && !rc) {
        const size_t want = most < (1u << 18) ? (size_t)most : 1u << 18;
        if (weir_buf_reserve(to, want)) {
            rc = weir_err_set(err, WEIR_EMEM, "out of memory");
            break;
        }
        const ssize_t n = read(fd, to->p + to->n, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            rc = weir_err_errno(err, "%s", path);
        if (n <= 0)
            break;
        to->n += (size_t)n;
        most -= (uint64_t)n;
    }
    close(fd);
    return rc;
}

static int by_name(const void *a, const void *b, void *names)
{
    return strcmp((const char *)names + *(const size_t *)a,
                  (const char *)names + *(const size_t *)b);
}

static int list_folder(const char *path, struct walk_level *l, struct weir_err *err)
{
    DIR *dir = opendir(path);
    if (!dir)
        return weir_err_errno(err, "%s", path);
    struct dirent *d;
    int rc = 0;
    for (errno = 0; !rc && (d = readdir(dir)); errno = 0) {
        if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
            continue;
        if (weir_grow(&l->at, &l->cap, l->n + 1, sizeof(*l->at)))
            rc = weir_err_set(err, WEIR_EMEM, "out of memory");
        else
            l->at[l->n++] = l->names.n;
        weir_buf_add(&l->names, d->d_name, strlen(d->d_name) + 1);
    }
    if (!rc && errno)
        rc = weir_err_errno(err, "%s", path);
    closedir(dir);
    if (!rc)
        rc = weir_buf_check(&l->names, err);
    if (!rc && l->n)
        qsort_r(l->at, l->n, sizeof(*l->at), by_name, l->names.p);
    return rc;
}

/* Sets the walk's path to an entry of the folder on top. */
static int enter_name(struct walk *w, const struct walk_level *l, const char *name,
                      struct weir_err *err)
{
    w->path.n = l->n_path;
    weir_buf_adds(&w->path, name);
    weir_buf_addc(&w->path, '\0');
    w->path.n--;
    return weir_buf_check(&w->path, err);
}

/* The licence of a folder: what its licence files agree on, or its parent's when there are none. */
static int find_license(struct walk *w, struct walk_level *l, struct weir_err *err)
{
    struct weir_buf text = {0};
    int n_files = 0, rc = 0;
    for (size_t i = 0; !rc && i < l->n; i++) {
        const char *name = l->names.p + l->at[i];
        struct stat st;
        if (!github_is_license_name(weir_span(name, strlen(name))))
            continue;
        if ((rc = enter_name(w, l, name, err)))
            break;
        if (lstat(w->path.p, &st) || !S_ISREG(st.st_mode))
            continue;
        weir_buf_reset(&text, LICENSE_BYTES);
        rc = walk_read_file(w->path.p, LICENSE_BYTES, &text, err);
        const char *id = rc ? NULL : github_license_of_text(weir_buf_span(&text), &w->scratch);
        l->license = n_files++ && l->license != id ? NULL : id;
    }
    weir_buf_free(&text);
    return rc;
}

/* Goes down into the folder that the walk's path names. */
static int push(struct walk *w, struct weir_err *err)
{
    if (weir_grow(&w->level, &w->cap_level, w->n_level + 1, sizeof(*w->level)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    struct walk_level *l = &w->level[w->n_level];
    memset(l, 0, sizeof(*l));
    if (w->n_level)
        l->license = w->level[w->n_level - 1].license;
    w->n_level++;
    int rc = list_folder(w->path.p, l, err);
    if (w->path.p[w->path.n - 1] != '/')
        weir_buf_addc(&w->path, '/');
    l->n_path = w->path.n;
    return rc ? rc : find_license(w, l, err);
}

static void pop(struct walk *w)
{
    struct walk_level *l = &w->level[--w->n_level];
    weir_buf_free(&l->names);
    free(l->at);
}

int walk_start(struct walk *w, const char *folder, struct weir_err *err)
{
    while (w->n_level)
        pop(w);
    w->path.n = 0;
    weir_buf_adds(&w->path, folder);
    weir_buf_addc(&w->path, '\0');
    if (weir_buf_check(&w->path, err))
        return WEIR_EMEM;
    w->path.n--;
    const int rc = push(w, err);
    w->prefix = w->level[0].n_path;
    return rc;
}

void walk_free(struct walk *w)
{
    while (w->n_level)
        pop(w);
    free(w->level);
    weir_buf_free(&w->path);
    weir_buf_free(&w->scratch);
}

int walk_next(struct walk *w, struct walk_entry *e, struct weir_err *err)
{
    while (w->n_level) {
        struct walk_level *l = &w->level[w->n_level - 1];
        struct stat st;
        if (l->next == l->n) {
            pop(w);
            continue;
        }
        const char *name = l->names.p + l->at[l->next++];
        const int is_vcs = github_is_vcs(weir_span(name, strlen(name)));
        if (enter_name(w, l, name, err))
            return WEIR_EMEM;
        if (lstat(w->path.p, &st))
            return weir_err_errno(err, "%s", w->path.p);
        if (S_ISDIR(st.st_mode) && !is_vcs) {
            const int rc = push(w, err);
            if (rc)
                return rc;
            continue;
        }
        e->kind = S_ISDIR(st.st_mode)   ? WALK_VCS
                  : S_ISREG(st.st_mode) ? WALK_FILE
                  : S_ISLNK(st.st_mode) ? WALK_LINK
                                        : WALK_SPECIAL;
        e->path = weir_buf_span(&w->path);
        e->prefix = w->prefix;
        e->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
        e->license = l->license;
        return 1;
    }
    return 0;
}
