/* What a model's files hold, tensor by tensor. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "infer/file_hash.h"
#include "infer/model.h"
#include "infer/weights_tool.h"
#include "lib/xxh.h"
#include "weir/stream.h"

struct check {
    const struct weir_weights_check_opt *opt;
    struct weir_job *job;
    weights *w;
    struct number_sums sum, inverse;
    size_t n_bad; // complaints, each a warning
};

static void complain(struct check *c, const char *where, const char *what)
{
    c->n_bad++;
    weir_job_warn(c->job, "%s: %s", where, what);
}

/* ---- tensors ---- */

static void add_sums(struct number_sums *to, const struct number_sums *s)
{
    to->sum += s->sum;
    to->n_nan += s->n_nan;
    to->n_infinite += s->n_infinite;
}

/* Reads a tensor once. */
static void measure(const struct tensor *t, struct number_sums *s, XXH3_state_t *hash)
{
    const size_t width = tensor_dtype_bytes(t->dtype);
    for (uint64_t at = 0, n; at < t->n_bytes; at += n) {
        const uint8_t *p = (const uint8_t *)t->data + at;
        n = t->n_bytes - at < WEIGHTS_CHUNK ? t->n_bytes - at : WEIGHTS_CHUNK;
        if (tensor_is_float(t->dtype))
            numbers_add(s, t->dtype, p, n / width);
        XXH3_128bits_update(hash, p, n);
        mapped_forget(p, n);
    }
}

static int write_line(struct check *c, const struct tensor *t, const struct number_sums *s,
                      const XXH3_state_t *hash, struct weir_err *err)
{
    struct weir_buf b = {0};
    XXH128_canonical_t canonical;
    const char *slash = strrchr(t->file, '/');
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(hash));
    weir_buf_addf(&b, "%s\t%s\t%s\t", slash ? slash + 1 : t->file, t->name,
                  tensor_dtype_name(t->dtype));
    tensor_add_shape(&b, t->shape, t->n_dims);
    if (tensor_is_float(t->dtype))
        weir_buf_addf(&b, "\t%.10g\t%.6g\t%llu\t%llu\t", s->sum, s->largest,
                      (unsigned long long)s->n_nan, (unsigned long long)s->n_infinite);
    else
        weir_buf_adds(&b, "\t-\t-\t-\t-\t");
    weir_buf_add_hex(&b, canonical.digest, sizeof canonical.digest);
    weir_buf_addc(&b, '\n');
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(c->job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static int check_tensor(struct check *c, const struct tensor *t, XXH3_state_t *hash,
                        struct weir_err *err)
{
    struct number_sums s = {0};
    XXH3_128bits_reset(hash);
    measure(t, &s, hash);
    add_sums(&c->sum, &s);
    if (tool_is_inverse(t->name))
        add_sums(&c->inverse, &s);
    if (s.n_nan || s.n_infinite)
        complain(c, t->name, "it holds NaN or infinite numbers");
    c->job->tally.in.records++;
    c->job->tally.in.bytes += t->n_bytes;
    return write_line(c, t, &s, hash, err);
}

static int check_tensors(struct check *c, struct weir_err *err)
{
    static const char head[] = "file\ttensor\tdtype\tshape\tsum\tlargest\tnan\tinfinite\txxh128\n";
    struct tensors order = {0};
    XXH3_state_t *hash = XXH3_createState();
    int rc = hash ? weir_io_write(c->job->out, head, sizeof head - 1, err)
                  : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc)
        rc = weights_in_order(c->w, &order, err);
    for (size_t i = 0; !rc && i < order.n; i++) {
        rc = check_tensor(c, &order.at[i], hash, err);
        weir_job_progress(c->job, (double)(i + 1) / (double)order.n);
    }
    tensors_free(&order);
    XXH3_freeState(hash);
    return rc;
}

/* ---- the model as a whole ---- */

