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

/* A name beside the final one that nobody else uses. */
static char *name_beside(const char *final)
{
    static unsigned counter;
    char *dir = dir_of(final), *copy = strdup(final), *name = NULL;
    if (dir && copy &&
        asprintf(&name, "%s/.%s.%ld-%u.tmp", dir, basename(copy), (long)getpid(),
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
    a->temp = name_beside(a->final);
    if (!a->temp)
        return -1;
    const int fd = open(a->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0)
        a->slot = slot_take(a->temp);
    return fd;
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
    /* Through a symbolic link: the file it names is replaced, the link stays. */
    a->final = exists ? realpath(path, NULL) : strdup(path);
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

int weir_atomic_commit(struct weir_atomic *a, int fd, struct weir_err *err)
{
    if (!a->final)
        return 0;
    if (!a->temp) {
        char proc[64];
        snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
        a->temp = name_beside(a->final);
        if (!a->temp)
            return weir_err_errno(err, "%s: cannot name", a->final);
        if (linkat(AT_FDCWD, proc, AT_FDCWD, a->temp, AT_SYMLINK_FOLLOW)) {
            const int rc = weir_err_errno(err, "%s: cannot name", a->final);
            free(a->temp);
            a->temp = NULL;
            return rc;
        }
        a->slot = slot_take(a->temp);
    }
    if (rename(a->temp, a->final))
        return weir_err_errno(err, "%s: cannot rename into place", a->final);
    slot_give(a->slot);
    a->slot = -1;
    free(a->temp);
    a->temp = NULL;
    return sync_dir(a->final) ? weir_err_errno(err, "%s: cannot sync its folder", a->final) : 0;
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

int weir_io_same_file(const char *a, const char *b)
{
    struct stat sa, sb;
    return !stat(a, &sa) && !stat(b, &sb) && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}
