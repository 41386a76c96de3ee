#include "infer/weights_tool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "weir/stream.h"
#include "weir_config.h"

void weir_weights_opt_init(void *opt)
{
    *(struct weir_weights_opt *)opt = (struct weir_weights_opt){.shard = 10000000000};
}

int tool_open(struct tool *t, size_t n, struct weir_err *err)
{
    if (!strcmp(t->job->output, "-"))
        return weir_err_set(err, WEIR_EUSAGE, "-o FOLDER is needed: weights are many files");
    for (size_t i = 0; i < n; i++) {
        if (!(t->in[i] = weights_open(t->job->inputs[i], err)))
            return err->code;
        const struct tensors *all = weights_all(t->in[i]);
        t->job->tally.in.records += all->n;
        for (size_t k = 0; k < all->n; k++)
            t->job->tally.in.bytes += all->at[k].n_bytes;
    }
    t->pool = pool_new(t->job->threads, err);
    return t->pool ? 0 : err->code;
}

void tool_close(struct tool *t)
{
    tensors_free(&t->list);
    free(t->item);
    pool_free(t->pool);
    for (size_t i = 0; i < 2; i++)
        weights_close(t->in[i]);
}

int tool_is_inverse(const char *name)
{
    static const char end[] = ".rotary_emb.inv_freq";
    const size_t n = strlen(name);
    return n >= sizeof end && !strcmp(name + n - (sizeof end - 1), end);
}

static enum tensor_dtype dtype_of(const struct tool *t, const char *name, enum tensor_dtype read)
{
    static const enum tensor_dtype made[] = {
        [WEIR_NUMBERS_F32] = TENSOR_F32,
        [WEIR_NUMBERS_F16] = TENSOR_F16,
        [WEIR_NUMBERS_BF16] = TENSOR_BF16,
    };
    const int dtype = t->opt->dtype;
    if (dtype == WEIR_NUMBERS_AS_READ || !tensor_is_float(read))
        return read;
    return tool_is_inverse(name) ? TENSOR_F32 : made[dtype];
}

int tool_add(struct tool *t, struct tool_item item, enum tensor_dtype dtype, struct weir_err *err)
{
    struct tensor *made = tensors_add(&t->list, weir_span(item.x->name, strlen(item.x->name)));
    if (!made || weir_grow(&t->item, &t->cap_item, t->list.n, sizeof *t->item))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    char *name = made->name;
    uint64_t count;
    *made = *item.x;
    made->name = name;
    made->dtype = dtype_of(t, name, dtype);
    if (item.y || item.lora)
        made->data = NULL; // numbers of its own
    t->item[t->list.n - 1] = item;
    if (tensor_count(made->shape, made->n_dims, made->dtype, &count, &made->n_bytes))
        return weir_err_set(err, WEIR_EBAD, "tensor %s: its size overflows", name);
    t->total += made->n_bytes;
    return 0;
}

/* ---- numbers ---- */

struct part {
    const struct tool *t;
    const struct tool_item *item;
    enum tensor_dtype dtype; // of what is made
    uint64_t from;
    uint8_t *to;
};

enum { BLOCK = 2048 };

static void round_to(enum tensor_dtype d, float *x, size_t n)
{
    uint64_t room[BLOCK];
    if (d == TENSOR_F32)
        return;
    numbers_from_float(d, x, n, room);
    numbers_to_float(d, room, n, x);
}

static void make_block(const struct part *p, size_t at, size_t n)
{
    float x[BLOCK], y[BLOCK];
    const struct tool_item *item = p->item;
    tensor_to_float(item->x, p->from + at, n, x);
    if (item->y) {
        tensor_to_float(item->y, p->from + at, n, y);
        round_to(p->t->round_to, x, n);
        if (item->y->file) // a frequency made here was never of that type
            round_to(p->t->round_to, y, n);
        for (size_t i = 0; i < n; i++)
            x[i] = item->subtract ? x[i] - y[i] : x[i] + y[i];
    }
    if (item->lora)
        low_rank_add(item->lora, p->from + at, n, y, x);
    numbers_from_float(p->dtype, x, n, p->to + at * tensor_dtype_bytes(p->dtype));
}

