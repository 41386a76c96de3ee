/* The stage: picks the source and lends it the pipeline. */
#include "weir/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/ingest_out.h"
#include "ingest/paths.h"

struct run {
    struct ingest in;
    void *reader;
};

struct thread {
    struct ingest_out *out;
    void *own; // the source's
    void (*free_own)(void *);
};

void weir_ingest_opt_init(struct weir_ingest_opt *opt)
{
    memset(opt, 0, sizeof *opt);
    opt->min_score = WEIR_INGEST_ANY_SCORE;
}

void weir_ingest_list(struct weir_buf *b)
{
    for (size_t i = 0; ingest_sources[i]; i++)
        weir_buf_addf(b, "%-14s %s\n", ingest_sources[i]->name, ingest_sources[i]->help);
}

static const struct ingest_source *find_source(const char *name)
{
    for (size_t i = 0; ingest_sources[i]; i++)
        if (!strcmp(ingest_sources[i]->name, name))
            return ingest_sources[i];
    return NULL;
}

static int next(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    struct run *run = ctx;
    return run->in.source->next(run->reader, b, err);
}

static void thread_free(void *thread)
{
    struct thread *t = thread;
    if (t->own && t->free_own)
        t->free_own(t->own);
    ingest_out_free(t->out);
    free(t);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    struct run *run = ctx;
    const struct ingest_source *s = run->in.source;
    struct thread *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->free_own = s->thread_free;
    t->out = ingest_out_new(&run->in, err);
    if (t->out && s->thread_new)
        t->own = s->thread_new(&run->in, err);
    if (t->out && (t->own || !s->thread_new))
        return t;
    thread_free(t);
    return NULL;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct run *run = ctx;
    struct thread *t = thread;
    const int rc = run->in.source->convert(&run->in, t->own, t->out, b, r, err);
    if (rc < 0)
        weir_err_prefix(err, "%s: byte %llu", r->file, (unsigned long long)r->offset);
    if (!rc && !r->source_n) {
        const char *name = run->in.opt->source ? run->in.opt->source : run->in.source->name;
        weir_rec_source(b, r, weir_span(name, strlen(name)));
    }
    return rc;
}

static int open_reader(struct run *run, struct weir_err *err)
{
    const struct ingest_source *s = run->in.source;
    if (!s->next)
        return 0;
    run->in.inputs = weir_inputs_open(run->in.job, err);
    if (!run->in.inputs)
        return err->code;
    weir_job_use_inputs(run->in.job, run->in.inputs);
    return s->open ? s->open(&run->in, &run->reader, err) : 0;
}

/* What the stage holds besides batches. */
static uint64_t fixed_memory(const struct ingest_source *s, const struct weir_job *job)
{
    return ((uint64_t)2 << 20) + (s->memory_share ? job->memory / s->memory_share : 0);
}

/* Frees the reader too. */
static int run_stage(struct run *run, struct weir_err *err)
{
    const struct ingest_source *s = run->in.source;
    struct weir_job *job = run->in.job;
    const struct weir_stage stage = {.ctx = run,
                                     .next = s->next ? next : NULL,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .fixed_memory = fixed_memory(s, job),
                                     .raw_rejects = 1};
    const uint64_t largest = weir_stage_largest(&stage, job);
    run->in.stage = &stage;
    run->in.keep = largest < job->max_record ? largest : job->max_record;
    int rc = open_reader(run, err);
    if (!rc)
        rc = weir_stage_run(&stage, job, err);
    if (!rc && s->next && s->tail)
        job->tally.framing += s->tail(run->reader);
    if (s->close && run->reader)
        s->close(run->reader);
    weir_inputs_close(run->in.inputs);
    return rc;
}

static int check(const struct weir_ingest_opt *opt, struct weir_err *err)
{
    if (!opt->from)
        return weir_err_set(err, WEIR_EUSAGE, "--from SOURCE is needed; --list-sources shows them");
    if (!find_source(opt->from))
        return weir_err_set(err, WEIR_EUSAGE, "--from %s: no such source; --list-sources shows all",
                            opt->from);
    const unsigned refuses = find_source(opt->from)->refuses;
    const int is_utf8 = opt->encoding == WEIR_ENC_AUTO || opt->encoding == WEIR_ENC_UTF8;
    if (refuses & INGEST_NO_ENCODING && !is_utf8)
        return weir_err_set(err, WEIR_EUSAGE, "--from %s is always UTF-8: no other --encoding",
                            opt->from);
    if (refuses & INGEST_NO_NAMES && (opt->text || opt->title || opt->id))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--text, --title and --id name members of JSON records:"
                            " --from %s has none",
                            opt->from);
    if (!find_source(opt->from)->has_scores && opt->min_score != WEIR_INGEST_ANY_SCORE)
        return weir_err_set(err, WEIR_EUSAGE, "--min-score means nothing to --from %s", opt->from);
    if (refuses & INGEST_NO_LINKS && opt->links)
        return weir_err_set(err, WEIR_EUSAGE, "--links is not for --from %s", opt->from);
    if (opt->links && opt->with_title)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--links counts places in the text alone: it does "
                            "not go with --with-title");
    return 0;
}

static int list_sources(struct weir_job *job, struct weir_err *err)
{
    struct weir_buf table = {0};
    weir_ingest_list(&table);
    int rc = weir_buf_check(&table, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, table.p, table.n, err);
    weir_buf_free(&table);
    return weir_job_close_output(job, rc, err);
}

int weir_ingest_run(const struct weir_ingest_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct run run = {.in = {.opt = opt, .job = job}};
    struct ingest_paths paths = {0};
    const char *const *given = job->inputs;
    const size_t n_given = job->n_inputs;
    if (opt->list_sources)
        return list_sources(job, err);
    int rc = check(opt, err);
    if (rc)
        return rc;
    run.in.source = find_source(opt->from);
    run.in.notes = ingest_notes_new();
    for (size_t i = 0; i < n_given && !rc && !run.in.source->keeps_dirs; i++)
        rc = ingest_paths_add(&paths, given[i], err);
    if (!rc && !run.in.notes)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc && n_given && !run.in.source->keeps_dirs) {
        job->inputs = (const char *const *)paths.at;
        job->n_inputs = paths.n;
        if (!paths.n)
            rc = weir_err_set(err, WEIR_EFAIL, "%s: no files in it", given[0]);
    }
    if (!rc)
        rc = run_stage(&run, err);
    if (ingest_notes_finish(run.in.notes, &job->tally.notes) && !rc)
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    job->inputs = given;
    job->n_inputs = n_given;
    ingest_paths_free(&paths);
    return weir_job_close_output(job, rc, err);
}
