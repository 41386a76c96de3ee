#include "dedup/dedup_work.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dedup/dedup_greedy.h"
#include "weir/stream.h"
#include "weir_config.h"

/* ---- names ---- */

static const char *path_of(struct dedup_work *w, const char *name)
{
    free(w->path);
    w->path = NULL;
    return asprintf(&w->path, "%s/%s", w->dir, name) < 0 ? NULL : w->path;
}

const char *dedup_work_part(struct dedup_work *w, size_t part, const char *kind)
{
    char name[64];
    snprintf(name, sizeof name, "%08zu.%s", part + 1, kind);
    return path_of(w, name);
}

static int out_of_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

static int is_there(struct dedup_work *w, const char *name)
{
    const char *path = path_of(w, name);
    return path && !access(path, F_OK);
}

static int write_file(struct dedup_work *w, const char *name, struct weir_span text,
                      struct weir_err *err)
{
    const char *path = path_of(w, name);
    weir_io *io = path ? weir_io_open_write(path, err) : NULL;
    if (!io)
        return out_of_memory(err);
    const int rc = weir_io_write(io, text.p, text.n, err);
    if (!rc)
        return weir_io_close(io, err);
    weir_io_abort(io);
    return rc;
}

/* ---- whose folder it is ---- */

/* Version, options and inputs as a text; also how large a part is. */
static int describe(struct dedup_work *w, struct weir_buf *text, struct weir_err *err)
{
    enum { PARTS = 256 }; // about so many, for any input
    const unsigned char *p = (const unsigned char *)&w->setup.params;
    uint64_t bytes = 0;
    weir_buf_adds(text, "weir dedup --work " WEIR_VERSION "\n"); // another one may sign otherwise
    for (size_t i = 0; i < sizeof w->setup.params; i++)
        weir_buf_addf(text, "%02x", p[i]);
    for (size_t i = 0; i < w->job->n_inputs; i++) {
        const char *name = w->job->inputs[i];
        struct stat st;
        if (!strcmp(name, "-") || stat(name, &st) || !S_ISREG(st.st_mode))
            return weir_err_set(err, WEIR_EUSAGE,
                                "--work needs files: %s cannot be read again after a kill", name);
        weir_buf_addf(text, "\n%llu %lld.%09ld %s", (unsigned long long)st.st_size,
                      (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, name);
        bytes += (uint64_t)st.st_size;
    }
    weir_buf_addc(text, '\n');
    w->part_bytes = bytes / PARTS > (1 << 20) ? bytes / PARTS : 1 << 20;
    return weir_buf_check(text, err);
}

static int same_text(const char *path, struct weir_span text, int *same, struct weir_err *err)
{
    weir_io *io = weir_io_open_read(path, err);
    char *there = io ? malloc(text.n + 1) : NULL;
    size_t n = 0;
    ssize_t got = there ? 1 : io ? out_of_memory(err) : err->code;
    while (got > 0 && n <= text.n) {
        got = weir_io_read(io, there + n, text.n + 1 - n, err);
        n += got > 0 ? (size_t)got : 0;
    }
    *same = n == text.n && !memcmp(there, text.p, n);
    free(there);
    weir_io_abort(io);
    return got < 0 ? (int)got : 0;
}

/* A folder that is new or empty; nobody's files are taken for ours. */
static int check_empty(const struct dedup_work *w, struct weir_err *err)
{
    DIR *d = opendir(w->dir);
    if (!d)
        return weir_err_errno(err, "%s: cannot read", w->dir);
    int foreign = 0;
    for (const struct dirent *e; (e = readdir(d));)
        foreign |= e->d_name[0] != '.' && strcmp(e->d_name, "lock");
    closedir(d);
    return foreign
               ? weir_err_set(err, WEIR_EUSAGE, "--work %s: there are other files in it", w->dir)
               : 0;
}

static int count_parts(struct dedup_work *w, struct weir_err *err)
{
    const char *path;
    int rc = 0;
    while (!rc && (path = dedup_work_part(w, w->n_parts, "sig")) && !access(path, F_OK)) {
        uint64_t n, content;
        rc = dedup_read_totals(path, &n, &content, err);
        w->documents += n;
        w->n_parts++;
    }
    return rc;
}

static int claim(struct dedup_work *w, struct weir_err *err)
{
    struct weir_buf text = {0};
    int same = 1, rc = describe(w, &text, err);
    if (!rc && mkdir(w->dir, 0777) && errno != EEXIST)
        rc = weir_err_errno(err, "%s: cannot make this folder", w->dir);
    if (!rc)
        rc = dedup_lock(w->dir, "works in this folder", &w->job->lock, err);
    if (!rc && is_there(w, "run")) {
        rc = same_text(w->path, weir_buf_span(&text), &same, err);
        if (!rc)
            rc = count_parts(w, err);
    } else if (!rc) {
        rc = check_empty(w, err);
        if (!rc)
            rc = write_file(w, "run", weir_buf_span(&text), err);
    }
    weir_buf_free(&text);
    if (!rc && !same)
        rc = weir_err_set(err, WEIR_EUSAGE,
                          "--work %s: begun with other options or inputs, or by another version: "
                          "give those again, or delete the folder",
                          w->dir);
    return rc;
}

/* In such an order that what is left, were this run killed here too, is a state to go on from. */
static void clean_up(const char *dir)
{
    struct dedup_work w = {.dir = dir};
    const char *path;
    DIR *d = opendir(dir);
    if ((path = path_of(&w, "decided")))
        unlink(path);
    if ((path = path_of(&w, "signed")))
        unlink(path);
    for (const struct dirent *e; d && (e = readdir(d));) {
        const char *dot = strrchr(e->d_name, '.');
        w.n_parts += dot && !strcmp(dot, ".sig");
        if (dot && (!strcmp(dot, ".match") || !strcmp(dot, ".verdict")))
            if ((path = path_of(&w, e->d_name)))
                unlink(path);
    }
    if (d)
        closedir(d);
    while (w.n_parts && (path = dedup_work_part(&w, --w.n_parts, "sig")))
        unlink(path);
    if ((path = path_of(&w, "run")))
        unlink(path);
    if ((path = path_of(&w, "lock")))
        unlink(path);
    rmdir(dir);
    free(w.path);
}

static void on_done(struct weir_job *job)
{
    clean_up(job->done_state);
}

/* ---- the steps ---- */

/* A job of one step: the limits of the whole one. */
static void step_init(const struct weir_job *job, struct weir_job *step, const char *phase)
{
    weir_job_init(step, job->stage);
    step->threads = job->threads;
    step->memory = job->memory;
    step->max_record = job->max_record;
    step->temp_dir = job->temp_dir;
    step->seed = job->seed;
    step->quiet = job->quiet;
    step->progress = job->progress;
    step->on_progress = job->on_progress;
    step->progress_state = job->progress_state;
    step->on_warning = job->on_warning;
    step->phase = phase;
}

static int sign(struct dedup_work *w, struct weir_err *err)
{
    struct weir_job step;
    int rc = 0;
    if (is_there(w, "signed"))
        return 0;
    step_init(w->job, &step, w->n_parts ? "signing, from where it was killed" : "signing");
    step.inputs = w->job->inputs;
    step.n_inputs = w->job->n_inputs;
    step.output = "/dev/null";
    // Told by the step that writes the output; here they only do not end the run.
    if (w->job->rejects && !(step.rejects = weir_io_open_write("/dev/null", err)))
        rc = err->code;
    if (!rc)
        rc = dedup_work_sign(w, &step, err);
    weir_job_free(&step);
    return rc ? rc : write_file(w, "signed", WEIR_LIT(""), err);
}

static void free_names(char **name, size_t n)
{
    for (size_t i = 0; name && i < n; i++)
        free(name[i]);
    free(name);
}

static char **signature_names(struct dedup_work *w)
{
    char **name = weir_calloc(w->n_parts, sizeof *name);
    for (size_t i = 0; name && i < w->n_parts; i++) {
        const char *path = dedup_work_part(w, i, "sig");
        if (!path || !(name[i] = strdup(path))) {
            free_names(name, w->n_parts);
            return NULL;
        }
    }
    return name;
}

enum { TABLES_AT_ONCE = 4, MATCHES = 1 + DEDUP_MAX_PERM / TABLES_AT_ONCE };

struct matches {
    char *name[MATCHES]; // none: all documents are looked at
    size_t n;
};

static int match(struct dedup_work *w, char **sigs, unsigned first, unsigned last, char **name,
                 struct weir_err *err)
{
    struct weir_job step;
    char bands[32], file[48];
    snprintf(bands, sizeof bands, "%u-%u", first, last);
    snprintf(file, sizeof file, "%s.match", bands);
    const int there = is_there(w, file);
    if (!w->path || !(*name = strdup(w->path)))
        return out_of_memory(err);
    if (there)
        return 0;
    step_init(w->job, &step, "looking for what can be copies");
    step.inputs = (const char *const *)sigs;
    step.n_inputs = w->n_parts;
    step.output = *name;
    const struct weir_dedup_match_opt opt = {.bands = bands};
    const int rc = weir_dedup_match_run(&opt, &step, err);
    weir_job_free(&step);
    return rc;
}

/* Pays where an index does not hold all documents at once. */
static int match_all(struct dedup_work *w, char **sigs, struct matches *m, struct weir_err *err)
{
    const struct dedup_plan *p = &w->setup.plan;
    const unsigned n = dedup_plan_tables(p);
    const uint64_t row = 64 + (p->near ? (uint64_t)p->num_perm * p->value_bytes : 0) + 16 * n;
    int rc = 0;
    if (w->documents * row < dedup_own_memory(w->job) / 2)
        return 0;
    for (unsigned first = 0; !rc && first < n; first += TABLES_AT_ONCE) {
        const unsigned last = first + TABLES_AT_ONCE < n ? first + TABLES_AT_ONCE - 1 : n - 1;
        rc = match(w, sigs, first, last, &m->name[m->n], err);
        m->n++;
        malloc_trim(0);
    }
    return rc;
}

static int decide(struct dedup_work *w, char **sigs, const struct matches *m, struct weir_err *err)
{
    struct weir_job step;
    const char *path = path_of(w, "decided");
    char *decided = path ? strdup(path) : NULL;
    if (!decided)
        return out_of_memory(err);
    step_init(w->job, &step, "deciding");
    step.inputs = (const char *const *)sigs;
    step.n_inputs = w->n_parts;
    step.output = decided;
    const struct weir_dedup_cluster_opt opt = {.match = {(const char **)m->name, m->n},
                                               .verdicts = w->dir};
    const int rc = weir_dedup_cluster_run(&opt, &step, err);
    weir_buf_add(&w->job->extra, step.extra.p, step.extra.n);
    weir_job_free(&step);
    free(decided);
    return rc;
}

static int verdicts(struct dedup_work *w, struct weir_err *err)
{
    struct matches m = {.n = 0};
    if (is_there(w, "decided"))
        return 0;
    char **sigs = signature_names(w);
    int rc = sigs ? match_all(w, sigs, &m, err) : out_of_memory(err);
    if (!rc)
        rc = decide(w, sigs, &m, err);
    for (size_t i = 0; i < m.n; i++)
        free(m.name[i]);
    free_names(sigs, w->n_parts);
    return rc;
}

static int check_options(const struct weir_dedup_opt *opt, const struct weir_job *job,
                         struct weir_err *err)
{
    if (opt->compat || opt->index)
        return weir_err_set(err, WEIR_EUSAGE, "--work does not go with %s",
                            opt->compat ? "--compat" : "--index");
    if (job->in || !job->n_inputs)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--work needs files: standard input cannot be read again after a kill");
    return 0;
}

int dedup_work_run(const struct weir_dedup_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct dedup_work w = {.dir = opt->work, .job = job};
    int rc = check_options(opt, job, err);
    if (!rc)
        rc = dedup_setup_init(&w.setup, opt, job->seed, err);
    if (!rc)
        rc = claim(&w, err);
    if (!rc)
        rc = sign(&w, err);
    malloc_trim(0);
    if (!rc)
        rc = verdicts(&w, err);
    malloc_trim(0);
    if (!rc)
        rc = dedup_work_apply(&w, err);
    if (!rc && job->defer_commit) {
        job->on_done = on_done;
        job->done_state = opt->work;
    } else if (!rc) {
        clean_up(opt->work);
    }
    dedup_setup_free(&w.setup);
    free(w.path);
    return rc;
}
