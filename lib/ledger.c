#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/account.h"
#include "weir_config.h"

static void add_string(struct weir_buf *b, const char *s)
{
    weir_buf_add_json_lossy(b, weir_span(s, strlen(s)));
}

static void add_count(struct weir_buf *b, const char *name, struct weir_count c)
{
    weir_buf_addf(b, ",\"%s\":{\"records\":%llu,\"bytes\":%llu,\"tokens\":%llu}", name,
                  (unsigned long long)c.records, (unsigned long long)c.bytes,
                  (unsigned long long)c.tokens);
}

static void add_names(struct weir_buf *b, const char *name, const struct weir_names *t)
{
    weir_buf_addf(b, ",\"%s\":{", name);
    for (size_t i = 0; i < t->n; i++) {
        const struct weir_named *x = &t->at[i];
        if (i)
            weir_buf_addc(b, ',');
        add_string(b, x->name);
        weir_buf_addf(b, ":{\"in\":{\"records\":%llu,\"bytes\":%llu,\"tokens\":%llu},",
                      (unsigned long long)x->in.records, (unsigned long long)x->in.bytes,
                      (unsigned long long)x->in.tokens);
        weir_buf_addf(b, "\"out\":{\"records\":%llu,\"bytes\":%llu,\"tokens\":%llu}}",
                      (unsigned long long)x->out.records, (unsigned long long)x->out.bytes,
                      (unsigned long long)x->out.tokens);
    }
    weir_buf_addc(b, '}');
}

static void add_run(struct weir_buf *b, const struct weir_account *a, const struct weir_job *job)
{
    char when[32];
    struct tm tm;
    gmtime_r(&a->start_time, &tm);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    weir_buf_adds(b, "{\"program\":");
    add_string(b, a->program);
    weir_buf_adds(b, ",\"stage\":");
    add_string(b, job->stage);
    weir_buf_addf(b, ",\"version\":\"%s\",\"command\":[", WEIR_VERSION);
    for (int i = 0; i < a->argc; i++) {
        if (i)
            weir_buf_addc(b, ',');
        add_string(b, a->argv[i]);
    }
    weir_buf_addf(b, "],\"time\":\"%s\",\"seconds\":%.3f,\"threads\":%d", when,
                  weir_account_seconds(a), job->threads);
    weir_buf_addf(b, ",\"memory\":%llu,\"peak_memory\":%llu", (unsigned long long)job->memory,
                  (unsigned long long)weir_peak_memory());
}

static void add_files(struct weir_buf *b, const char *name, const struct weir_buf *list)
{
    weir_buf_addf(b, ",\"%s\":[", name);
    weir_buf_add(b, list->p, list->n);
    weir_buf_addc(b, ']');
}

int weir_ledger_check(const char *path, struct weir_err *err)
{
    int ok = !access(path, W_OK);
    if (!ok && errno == ENOENT) {
        char *copy = strdup(path);
        ok = copy && !access(dirname(copy), W_OK | X_OK);
        free(copy);
    }
    return ok ? 0 : weir_err_errno(err, "%s: cannot open the ledger", path);
}

/* One write under a lock: lines of stages that finish at the same time do not mix, also where
 * appending alone is not atomic (NFS).  A file without locks is written all the same. */
static int append(const char *path, const struct weir_buf *b, struct weir_err *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return weir_err_errno(err, "%s: cannot open the ledger", path);
    int rc, locked;
    do
        locked = !fcntl(fd, F_OFD_SETLKW, &lock);
    while (!locked && errno == EINTR);
    const off_t end = lseek(fd, 0, SEEK_END);
    const ssize_t put = write(fd, b->p, b->n);
    rc = put < 0 ? weir_err_errno(err, "%s: cannot write the ledger", path) : 0;
    if (put >= 0 && (size_t)put < b->n) {
        const int taken_back = locked && end >= 0 && !ftruncate(fd, end);
        rc = weir_err_set(err, WEIR_EIO, "%s: cannot write the ledger: disk full?%s", path,
                          taken_back ? "" : " its last line is broken");
    }
    if (close(fd) && !rc)
        rc = weir_err_errno(err, "%s: cannot close the ledger", path);
    return rc;
}

int weir_ledger_append(const struct weir_account *a, const struct weir_job *job, const char *path,
                       struct weir_err *err)
{
    const struct weir_tally *t = &job->tally;
    struct weir_buf b = {0};
    add_run(&b, a, job);
    add_files(&b, "inputs", &job->input_list);
    add_files(&b, "outputs", &job->output_list);
    add_count(&b, "in", t->in);
    add_count(&b, "kept", t->kept);
    add_count(&b, "dropped", t->dropped);
    add_count(&b, "bad", t->bad);
    add_count(&b, "out", t->out);
    weir_buf_addf(&b, ",\"framing\":%llu", (unsigned long long)t->framing);
    add_names(&b, "reasons", &t->reasons);
    add_names(&b, "sources", &t->sources);
    weir_buf_adds(&b, ",\"notes\":{");
    for (size_t i = 0; i < t->notes.n; i++) {
        if (i)
            weir_buf_addc(&b, ',');
        add_string(&b, t->notes.at[i].name);
        weir_buf_addf(&b, ":%llu", (unsigned long long)t->notes.at[i].in.records);
    }
    weir_buf_addc(&b, '}');
    weir_buf_add(&b, job->extra.p, job->extra.n);
    weir_buf_adds(&b, "}\n");
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = append(path, &b, err);
    weir_buf_free(&b);
    return rc;
}
