#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "weir/stream.h"

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

static const char *const *names(const weir_inputs *in)
{
    return in->job->n_inputs ? in->job->inputs : standard_input;
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
    in->n = in->from_job || !job->n_inputs ? 1 : job->n_inputs;
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
    if (in->from_job) {
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
    weir_io_abort(in->io);
    free(in);
}

void weir_job_use_inputs(struct weir_job *job, weir_inputs *in)
{
    job->reading = in;
}
