#include "lib/io_atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weir/io.h"

/* Names to remove when a signal ends the process.  The handler may only read: a slot is filled
 * after its file exists and emptied before its name is freed. */
#define N_SLOTS 64
static char *volatile slots[N_SLOTS];
static pthread_mutex_t slots_mu = PTHREAD_MUTEX_INITIALIZER;

static int slot_take(char *name)
{
    int found = -1;
    pthread_mutex_lock(&slots_mu);
    for (int i = 0; i < N_SLOTS && found < 0; i++) {
        if (!slots[i]) {
            slots[i] = name;
            found = i;
        }
    }
    pthread_mutex_unlock(&slots_mu);
    return found;
}

static void slot_give(int slot)
{
    if (slot < 0)
        return;
    pthread_mutex_lock(&slots_mu);
    slots[slot] = NULL;
    pthread_mutex_unlock(&slots_mu);
}

static void on_signal(int sig)
{
    for (int i = 0; i < N_SLOTS; i++)
        if (slots[i])
            unlink(slots[i]);
    /* SA_RESETHAND: the second one kills. */
    raise(sig);
}

void weir_atomic_on_signals(void)
{
    static const int deadly[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGXCPU, SIGXFSZ};
    struct sigaction sa = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        struct sigaction old;
        /* nohup's SIG_IGN stays. */
        if (!sigaction(deadly[i], NULL, &old) && old.sa_handler == SIG_DFL)
            sigaction(deadly[i], &sa, NULL);
    }
    /* A closed pipe is a failed write, with a message and an exit status, not a silent death. */
    signal(SIGPIPE, SIG_IGN);
}

static char *dir_of(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        return NULL;
    char *dir = strdup(dirname(copy));
    free(copy);
    return dir;
}

/* A name beside the final one that nobody else uses, a new one each time: one may be taken by what
 * a killed process of the same number left.  Of a long name its begin, or it would be too long. */
static char *name_beside(const char *final)
{
    static unsigned counter;
    char *dir = dir_of(final), *copy = strdup(final), *name = NULL;
    if (dir && copy &&
        asprintf(&name, "%s/.%.100s.%ld-%u.tmp", dir, basename(copy), (long)getpid(),
                 __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED)) < 0)
        name = NULL;
    free(dir);
    free(copy);
    return name;
}

static int open_unnamed(const char *dir, int mode)
{
#ifdef O_TMPFILE
    return open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
#else
    (void)dir, (void)mode;
    errno = ENOTSUP;
    return -1;
#endif
}

