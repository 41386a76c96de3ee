#include "weir/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "weir/utf8.h"

static void count_add(struct weir_count *a, struct weir_count b)
{
    a->records += b.records;
    a->bytes += b.bytes;
    a->tokens += b.tokens;
}

static struct weir_named *names_find(struct weir_names *t, struct weir_span name)
{
    /* Some dozens of names as a rule: going through them beats a hash table.  A hostile source of
     * thousands of names is bounded by WEIR_NAMES_MAX. */
    for (size_t i = 0; i < t->n; i++)
        if (weir_span_is(name, t->at[i].name))
            return &t->at[i];
    return NULL;
}

int weir_names_add(struct weir_names *t, struct weir_span name, struct weir_count in,
                   struct weir_count out)
{
    /* Names are kept as C strings: one with a NUL counts under what stands before it. */
    name.n = name.n ? strnlen(name.p, name.n) : 0;
    if (name.n > WEIR_NAME_BYTES)
        name.n = weir_utf8_prev(name.p, WEIR_NAME_BYTES + 1);
    struct weir_named *x = names_find(t, name);
    if (!x && t->n >= WEIR_NAMES_MAX) {
        name = WEIR_LIT("(other)");
        x = names_find(t, name);
    }
    if (!x) {
        if (weir_grow(&t->at, &t->cap, t->n + 1, sizeof *t->at))
            return WEIR_EMEM;
        x = &t->at[t->n];
        memset(x, 0, sizeof *x);
        x->name = strndup(name.n ? name.p : "", name.n);
        if (!x->name)
            return WEIR_EMEM;
        t->n++;
    }
    count_add(&x->in, in);
    count_add(&x->out, out);
    return 0;
}

static void names_free(struct weir_names *t)
{
    for (size_t i = 0; i < t->n; i++)
        free(t->at[i].name);
    free(t->at);
}

void weir_job_init(struct weir_job *job, const char *stage)
{
    memset(job, 0, sizeof *job);
    job->stage = stage;
    job->output = "-";
    job->threads = 1;
    job->memory = (uint64_t)1 << 30;
    job->max_record = (uint64_t)64 << 20;
    job->temp_dir = getenv("TMPDIR");
    if (!job->temp_dir || !*job->temp_dir)
        job->temp_dir = "/tmp";
    job->seed = 1;
}

void weir_job_free(struct weir_job *job)
{
    if (job->lock > 0)
        close(job->lock);
    weir_job_release_inputs(job);
    weir_io_abort(job->in);
    weir_io_abort(job->out);
    weir_io_abort(job->follow);
    weir_io_abort(job->rejects);
    names_free(&job->tally.sources);
    names_free(&job->tally.reasons);
    names_free(&job->tally.notes);
    weir_buf_free(&job->input_list);
    weir_buf_free(&job->output_list);
    weir_buf_free(&job->extra);
    memset(job, 0, sizeof *job);
}

void weir_job_progress(struct weir_job *job, double share)
{
    struct timespec t;
    if (!job->on_progress)
        return;
    clock_gettime(CLOCK_MONOTONIC, &t);
    const int64_t now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
    if (now - job->shown_ms < 250)
        return;
    job->shown_ms = now;
    job->on_progress(job, share);
}

static void tell(struct weir_job *job, void (*to)(struct weir_job *job, const char *text),
                 const char *fmt, va_list args)
{
    char text[1000];
    vsnprintf(text, sizeof text, fmt, args);
    to(job, text);
}

void weir_job_warn(struct weir_job *job, const char *fmt, ...)
{
    va_list args;
    if (!job || !job->on_warning)
        return;
    va_start(args, fmt);
    tell(job, job->on_warning, fmt, args);
    va_end(args);
}

void weir_job_note(struct weir_job *job, const char *fmt, ...)
{
    va_list args;
    if (!job || !job->on_note)
        return;
    va_start(args, fmt);
    tell(job, job->on_note, fmt, args);
    va_end(args);
}

uint64_t weir_peak_memory(void)
{
    /* Not getrusage(): its peak includes that of the process which called exec. */
    FILE *f = fopen("/proc/self/status", "r");
    char line[256];
    unsigned long long kb = 0;
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %llu kB", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return (uint64_t)kb << 10;
}

int weir_job_open_output(struct weir_job *job, struct weir_err *err)
{
    if (!job->out)
        job->out = weir_io_open_write(job->output, err);
    return job->out ? 0 : err && err->code ? err->code : WEIR_EIO;
}

int weir_job_close_output(struct weir_job *job, int rc, struct weir_err *err)
{
    struct weir_buf entry = {0};
    char hex[33];
    uint64_t bytes;
    if (!job->out)
        return rc;
    if (!rc)
        rc = weir_io_prepare(job->out, &bytes, hex, err);
    if (!rc) {
        const char *name = weir_io_name(job->out);
        weir_buf_adds(&entry, job->output_list.n ? ",{\"name\":" : "{\"name\":");
        weir_buf_add_json_lossy(&entry, weir_span(name, strlen(name)));
        weir_buf_addf(&entry, ",\"bytes\":%llu,\"xxh128\":\"%s\"}", (unsigned long long)bytes, hex);
        weir_buf_add(&job->output_list, entry.p, entry.n);
        rc = weir_buf_check(&entry, err);
        weir_buf_free(&entry);
    }
    if (!rc && job->defer_commit)
        return 0;
    weir_io *out = job->out;
    job->out = NULL;
    weir_io *follow = job->follow;
    job->follow = NULL;
    return weir_job_name_outputs(out, follow, rc, err);
}

int weir_job_name_outputs(weir_io *out, weir_io *follow, int rc, struct weir_err *err)
{
    if (rc)
        weir_io_abort(out);
    else
        rc = weir_io_close(out, err);
    if (!rc)
        return weir_io_close(follow, err);
    weir_io_abort(follow);
    return rc;
}
