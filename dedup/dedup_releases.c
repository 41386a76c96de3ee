#include "dedup/dedup_releases.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* DIR/NAME, as a string. */
static int path_of(const char *dir, const char *name, struct weir_buf *b, struct weir_err *err)
{
    b->n = 0;
    weir_buf_addf(b, "%s/%s", dir, name);
    weir_buf_addc(b, '\0');
    return weir_buf_check(b, err);
}

static int file_path(const char *dir, unsigned number, struct weir_buf *b, struct weir_err *err)
{
    char name[32];
    snprintf(name, sizeof name, "%08u.sig", number);
    return path_of(dir, name, b, err);
}

/* Files 1 to n without a gap. */
static int count_files(const char *dir, unsigned *n, struct weir_err *err)
{
    struct weir_buf path = {0};
    struct stat st;
    int rc;
    for (*n = 0; !(rc = file_path(dir, *n + 1, &path, err)) && !stat(path.p, &st); ++*n)
        continue;
    if (!rc && errno != ENOENT)
        rc = weir_err_errno(err, "%s", path.p);
    weir_buf_free(&path);
    return rc;
}

int dedup_releases_open(struct dedup_releases *r, const char *dir,
                        const struct dedup_params *params, struct weir_job *job,
                        struct weir_err *err)
{
    r->dir = dir;
    r->params = *params;
    r->params.flags &= ~(uint32_t)DEDUP_P_RANKED; // which copy stays is each run's own choice
    r->params.keep = 0;
    if (mkdir(dir, 0777) && errno != EEXIST)
        return weir_err_errno(err, "%s: cannot make", dir);
    const int rc = dedup_lock(dir, "adds to this index", &job->lock, err);
    return rc ? rc : count_files(dir, &r->n, err);
}

/* Opens a file and checks that it goes with the params; close_file() also on error. */
static int open_file(const char *path, const struct dedup_params *params, struct dedup_reader *in,
                     struct weir_err *err)
{
    weir_io *io = weir_io_open_read(path, err);
    int rc = io ? dedup_read_open(in, io, DEDUP_SIG_MAGIC, "signature", err) : err->code;
    if (!rc && (rc = dedup_params_scheme(weir_buf_span(&in->head), err)))
        weir_err_prefix(err, "%s", path);
    if (!rc && params &&
        !weir_span_eq(weir_buf_span(&in->head), weir_span((const char *)params, sizeof *params)))
        rc = weir_err_set(err, WEIR_EUSAGE,
                          "%s: made with another threshold, shingle, seed, --field or the like; "
                          "weir dedup index show says with which",
                          path);
    return rc;
}

static void close_file(struct dedup_reader *in)
{
    weir_io_abort(in->io);
    dedup_reader_free(in);
}

/* Hands every record of a file to each(). */
static int read_file(const char *path, const struct dedup_params *params, uint64_t *n,
                     int (*each)(void *ctx, struct weir_span record, struct weir_err *err),
                     void *ctx, struct weir_err *err)
{
    struct dedup_reader in = {0};
    struct weir_span record;
    int got = 1, rc = open_file(path, params, &in, err);
    while (!rc && (got = dedup_read_next(&in, &record, err)) > 0) {
        rc = each(ctx, record, err);
        if (rc)
            weir_err_prefix(err, "%s", path);
    }
    *n = in.n_records;
    close_file(&in);
    return rc ? rc : got < 0 ? got : 0;
}

struct offering {
    const struct dedup_plan *plan;
    dedup_greedy *greedy;
    uint64_t order;
};

static int offer(void *ctx, struct weir_span record, struct weir_err *err)
{
    struct offering *o = ctx;
    struct dedup_key k;
    struct dedup_drop drop;
    int rc = dedup_record_get(record, o->plan, &k, err);
    if (!rc)
        rc = dedup_greedy_offer(o->greedy, o->order++, &k, &drop, err);
    return rc < 0 ? rc : 0;
}

int dedup_releases_offer(struct dedup_releases *r, const struct dedup_plan *plan, dedup_greedy *g,
                         struct weir_err *err)
{
    struct offering o = {plan, g, DEDUP_OLD_ORDER};
    struct weir_buf path = {0};
    int rc = 0;
    for (unsigned i = 1; i <= r->n && !rc; i++) {
        uint64_t n;
        rc = file_path(r->dir, i, &path, err);
        if (!rc)
            rc = read_file(path.p, &r->params, &n, offer, &o, err);
    }
    r->n_old = o.order - DEDUP_OLD_ORDER;
    weir_buf_free(&path);
    return rc;
}

static int begin(struct dedup_releases *r, struct weir_err *err)
{
    struct weir_buf path = {0};
    int rc = file_path(r->dir, r->n + 1, &path, err);
    if (!rc && !(r->io = weir_io_open_write_plain(path.p, err)))
        rc = err->code;
    if (!rc)
        rc = dedup_write_begin(&r->out, r->io, DEDUP_SIG_MAGIC,
                               weir_span((const char *)&r->params, sizeof r->params), err);
    weir_buf_free(&path);
    return rc;
}

int dedup_releases_keep(struct dedup_releases *r, struct weir_span record, struct weir_err *err)
{
    const int rc = r->io ? 0 : begin(r, err);
    return rc ? rc : dedup_write_record(&r->out, record, err);
}

