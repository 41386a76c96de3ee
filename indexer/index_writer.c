#include "indexer/index_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "indexer/index_torch.h"

static const char *path_of(const struct index_writer *w, const char *ext, struct weir_buf *b)
{
    b->n = 0;
    weir_buf_adds(b, w->prefix);
    weir_buf_adds(b, ext);
    weir_buf_addc(b, '\0');
    return b->failed ? NULL : b->p;
}

static int open_file(struct index_writer *w, weir_io **io, const char *ext, struct weir_err *err)
{
    struct weir_buf b = {0};
    const char *path = path_of(w, ext, &b);
    if (path)
        *io = weir_io_open_write_plain(path, err);
    else
        weir_err_set(err, WEIR_EMEM, "out of memory");
    weir_buf_free(&b);
    return *io ? 0 : err->code;
}

static int open_prov(struct index_writer *w, struct weir_err *err)
{
    struct weir_buf b = {0};
    const char *path = path_of(w, ".prov", &b);
    const int version = w->prov_version ? w->prov_version : 1;
    const int rc = path ? index_prov_create(&w->prov, path, version, w->job->temp_dir, err)
                        : weir_err_set(err, WEIR_EMEM, "out of memory");
    weir_buf_free(&b);
    w->with_prov = 1;
    return rc;
}

int index_writer_check_name(const struct weir_job *job, struct weir_err *err)
{
    if (!strcmp(job->output, "-") || !*job->output)
        return weir_err_set(err, WEIR_EUSAGE, "needs -o NAME: a dataset is several files");
    const char *slash = strrchr(job->output, '/'), *name = slash ? slash + 1 : job->output;
    if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
        return weir_err_set(err, WEIR_EUSAGE, "-o %s: is a folder, not a name", job->output);
    return 0;
}

int index_writer_open(struct index_writer *w, struct weir_job *job, int with_manifest,
                      struct weir_err *err)
{
    w->job = job;
    w->prefix = job->output;
    int rc = index_writer_check_name(job, err);
    if (!rc)
        rc = open_file(w, &w->bin, ".bin", err);
    if (!rc)
        rc = open_file(w, &w->idx, ".idx", err);
    if (!rc && w->m.knowlm)
        rc = open_file(w, &w->dis, ".dis", err);
    if (!rc && w->with_kinds)
        rc = open_file(w, &w->tmp, ".tmp", err);
    if (!rc && with_manifest)
        rc = open_file(w, &w->json, ".json", err);
    if (!rc && with_manifest)
        rc = open_prov(w, err);
    if (rc)
        return rc;
    w->lengths = weir_io_open_temp(job->temp_dir, err);
    w->docs = w->lengths ? weir_io_open_temp(job->temp_dir, err) : NULL;
    return w->docs ? 0 : err->code;
}

int index_writer_add_lengths(struct index_writer *w, const uint32_t *n, size_t n_n,
                             struct weir_err *err)
{
    for (size_t i = 0; i < n_n; i++)
        w->m.n_tokens += n[i];
    w->m.n_seqs += n_n;
    return n_n ? weir_io_write(w->lengths, n, n_n * sizeof *n, err) : 0;
}

int index_writer_add_docs(struct index_writer *w, const uint64_t *ends, size_t n,
                          struct weir_err *err)
{
    w->m.n_docs += n;
    return n ? weir_io_write(w->docs, ends, n * sizeof *ends, err) : 0;
}

int index_each_length(struct index_writer *w, index_lengths_fn *each, struct weir_err *err)
{
    uint32_t block[INDEX_BLOCK];
    uint64_t at = 0, left = w->m.n_seqs;
    int rc = weir_io_rewind(w->lengths, err);
    while (!rc && left) {
        const size_t n = left < INDEX_BLOCK ? (size_t)left : INDEX_BLOCK;
        rc = weir_io_read_all(w->lengths, block, n * sizeof *block, err);
        if (!rc)
            rc = weir_err_set(err, WEIR_EIO, "a temporary file became shorter");
        if (rc < 0)
            return rc;
        rc = each(w, block, n, &at, err);
        left -= n;
    }
    return rc;
}

/* ---- the end ---- */