static void make_part(void *ctx, int thread, size_t from, size_t to)
{
    (void)thread;
    for (size_t at = from; at < to; at += BLOCK)
        make_block(ctx, at, to - at < BLOCK ? to - at : BLOCK);
}

static void forget(const struct tensor *t, uint64_t from, size_t n)
{
    const size_t width = t ? tensor_dtype_bytes(t->dtype) : 0;
    if (t && t->file) // what was made in memory has none
        mapped_forget((const uint8_t *)t->data + from * width, n * width);
}

static int fill(void *ctx, size_t i, uint64_t from, size_t n, void *to, struct weir_err *err)
{
    struct tool *t = ctx;
    const struct tool_item *item = &t->item[i];
    const struct part p = {t, item, t->list.at[i].dtype, from, to};
    const size_t width = tensor_dtype_bytes(item->x->dtype);
    (void)err;
    if (p.dtype == item->x->dtype && !item->y && !item->lora)
        memcpy(to, (const uint8_t *)item->x->data + from * width, n * width);
    else
        pool_each(t->pool, n, 16 * BLOCK, make_part, (void *)&p);
    forget(item->x, from, n);
    forget(item->y, from, n);
    t->done += n * tensor_dtype_bytes(p.dtype);
    weir_job_progress(t->job, (double)t->done / (double)t->total);
    return 0;
}

static void wrote(void *ctx, size_t i, const void *p, size_t n)
{
    struct tool *t = ctx;
    const enum tensor_dtype d = t->list.at[i].dtype;
    if (!tensor_is_float(d))
        return;
    numbers_add(&t->sum, d, p, n);
    if (tool_is_inverse(t->list.at[i].name))
        numbers_add(&t->inverse, d, p, n);
}

int tool_check_sum(const char *want, const struct number_sums *sum,
                   const struct number_sums *inverse, struct weir_err *err)
{
    char *end;
    const double number = strtod(want, &end);
    if (end == want || *end || !isfinite(number))
        return weir_err_set(err, WEIR_EUSAGE, "--expect-sum %s is no number", want);
    const double without = sum->sum - inverse->sum;
    if (fabs(sum->sum - number) < 0.5 || fabs(without - number) < 0.5)
        return 0;
    return weir_err_set(err, WEIR_EBAD,
                        "the sum of all numbers is %.4f (%.4f without rotary_emb.inv_freq), "
                        "expected %s: one of the inputs is not what it should be; "
                        "weir infer check says what each tensor holds",
                        sum->sum, without, want);
}

/* ---- the folder ---- */

