/* The folder of a model: shards, their index, and small files; a run that is broken off leaves
 * complete files and goes on behind them. */
#include "infer/weights_write.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "infer/file_hash.h"
#include "weir/stream.h"

static const char stamp_name[] = ".weir-unfinished";

static int path_in(struct weir_buf *b, const char *folder, const char *name, struct weir_err *err)
{
    b->n = 0;
    weir_buf_addf(b, "%s/%s", folder, name);
    weir_buf_addc(b, '\0');
    return weir_buf_check(b, err);
}

static int list_output(struct weir_job *job, const char *path, uint64_t bytes, const char *hex,
                       struct weir_err *err)
{
    weir_buf_adds(&job->output_list, job->output_list.n ? ",{\"name\":" : "{\"name\":");
    weir_buf_add_json_lossy(&job->output_list, weir_span(path, strlen(path)));
    weir_buf_addf(&job->output_list, ",\"bytes\":%llu,\"xxh128\":\"%s\"}",
                  (unsigned long long)bytes, hex);
    job->tally.out.bytes += bytes;
    return weir_buf_check(&job->output_list, err);
}

/* Gives a finished file its name, or gives it up. */
static int close_file(struct weir_job *job, weir_io *io, int rc, struct weir_err *err)
{
    uint64_t bytes;
    char hex[33];
    if (!rc)
        rc = weir_io_prepare(io, &bytes, hex, err);
    if (!rc)
        rc = list_output(job, weir_io_name(io), bytes, hex, err);
    if (!rc)
        return weir_io_close(io, err);
    weir_io_abort(io);
    return rc;
}

static int write_text(struct weir_job *job, const char *path, struct weir_span text,
                      struct weir_err *err)
{
    weir_io *io = weir_io_open_write_plain(path, err);
    return io ? close_file(job, io, weir_io_write(io, text.p, text.n, err), err) : err->code;
}

/* ---- the folder ---- */

static int is_empty(const char *folder, struct weir_err *err)
{
    DIR *d = opendir(folder);
    const struct dirent *e;
    int empty = 1;
    if (!d)
        return weir_err_errno(err, "%s", folder);
    while (empty && (e = readdir(d)))
        empty = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
    closedir(d);
    return empty ? 1
                 : weir_err_set(err, WEIR_EUSAGE,
                                "%s is there and not empty: name another folder, or remove it",
                                folder);
}

static int is_same(const char *path, struct weir_span text, struct weir_err *err)
{
    struct mapped m;
    if (mapped_open(&m, path, err))
        return err->code;
    const int same = weir_span_eq(weir_span((const char *)m.p, m.n), text);
    mapped_close(&m);
    return same;
}

static int open_folder(const struct weights_out *o, const struct weir_job *job,
                       struct weir_err *err)
{
    struct weir_buf stamp = {0};
    int rc = path_in(&stamp, job->output, stamp_name, err);
    if (!rc && mkdir(job->output, 0777) && errno != EEXIST)
        rc = weir_err_errno(err, "%s", job->output);
    if (!rc && !access(stamp.p, F_OK)) {
        rc = is_same(stamp.p, o->plan, err);
        if (!rc)
            rc = weir_err_set(err, WEIR_EUSAGE,
                              "%s was left by a run of other inputs or options: remove it",
                              job->output);
    } else if (!rc && (rc = is_empty(job->output, err)) > 0) {
        weir_io *io = weir_io_open_write_plain(stamp.p, err);
        rc = io ? weir_io_write(io, o->plan.p, o->plan.n, err) : err->code;
        if (!rc)
            rc = weir_io_close(io, err);
        else
            weir_io_abort(io);
    }
    weir_buf_free(&stamp);
    return rc < 0 ? rc : 0;
}

/* ---- shards ---- */

struct shard {
    size_t first, n;
};