/* The dataset's name as torch.save() puts it into the file: without folder and extension. */
static int put_torch(struct index_writer *w, weir_io *to, const uint64_t *v, size_t n,
                     struct weir_err *err)
{
    const char *slash = strrchr(w->prefix, '/');
    struct weir_buf b = {0};
    index_torch_put(&b, slash ? slash + 1 : w->prefix, v, n);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(to, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

/* Writes to disk all but the name; lists the file for the ledger. */
static int settle(struct index_writer *w, weir_io *io, struct index_content *c,
                  struct weir_err *err)
{
    struct index_content ignored = {0};
    c = c ? c : &ignored;
    const int rc = weir_io_prepare(io, &c->bytes, c->hash, err);
    index_content_list(&w->job->output_list, weir_io_name(io), c);
    return rc ? rc : weir_buf_check(&w->job->output_list, err);
}

static int put_manifest(struct index_writer *w, struct weir_err *err)
{
    struct weir_buf b = {0};
    index_manifest_put(&b, &w->m);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(w->json, b.p, b.n, err);
    weir_buf_free(&b);
    return rc ? rc : settle(w, w->json, NULL, err);
}

static int complete(struct index_writer *w, struct weir_err *err)
{
    int rc = w->m.knowlm ? index_put_knowlm(w, err) : index_put_megatron(w, err);
    if (!rc)
        rc = settle(w, w->bin, &w->m.bin, err);
    if (!rc && w->dis)
        rc = put_torch(w, w->dis, w->types ? w->types : &w->m.n_seqs, w->types ? w->n_types : 1,
                       err);
    if (!rc && w->dis)
        rc = settle(w, w->dis, NULL, err);
    if (!rc && w->tmp)
        rc = put_torch(w, w->tmp, w->n_kinds, INDEX_KINDS, err);
    if (!rc && w->tmp)
        rc = settle(w, w->tmp, NULL, err);
    if (!rc && w->with_prov)
        rc = index_prov_finish(&w->prov, err);
    if (!rc && w->with_prov)
        rc = settle(w, w->prov.out, &w->m.prov, err);
    /* not listed: weir_job_close_output() lists what is job->out */
    if (!rc)
        rc = weir_io_prepare(w->idx, &w->m.idx.bytes, w->m.idx.hash, err);
    return rc || !w->json ? rc : put_manifest(w, err);
}

static int name_file(weir_io **io, struct weir_err *err)
{
    weir_io *ready = *io;
    *io = NULL;
    return weir_io_close(ready, err);
}

static int remove_file(const struct index_writer *w, const char *ext, struct weir_err *err)
{
    struct weir_buf b = {0};
    const char *path = path_of(w, ext, &b);
    int rc = path ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    /* of a symbolic link the file that it names goes; the new one will stand there */
    char *real = rc ? NULL : realpath(path, NULL);
    if (!rc && (!real || unlink(real)) && errno != ENOENT)
        rc = weir_err_errno(err, "%s: cannot remove", path);
    free(real);
    weir_buf_free(&b);
    return rc;
}

/* Held until the job ends, which names .idx: of two that write the same name the last one's files
 * stand, all of them.  Where folders cannot be locked, nothing is. */
static int lock_folder(struct index_writer *w, struct weir_err *err)
{
    char *path = strdup(w->prefix);
    if (!path)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    if (w->job->lock > 0) // of a dataset that this job wrote before: it would wait for itself
        close(w->job->lock);
    while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
        ;
    w->job->lock = fd;
    return 0;
}

/* An older dataset of that name goes, its index first: at no moment does an index stand beside
 * another's tokens, nor anything else that speaks of the old one. */
static int remove_older(const struct index_writer *w, struct weir_err *err)
{
    static const char *const exts[] = {".idx", ".bin", ".prov", ".json", ".dis", ".tmp"};
    const int was_knowlm =
        index_file_exists(w->prefix, ".idx") && index_file_exists(w->prefix, ".dis");
    const size_t n = was_knowlm ? 6 : 4; // NAME.tmp may be anybody's
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = remove_file(w, exts[i], err);
    return rc;
}

int index_writer_finish(struct index_writer *w, struct weir_err *err)
{
    int rc = complete(w, err);
    if (!rc)
        rc = lock_folder(w, err);
    if (!rc)
        rc = remove_older(w, err);
    weir_io **const files[] = {&w->bin, &w->dis, &w->tmp, &w->prov.out, &w->json};
    for (size_t i = 0; !rc && i < sizeof files / sizeof *files; i++)
        rc = name_file(files[i], err);
    if (!rc) {
        w->job->out = w->idx;
        w->idx = NULL;
    }
    return rc;
}

void index_writer_free(struct index_writer *w)
{
    weir_io *const files[] = {w->bin, w->idx, w->json, w->dis, w->tmp, w->lengths, w->docs};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        weir_io_abort(files[i]);
    index_prov_free(&w->prov);
    index_manifest_free(&w->m);
}