static int open_named(struct weir_atomic *a)
{
    int fd;
    do {
        free(a->temp);
        a->temp = name_beside(a->final);
        if (!a->temp)
            return -1;
        fd = open(a->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EEXIST);
    if (fd >= 0) {
        a->slot = slot_take(a->temp);
    } else { // not ours to remove
        free(a->temp);
        a->temp = NULL;
    }
    return fd;
}

/* Gives an unnamed file a name that is free. */
static int link_fd(int fd, const char *name)
{
    char proc[64];
    snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, proc, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
}

/* Gives an unnamed file a temporary name beside the final one. */
static int link_named(struct weir_atomic *a, int fd)
{
    char *name;
    int rc;
    do {
        name = name_beside(a->final);
        if (!name)
            return -1;
        rc = link_fd(fd, name);
        if (rc)
            free(name);
    } while (rc && errno == EEXIST);
    if (rc)
        return -1;
    a->temp = name;
    a->slot = slot_take(name);
    return 0;
}

/* The name a file will appear under: through a symbolic link, also one to nothing yet, the file it
 * names is made or replaced, and the link stays. */
static char *behind_link(const char *path, int exists)
{
    char to[4096], *dir, *name = NULL;
    const ssize_t n = exists ? -1 : readlink(path, to, sizeof to - 1);
    if (n < 0)
        return exists ? realpath(path, NULL) : strdup(path);
    to[n] = 0;
    if (to[0] == '/')
        return strdup(to);
    dir = dir_of(path);
    if (dir && asprintf(&name, "%s/%s", dir, to) < 0)
        name = NULL;
    free(dir);
    return name;
}

int weir_atomic_open(struct weir_atomic *a, const char *path, struct weir_err *err)
{
    struct stat st;
    memset(a, 0, sizeof *a);
    a->slot = -1;
    const int exists = !stat(path, &st);
    if (exists && !S_ISREG(st.st_mode)) {
        const int fd = open(path, O_WRONLY | O_CLOEXEC);
        return fd >= 0 ? fd : weir_err_errno(err, "%s: cannot write", path);
    }
    const size_t n = strlen(path);
    if (!n || path[n - 1] == '/')
        return weir_err_set(err, WEIR_EIO, "%s: cannot write: not the name of a file",
                            n ? path : "(empty name)");
    a->final = behind_link(path, exists);
    char *dir = a->final ? dir_of(a->final) : NULL;
    if (!dir) {
        weir_atomic_drop(a);
        return weir_err_errno(err, "%s: cannot write", path);
    }
    int fd = open_unnamed(dir, 0666);
    if (fd < 0 && errno != ENOENT && errno != EACCES)
        fd = open_named(a);
    free(dir);
    if (fd < 0) {
        const int rc = weir_err_errno(err, "%s: cannot write", path);
        weir_atomic_drop(a);
        return rc;
    }
    if (exists) // a private file stays private; where modes mean nothing, this fails
        (void)!fchmod(fd, st.st_mode & 0777);
    return fd;
}

static int sync_dir(const char *final)
{
    char *dir = dir_of(final);
    const int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(dir);
    if (fd < 0)
        return -1;
    /* Some network file systems cannot sync a folder; the file itself is synced. */
    const int rc = fsync(fd) && errno != EINVAL ? -1 : 0;
    close(fd);
    return rc;
}

static int settle_name(const struct weir_atomic *a, struct weir_err *err)
{
    return sync_dir(a->final) ? weir_err_errno(err, "%s: cannot sync its folder", a->final) : 0;
}

int weir_atomic_commit(struct weir_atomic *a, int fd, struct weir_err *err)
{
    if (!a->final)
        return 0;
    if (!a->temp) {
        /* Where nothing is replaced, at no moment has the file another name. */
        if (!link_fd(fd, a->final))
            return settle_name(a, err);
        if (link_named(a, fd))
            return weir_err_errno(err, "%s: cannot name", a->final);
    }
    if (rename(a->temp, a->final))
        return weir_err_errno(err, "%s: cannot rename into place", a->final);
    slot_give(a->slot);
    a->slot = -1;
    free(a->temp);
    a->temp = NULL;
    return settle_name(a, err);
}

void weir_atomic_drop(struct weir_atomic *a)
{
    if (a->temp)
        unlink(a->temp);
    slot_give(a->slot);
    free(a->temp);
    free(a->final);
    memset(a, 0, sizeof *a);
    a->slot = -1;
}

int weir_atomic_temp(const char *dir, struct weir_err *err)
{
    int fd = open_unnamed(dir, 0600);
    if (fd < 0 && errno != ENOENT && errno != EACCES) {
        char *name = NULL;
        if (asprintf(&name, "%s/weir-XXXXXX", dir) < 0)
            return weir_err_errno(err, "%s: cannot make a temporary file", dir);
        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0)
            unlink(name);
        free(name);
    }
    return fd >= 0 ? fd : weir_err_errno(err, "%s: cannot make a temporary file", dir);
}

static int same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* What is not there yet is the same when it would be made under one name in one folder. */
static int same_place(const char *a, const char *b)
{
    struct stat sa, sb;
    const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
    char *dir_a = dir_of(a), *dir_b = dir_of(b);
    const int yes = dir_a && dir_b && !stat(dir_a, &sa) && !stat(dir_b, &sb) && same(&sa, &sb) &&
                    !strcmp(slash_a ? slash_a + 1 : a, slash_b ? slash_b + 1 : b);
    free(dir_a);
    free(dir_b);
    return yes;
}

int weir_io_same_file(const char *a, const char *b)
{
    struct stat sa, sb;
    const int has_a = !stat(a, &sa), has_b = !stat(b, &sb);
    if (has_a && has_b)
        return same(&sa, &sb);
    return !has_a && !has_b && same_place(a, b);
}

int weir_io_apart(const char *const *in, size_t n_in, const char *const *out, size_t n_out,
                  struct weir_err *err)
{
    for (size_t o = 0; o < n_out; o++) {
        if (!out[o] || !strcmp(out[o], "-") || !strncmp(out[o], "/dev/", 5))
            continue;
        for (size_t i = 0; i < n_in; i++)
            if (weir_io_same_file(in[i], out[o]))
                return weir_err_set(err, WEIR_EUSAGE, "%s is both read and written", out[o]);
        for (size_t k = 0; k < o; k++)
            if (out[k] && weir_io_same_file(out[k], out[o]))
                return weir_err_set(err, WEIR_EUSAGE, "%s is written twice", out[o]);
    }
    return 0;
}