/* Whether config.json and the tensors are of one model. */
static void check_shapes(struct check *c)
{
    const char *path = c->job->inputs[0];
    struct weir_buf config = {0};
    struct weir_err why = {0};
    struct stat st;
    weir_buf_addf(&config, "%s/config.json", path);
    weir_buf_addc(&config, '\0');
    if (!config.failed && !stat(path, &st) && S_ISDIR(st.st_mode) && !access(config.p, F_OK)) {
        model *m = model_open(path, MODEL_AS_STORED, UINT64_MAX, &why);
        model_close(m);
        if (!m)
            complain(c, path, why.msg);
    }
    weir_buf_free(&config);
}

/* ---- files ---- */

static int check_file(struct check *c, const char *path, struct weir_span list,
                      struct weir_err *err)
{
    struct weir_buf b = {0};
    char hex[33], md5[33], want[33];
    uint64_t bytes;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    int rc = file_hash(path, &bytes, hex, list.p ? md5 : NULL, err);
    if (rc)
        return rc;
    weir_buf_addf(&b, "%s\t-\t-\t%llu bytes\t-\t-\t-\t-\t%s", name, (unsigned long long)bytes, hex);
    if (list.p) {
        const int known = md5_listed(list, name, want), same = known && !strcmp(md5, want);
        weir_buf_addf(&b, "\tmd5 %s %s", md5, !known ? "not listed" : same ? "as listed" : "OTHER");
        if (!known)
            complain(c, path, "the list of MD5s does not name it");
        else if (!same)
            complain(c, path, "its MD5 is not the listed one");
    }
    weir_buf_addc(&b, '\n');
    rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(c->job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static int check_files(struct check *c, struct weir_err *err)
{
    struct mapped list = {0};
    size_t n;
    const struct mapped *file = weights_files(c->w, &n);
    int rc = c->opt->md5 ? mapped_open(&list, c->opt->md5, err) : 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = check_file(c, file[i].path, weir_span((const char *)list.p, list.n), err);
    mapped_close(&list);
    return rc;
}

static int check_all(struct check *c, struct weir_err *err)
{
    struct weir_err why = {0};
    struct weir_buf b = {0};
    check_shapes(c);
    int rc = check_tensors(c, err);
    if (!rc)
        rc = check_files(c, err);
    weir_buf_addf(&b, "all\t-\t-\t%zu tensors\t%.10g\t-\t%llu\t%llu\t-\n", weights_all(c->w)->n,
                  c->sum.sum, (unsigned long long)c->sum.n_nan,
                  (unsigned long long)c->sum.n_infinite);
    if (!rc)
        rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(c->job->out, b.p, b.n, err);
    weir_buf_free(&b);
    if (!rc && c->opt->sum &&
        (rc = tool_check_sum(c->opt->sum, &c->sum, &c->inverse, &why)) == WEIR_EUSAGE)
        return weir_err_set(err, rc, "%s", why.msg);
    if (rc == WEIR_EBAD && why.code)
        complain(c, c->job->inputs[0], why.msg);
    return why.code ? 0 : rc;
}

int weir_weights_check_run(const struct weir_weights_check_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    struct check c = {.opt = opt, .job = job, .w = weights_open(job->inputs[0], err)};
    int rc = c.w ? weir_job_open_output(job, err) : err->code;
    if (!rc)
        rc = check_all(&c, err);
    job->tally.kept = job->tally.in;
    weights_close(c.w);
    if (!rc && c.n_bad) {
        /* The lines are written all the same: they say what is wrong. */
        const int defer = job->defer_commit;
        job->defer_commit = 0;
        rc = weir_job_close_output(job, 0, err);
        job->defer_commit = defer;
        return rc ? rc
                  : weir_err_set(err, WEIR_EBAD, "%s: %zu things are wrong with it", job->inputs[0],
                                 c.n_bad);
    }
    return weir_job_close_output(job, rc, err);
}
