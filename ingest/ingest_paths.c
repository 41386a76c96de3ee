#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/paths.h"
#include "weir/buf.h"

#define MAX_DEPTH 64

static int add_name(struct ingest_paths *paths, const char *name, struct weir_err *err)
{
    char *copy = strdup(name);
    if (!copy || weir_grow(&paths->at, &paths->cap, paths->n + 1, sizeof *paths->at)) {
        free(copy);
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    paths->at[paths->n++] = copy;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of a folder's entries, hidden ones left out, sorted. */
static int list_folder(const char *dir, struct ingest_paths *entries, struct weir_err *err)
{
    DIR *d = opendir(dir);
    if (!d)
        return weir_err_errno(err, "%s", dir);
    const size_t n = strlen(dir);
    const char *slash = n && dir[n - 1] == '/' ? "" : "/";
    int rc = 0;
    struct dirent *e;
    for (errno = 0; !rc && (e = readdir(d)); errno = 0) {
        if (e->d_name[0] == '.')
            continue;
        struct weir_buf path = {0};
        weir_buf_addf(&path, "%s%s%s", dir, slash, e->d_name);
        weir_buf_addc(&path, '\0');
        rc = weir_buf_check(&path, err);
        if (!rc)
            rc = add_name(entries, path.p, err);
        weir_buf_free(&path);
    }
    if (!rc && errno)
        rc = weir_err_errno(err, "%s", dir);
    closedir(d);
    if (entries->n)
        qsort(entries->at, entries->n, sizeof *entries->at, by_bytes);
    return rc;
}

static int add_below(struct ingest_paths *paths, const char *dir, int depth, struct weir_err *err)
{
    struct ingest_paths entries = {0};
    if (depth > MAX_DEPTH)
        return weir_err_set(err, WEIR_EFAIL, "%s: folders nested deeper than %d", dir, MAX_DEPTH);
    int rc = list_folder(dir, &entries, err);
    for (size_t i = 0; i < entries.n && !rc; i++) {
        struct stat link, file;
        const char *path = entries.at[i];
        if (lstat(path, &link) || stat(path, &file))
            rc = weir_err_errno(err, "%s", path);
        else if (S_ISDIR(link.st_mode))
            rc = add_below(paths, path, depth + 1, err);
        else if (S_ISREG(file.st_mode))
            rc = add_name(paths, path, err);
    }
    ingest_paths_free(&entries);
    return rc;
}

int ingest_paths_add(struct ingest_paths *paths, const char *name, struct weir_err *err)
{
    struct stat st;
    if (strcmp(name, "-") && !stat(name, &st) && S_ISDIR(st.st_mode))
        return add_below(paths, name, 0, err);
    return add_name(paths, name, err);
}

void ingest_paths_free(struct ingest_paths *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        free(paths->at[i]);
    free(paths->at);
    memset(paths, 0, sizeof *paths);
}