/* As shard_checkpoint() of transformers 4.28.1 cuts: greedily, in the order of the tensors. */
static int cut(const struct weights_out *o, const struct tensors *list, struct shard **shard,
               size_t *n_shard, struct weir_err *err)
{
    size_t cap = 0;
    uint64_t bytes = 0;
    *n_shard = 0;
    for (size_t i = 0; i < list->n; i++) {
        const uint64_t more = list->at[i].n_bytes;
        if (!*n_shard || (bytes && (more > o->shard_bytes || bytes > o->shard_bytes - more))) {
            if (weir_grow(shard, &cap, *n_shard + 1, sizeof **shard))
                return weir_err_set(err, WEIR_EMEM, "out of memory");
            (*shard)[(*n_shard)++] = (struct shard){i, 0};
            bytes = 0;
        }
        (*shard)[*n_shard - 1].n++;
        bytes += more;
    }
    return *n_shard ? 0 : weir_err_set(err, WEIR_EBAD, "there is no tensor to write");
}

static void add_name(struct weir_buf *b, const struct weights_out *o, size_t i, size_t n)
{
    const int torch = o->format == WEIGHTS_TORCH;
    const int plain = !strcmp(o->base, "model"); // torch's is pytorch_model, but adapter_model
    weir_buf_addf(b, "%s%s", torch && plain ? "pytorch_" : "", o->base);
    if (n > 1)
        weir_buf_addf(b, "-%05zu-of-%05zu", i + 1, n);
    weir_buf_adds(b, torch ? ".bin" : ".safetensors");
}

static int each_range(const struct weights_source *s, const struct shard *shard,
                      const struct tensors *there, struct weir_err *err)
{
    for (size_t i = shard->first; i < shard->first + shard->n; i++) {
        const struct tensor *want = &s->list->at[i], *t = tensors_find(there, want->name);
        if (!t || t->dtype != want->dtype || t->n_bytes != want->n_bytes)
            return weir_err_set(err, WEIR_EBAD, "it does not hold tensor %s as planned: remove it",
                                want->name);
        const size_t width = tensor_dtype_bytes(t->dtype);
        for (uint64_t at = 0, part; at < t->n_bytes; at += part) {
            part = t->n_bytes - at < WEIGHTS_CHUNK ? t->n_bytes - at : WEIGHTS_CHUNK;
            const uint8_t *p = (const uint8_t *)t->data + at;
            s->wrote(s->ctx, i, p, part / width);
            mapped_forget(p, part);
        }
    }
    return 0;
}

/* A shard that an earlier run has finished. */
static int take_shard(const struct weights_source *s, const struct shard *shard, const char *path,
                      struct weir_job *job, struct weir_err *err)
{
    char hex[33];
    uint64_t bytes;
    weights *w = weights_open(path, err);
    int rc = w ? 0 : err->code;
    if (!rc && s->wrote)
        rc = each_range(s, shard, weights_all(w), err);
    weights_close(w);
    if (rc)
        weir_err_prefix(err, "%s", path);
    if (!rc)
        rc = file_hash(path, &bytes, hex, NULL, err);
    return rc ? rc : list_output(job, path, bytes, hex, err);
}

static int write_shard(const struct weights_out *o, const struct weights_source *s,
                       const struct shard *shard, const char *path, struct weir_job *job,
                       struct weir_err *err)
{
    if (!access(path, F_OK))
        return take_shard(s, shard, path, job, err);
    const char *file = strrchr(path, '/') + 1;
    char *archive = strndup(file, (size_t)(strrchr(file, '.') - file));
    weir_io *io = archive ? weir_io_open_write_plain(path, err) : NULL;
    int rc = io ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = o->format == WEIGHTS_TORCH ? torch_write(io, archive, s, shard->first, shard->n, err)
                                        : safetensors_write(io, s, shard->first, shard->n, err);
    free(archive);
    return io ? close_file(job, io, rc, err) : err->code;
}

