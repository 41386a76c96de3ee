#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "weir/stream.h"

struct weir_held { // an input that can be read once only
    weir_io *copy; // NULL: an ordinary file
    char *name;
    uint64_t bytes;
    char hex[33];
};

struct weir_inputs {
    struct weir_job *job;
    weir_io *io;
    size_t i;            // index of the current input
    size_t n;            // inputs in all
    int from_job;        // the one input is job->in
    uint64_t done, size; // bytes of the inputs before this one, and of all
    int size_unknown;
};

static const char *const standard_input[] = {"-"};

static const char *const *job_names(const struct weir_job *job)
{
    return job->n_inputs ? job->inputs : standard_input;
}

static size_t job_count(const struct weir_job *job)
{
    return job->in || !job->n_inputs ? 1 : job->n_inputs;
}

static const char *const *names(const weir_inputs *in)
{
    return job_names(in->job);
}

static struct weir_held *held(const weir_inputs *in)
{
    struct weir_held *h = in->job->held;
    return h && in->i < in->n && h[in->i].copy ? &h[in->i] : NULL;
}

weir_inputs *weir_inputs_open(struct weir_job *job, struct weir_err *err)
{
    weir_inputs *in = calloc(1, sizeof *in);
    if (!in) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    in->job = job;
    in->from_job = job->in != NULL;
    in->n = job_count(job);
    for (size_t i = 0; i < in->n && !in->from_job; i++) {
        struct stat st;
        if (!stat(names(in)[i], &st) && S_ISREG(st.st_mode))
            in->size += (uint64_t)st.st_size;
        else
            in->size_unknown = 1;
    }
    if (in->from_job)
        in->size = weir_io_raw_size(job->in);
    return in;
}

weir_io *weir_inputs_stream(weir_inputs *in, struct weir_err *err)
{
    if (in->io || in->i == in->n)
        return in->io;
    if (held(in)) {
        in->io = weir_io_rewind(held(in)->copy, err) ? NULL : held(in)->copy;
    } else if (in->from_job) {
        in->io = in->job->in;
        in->job->in = NULL;
    } else {
        in->io = weir_io_open_read(names(in)[in->i], err);
    }
    if (in->io && in->size_unknown && in->n == 1) {
        /* Standard input may well be a file: then its size is known after all. */
        in->size = weir_io_raw_size(in->io);
        in->size_unknown = !in->size;
    }
    return in->io;
}

/* Names the current input for the ledger and goes on behind it. */
static void end_input(weir_inputs *in, const char *name, uint64_t bytes, const char *hex)
{
    struct weir_buf *list = &in->job->input_list;
    weir_buf_adds(list, list->n ? ",{\"name\":" : "{\"name\":");
    weir_buf_add_json_lossy(list, weir_span(name, strlen(name)));
    weir_buf_addf(list, ",\"bytes\":%llu,\"xxh128\":\"%s\"}", (unsigned long long)bytes, hex);
    in->done += bytes;
    in->io = NULL;
    in->i++;
}

int weir_inputs_next(weir_inputs *in, struct weir_err *err)
{
    weir_io *io = in->io;
    char hex[33];
    if (!io)
        return 0;
    if (held(in)) {
        end_input(in, held(in)->name, held(in)->bytes, held(in)->hex);
        return weir_buf_check(&in->job->input_list, err);
    }
    weir_io_hash(io, hex);
    end_input(in, weir_io_name(io), weir_io_raw_offset(io), hex);
    const int rc = weir_io_close(io, err);
    return rc ? rc : weir_buf_check(&in->job->input_list, err);
}

const char *weir_inputs_path(const weir_inputs *in)
{
    if (in->from_job || in->i == in->n || !strcmp(names(in)[in->i], "-"))
        return NULL;
    return names(in)[in->i];
}

int weir_inputs_skip(weir_inputs *in, uint64_t bytes, const char *hex, struct weir_err *err)
{
    end_input(in, weir_inputs_name(in), bytes, hex);
    return weir_buf_check(&in->job->input_list, err);
}

const char *weir_inputs_name(const weir_inputs *in)
{
    if (in->from_job)
        return "memory";
    const size_t i = in->i < in->n ? in->i : in->n - 1;
    if (in->job->held && in->job->held[i].copy)
        return in->job->held[i].name;
    const char *name = names(in)[i];
    return strcmp(name, "-") ? name : "standard input";
}

double weir_inputs_share(const weir_inputs *in)
{
    if (in->size_unknown || !in->size)
        return -1;
    const uint64_t at = in->done + (in->io ? weir_io_raw_offset(in->io) : 0);
    return at < in->size ? (double)at / (double)in->size : 1;
}

void weir_inputs_close(weir_inputs *in)
{
    if (!in)
        return;
    if (in->job->reading == in)
        in->job->reading = NULL;
    if (!held(in))
        weir_io_abort(in->io);
    free(in);
}

static int copy_all(weir_io *from, weir_io *to, struct weir_err *err)
{
    enum { BLOCK = 256 << 10 };
    char *block = malloc(BLOCK);
    ssize_t got = block ? 1 : weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = 0;
    while (got > 0 && !rc) {
        got = weir_io_read(from, block, BLOCK, err);
        if (got > 0)
            rc = weir_io_write(to, block, (size_t)got, err);
    }
    free(block);
    return rc ? rc : (int)got;
}

/* Takes over io. */
static int hold(const struct weir_job *job, struct weir_held *h, weir_io *io, struct weir_err *err)
{
    if (!io)
        return err->code;
    h->copy = weir_io_open_temp(job->temp_dir, err);
    h->name = strdup(weir_io_name(io));
    int rc = h->name ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!h->copy)
        rc = err->code;
    if (!rc)
        rc = copy_all(io, h->copy, err);
    weir_io_hash(io, h->hex);
    h->bytes = weir_io_raw_offset(io);
    if (rc) {
        weir_io_abort(io);
        return rc;
    }
    return weir_io_close(io, err);
}

int weir_job_hold_inputs(struct weir_job *job, struct weir_err *err)
{
    const size_t n = job_count(job);
    int rc = 0;
    if (job->held)
        return 0;
    job->held = weir_calloc(n, sizeof *job->held);
    if (!job->held)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < n && !rc; i++) {
        struct stat st;
        const char *name = job_names(job)[i];
        if (job->in) {
            rc = hold(job, &job->held[i], job->in, err);
            job->in = NULL;
        } else if (!strcmp(name, "-") || (!stat(name, &st) && !S_ISREG(st.st_mode))) {
            rc = hold(job, &job->held[i], weir_io_open_read(name, err), err);
        }
    }
    return rc;
}

void weir_job_release_inputs(struct weir_job *job)
{
    for (size_t i = 0; job->held && i < job_count(job); i++) {
        weir_io_abort(job->held[i].copy);
        free(job->held[i].name);
    }
    free(job->held);
    job->held = NULL;
}

void weir_job_use_inputs(struct weir_job *job, weir_inputs *in)
{
    job->reading = in;
}