static int add_files(const weights *w, struct weir_buf *b, struct weir_err *err)
{
    size_t n;
    const struct mapped *file = weights_files(w, &n);
    struct stat st;
    for (size_t i = 0; i < n; i++) {
        if (stat(file[i].path, &st))
            return weir_err_errno(err, "%s", file[i].path);
        weir_buf_addf(b, "%s %lld %lld.%09ld\n", file[i].path, (long long)st.st_size,
                      (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    }
    return 0;
}

/* All that decides what the folder will hold. */
static int make_plan(const struct tool *t, struct weir_buf *b, struct weir_err *err)
{
    weir_buf_addf(b, "weir-infer %s %s\nformat %d dtype %d shard %lld\n", WEIR_VERSION,
                  t->job->stage, t->opt->format, t->opt->dtype, (long long)t->opt->shard);
    int rc = 0;
    for (size_t i = 0; !rc && i < 2; i++)
        rc = t->in[i] ? add_files(t->in[i], b, err) : 0;
    if (!rc && t->adapter)
        rc = add_files(adapter_weights(t->adapter), b, err);
    return rc ? rc : weir_buf_check(b, err);
}

static enum weights_format format_of(const struct tool *t)
{
    size_t n;
    const struct mapped *file = weights_files(t->in[0], &n);
    if (t->opt->format != WEIR_WEIGHTS_AS_READ)
        return t->opt->format == WEIR_WEIGHTS_TORCH ? WEIGHTS_TORCH : WEIGHTS_SAFETENSORS;
    return n && file->n > 2 && !memcmp(file->p, "PK", 2) ? WEIGHTS_TORCH : WEIGHTS_SAFETENSORS;
}

static int is_adapter(const weights *w)
{
    size_t n;
    const char *path = weights_files(w, &n)->path, *slash = strrchr(path, '/');
    return !strncmp(slash ? slash + 1 : path, "adapter_model.", 14);
}

static int add_change(struct config_change *c, size_t *n, const char *name, const char *raw)
{
    c[*n] = (struct config_change){.name = name};
    weir_buf_adds(&c[*n].raw, raw);
    return c[(*n)++].raw.failed;
}

/* Rows of the embedding that the adapter has in place of the model's; 0 where it has none. */
static unsigned long long new_rows(const struct tool *t)
{
    const char *name = "model.embed_tokens.weight";
    for (size_t i = 0; t->adapter && adapter_touches(t->adapter, name) && i < t->list.n; i++)
        if (!strcmp(t->list.at[i].name, name))
            return t->list.at[i].shape[0];
    return 0;
}

/* What config.json must say of what is written. */
static int changes(const struct tool *t, struct config_change *c, size_t *n, struct weir_err *err)
{
    static const char *const names[] = {"", "\"float32\"", "\"float16\"", "\"bfloat16\""};
    char rows[24];
    int failed = 0;
    if (t->opt->dtype)
        failed = add_change(c, n, "torch_dtype", names[t->opt->dtype]);
    if (new_rows(t)) {
        snprintf(rows, sizeof rows, "%llu", new_rows(t));
        failed |= add_change(c, n, "vocab_size", rows);
    }
    /* An output matrix of its own: adapter_check_tied() lets a tied model have both or none. */
    if (t->adapter && adapter_touches(t->adapter, "lm_head.weight"))
        failed |= add_change(c, n, "tie_word_embeddings", "false");
    return failed ? weir_err_set(err, WEIR_EMEM, "out of memory") : 0;
}

static int report(struct tool *t, struct weir_err *err)
{
    struct weir_tally *y = &t->job->tally;
    y->kept = y->in;
    y->out.records = t->list.n;
    weir_buf_addf(&t->job->extra,
                  ",\"weights\":{\"tensors\":%zu,\"sum\":%.17g,\"inv_freq_sum\":%.17g,\"nan\":%llu,"
                  "\"infinite\":%llu}",
                  t->list.n, t->sum.sum, t->inverse.sum, (unsigned long long)t->sum.n_nan,
                  (unsigned long long)t->sum.n_infinite);
    if (t->sum.n_nan || t->sum.n_infinite)
        weir_job_warn(t->job, "%llu numbers are NaN and %llu are infinite: weir infer check %s",
                      (unsigned long long)t->sum.n_nan, (unsigned long long)t->sum.n_infinite,
                      t->job->output);
    return weir_buf_check(&t->job->extra, err);
}

int tool_write(struct tool *t, const char *small, const char *first, struct weir_err *err)
{
    struct weir_buf plan = {0};
    struct config_change change[3];
    size_t n = 0;
    struct tool_texts texts = {0};
    int rc = make_plan(t, &plan, err);
    const struct weights_out o = {.base = is_adapter(t->in[0]) ? "adapter_model" : "model",
                                  .format = format_of(t),
                                  .shard_bytes = (uint64_t)t->opt->shard,
                                  .plan = weir_buf_span(&plan)};
    const struct weights_source s = {t, &t->list, fill, wrote};
    if (!rc)
        rc = changes(t, change, &n, err);
    if (!rc)
        rc = tool_texts_read(&texts, small, first, change, n, err);
    if (!rc)
        rc = weights_write(&o, &s, t->job, err);
    if (!rc && t->opt->sum)
        rc = tool_check_sum(t->opt->sum, &t->sum, &t->inverse, err);
    if (!rc)
        rc = weights_finish(texts.at, texts.n, t->job, err);
    if (!rc)
        rc = report(t, err);
    while (n > 0)
        weir_buf_free(&change[--n].raw);
    tool_texts_free(&texts);
    weir_buf_free(&plan);
    return weir_job_close_output(t->job, rc, err);
}