int dedup_releases_aside(struct dedup_releases *r, struct weir_span record, const char *temp_dir,
                         struct weir_err *err)
{
    const uint64_t n = record.n;
    if (!r->aside && !(r->aside = weir_io_open_temp(temp_dir, err)))
        return err->code;
    const int rc = weir_io_write(r->aside, &n, sizeof n, err);
    return rc ? rc : weir_io_write(r->aside, record.p, record.n, err);
}

int dedup_releases_rewind(struct dedup_releases *r, struct weir_err *err)
{
    return r->aside ? weir_io_rewind(r->aside, err) : 0;
}

int dedup_releases_again(struct dedup_releases *r, struct weir_span *record, struct weir_err *err)
{
    uint64_t n = 0;
    int got = weir_io_read_all(r->aside, &n, sizeof n, err);
    weir_buf_reset(&r->record, 64 << 10);
    if (got > 0 && weir_buf_reserve(&r->record, n))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (got > 0 && n)
        got = weir_io_read_all(r->aside, r->record.p, n, err);
    if (got <= 0)
        return got ? got : weir_err_set(err, WEIR_EIO, "a temporary file is cut short");
    *record = weir_span(r->record.p, n);
    return 0;
}

int dedup_releases_finish(struct dedup_releases *r, struct weir_job *job, struct weir_err *err)
{
    uint64_t bytes;
    char hex[33];
    const uint64_t n_new = r->io ? r->out.n_records : 0;
    weir_buf_addf(&job->extra, ",\"releases\":{\"before\":%u,\"documents\":%llu,\"added\":%llu}",
                  r->n, (unsigned long long)r->n_old, (unsigned long long)n_new);
    if (!r->io)
        return 0;
    int rc = dedup_write_end(&r->out, 0, err);
    if (!rc)
        rc = weir_io_prepare(r->io, &bytes, hex, err);
    if (!rc) {
        job->follow = r->io;
        r->io = NULL;
    }
    return rc;
}

void dedup_releases_free(struct dedup_releases *r)
{
    weir_io_abort(r->io);
    weir_io_abort(r->aside);
    dedup_writer_free(&r->out);
    weir_buf_free(&r->record);
}

/* ---- weir dedup index show|check ---- */

static void show_params(const struct dedup_params *p, struct weir_buf *b)
{
    static const char *const units[] = {"auto", "char", "word"};
    weir_buf_addf(b, "%s%s%s%s", p->flags & DEDUP_P_EXACT ? "exact" : "",
                  (p->flags & DEDUP_P_EXACT) && (p->flags & DEDUP_P_NEAR) ? " and " : "",
                  p->flags & DEDUP_P_NEAR ? "near" : "",
                  p->flags & DEDUP_P_RAW      ? ", raw"
                  : p->flags & DEDUP_P_VERIFY ? ", verify"
                                              : "");
    weir_buf_addf(b, ": shingle %s:%u, threshold %g, %u bands x %u rows of %u, seed %llu\n",
                  units[p->unit], p->n_shingle, p->threshold, p->bands, p->rows, p->num_perm,
                  (unsigned long long)p->seed);
}

struct counting {
    struct dedup_plan plan;
    uint64_t documents;
};

static int count(void *ctx, struct weir_span record, struct weir_err *err)
{
    struct counting *c = ctx;
    struct dedup_key k;
    c->documents++;
    return dedup_record_get(record, &c->plan, &k, err);
}

/* One line of the listing; the first file says what all files must have been made with. */
static int look_at(const char *dir, unsigned number, int check, struct dedup_params *params,
                   struct counting *c, struct weir_buf *b, struct weir_err *err)
{
    struct weir_buf path = {0};
    struct dedup_reader in = {0};
    struct stat st = {0};
    uint64_t n = 0;
    int rc = file_path(dir, number, &path, err);
    if (!rc && stat(path.p, &st))
        rc = weir_err_errno(err, "%s", path.p);
    if (!rc && number == 1) {
        rc = open_file(path.p, NULL, &in, err);
        if (!rc && (rc = dedup_params_get(weir_buf_span(&in.head), params, &c->plan, err)))
            weir_err_prefix(err, "%s", path.p);
        close_file(&in);
        if (!rc)
            show_params(params, b);
    }
    if (!rc && check)
        rc = read_file(path.p, params, &n, count, c, err);
    weir_buf_addf(b, "%08u  %llu bytes", number, (unsigned long long)st.st_size);
    if (check)
        weir_buf_addf(b, "  %llu documents", (unsigned long long)n);
    weir_buf_addc(b, '\n');
    weir_buf_free(&path);
    return rc;
}

int weir_dedup_index_run(struct weir_job *job, struct weir_err *err)
{
    const char *word = job->inputs[0], *dir = job->inputs[1];
    const int check = !strcmp(word, "check");
    struct weir_buf b = {0};
    struct dedup_params params;
    struct counting c = {0};
    unsigned n = 0;
    if (!check && strcmp(word, "show"))
        return weir_err_set(err, WEIR_EUSAGE, "index %s: not show or check", word);
    int rc = count_files(dir, &n, err);
    if (!rc && !n)
        rc = weir_err_set(err, WEIR_EFAIL, "%s: no index", dir);
    for (unsigned i = 1; i <= n && !rc; i++)
        rc = look_at(dir, i, check, &params, &c, &b, err);
    if (!rc && check)
        weir_buf_addf(&b, "%u releases, %llu documents: whole\n", n,
                      (unsigned long long)c.documents);
    if (!rc)
        rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return weir_job_close_output(job, rc, err);
}