/* ---- the index ---- */

struct entry {
    const char *name;
    size_t shard;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* json.dumps(index, indent=2, sort_keys=True) and a newline. */
static int write_index(const struct weights_out *o, const struct tensors *list,
                       const struct shard *shard, size_t n_shard, struct weir_job *job,
                       struct weir_err *err)
{
    struct weir_buf b = {0}, path = {0};
    uint64_t total = 0;
    struct entry *all = weir_calloc(list->n, sizeof *all);
    if (!all)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t k = 0; k < n_shard; k++)
        for (size_t i = shard[k].first; i < shard[k].first + shard[k].n; i++) {
            all[i] = (struct entry){list->at[i].name, k};
            total += list->at[i].n_bytes;
        }
    qsort(all, list->n, sizeof *all, by_name);
    weir_buf_addf(&b, "{\n  \"metadata\": {\n    \"total_size\": %llu\n  },\n  \"weight_map\": {\n",
                  (unsigned long long)total);
    for (size_t i = 0; i < list->n; i++) {
        weir_buf_adds(&b, "    ");
        weir_buf_add_json_lossy(&b, weir_span(all[i].name, strlen(all[i].name)));
        weir_buf_adds(&b, ": \"");
        add_name(&b, o, all[i].shard, n_shard);
        weir_buf_adds(&b, i + 1 < list->n ? "\",\n" : "\"\n");
    }
    weir_buf_adds(&b, "  }\n}\n");
    weir_buf_addf(&path, "%s/", job->output);
    add_name(&path, o, 0, 1);
    weir_buf_adds(&path, ".index.json");
    weir_buf_addc(&path, '\0');
    int rc = weir_buf_check(&b, err) ? err->code : weir_buf_check(&path, err);
    if (!rc)
        rc = write_text(job, path.p, weir_buf_span(&b), err);
    weir_buf_free(&b);
    weir_buf_free(&path);
    free(all);
    return rc;
}

int weights_write(const struct weights_out *o, const struct weights_source *s, struct weir_job *job,
                  struct weir_err *err)
{
    struct shard *shard = NULL;
    size_t n_shard;
    struct weir_buf path = {0};
    int rc = cut(o, s->list, &shard, &n_shard, err);
    if (!rc)
        rc = open_folder(o, job, err);
    for (size_t i = 0; !rc && i < n_shard; i++) {
        path.n = 0;
        weir_buf_addf(&path, "%s/", job->output);
        add_name(&path, o, i, n_shard);
        weir_buf_addc(&path, '\0');
        rc = weir_buf_check(&path, err);
        if (!rc)
            rc = write_shard(o, s, &shard[i], path.p, job, err);
        weir_job_progress(job, (double)(i + 1) / (double)n_shard);
    }
    if (!rc && n_shard > 1)
        rc = write_index(o, s->list, shard, n_shard, job, err);
    weir_buf_free(&path);
    free(shard);
    return rc;
}

int weights_finish(const struct weights_text *t, size_t n, struct weir_job *job,
                   struct weir_err *err)
{
    struct weir_buf path = {0};
    int rc = 0;
    for (size_t i = 0; !rc && i + 1 < n; i++)
        if (!(rc = path_in(&path, job->output, t[i].name, err)))
            rc = write_text(job, path.p, weir_buf_span(&t[i].text), err);
    if (!rc && n && !(rc = path_in(&path, job->output, t[n - 1].name, err))) {
        job->out = weir_io_open_write_plain(path.p, err);
        rc = job->out ? weir_io_write(job->out, t[n - 1].text.p, t[n - 1].text.n, err) : err->code;
        job->tally.out.bytes += t[n - 1].text.n;
    }
    if (!rc && !(rc = path_in(&path, job->output, stamp_name, err)) && unlink(path.p))
        rc = weir_err_errno(err, "%s", path.p);
    weir_buf_free(&path);
    return rc;
}
