/* weir indexer mix: many datasets into the order in which training reads them. */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/mix_batches.h"
#include "indexer/mix_order.h"
#include "indexer/mix_pack.h"
#include "weir/indexer.h"
#include "weir/io.h"
#include "weir/stream.h"

enum { MAX_SPEC_BYTES = 16 << 20 };

struct mix {
    const struct weir_indexer_mix_opt *opt;
    struct weir_job *job;
    struct mix_spec spec;
    struct index_parts parts;
    struct mix_plan plan;
    struct mix_sink sink;
    struct mix_batches batches;
    struct mix_pack pack;
    weir_extsort *sort;
};

void weir_indexer_mix_opt_init(void *opt)
{
    struct weir_indexer_mix_opt *o = opt;
    *o =
        (struct weir_indexer_mix_opt){.order = WEIR_MIX_SHUFFLE, .drop = 3, .epochs = 1, .pad = -1};
}

/* ---- the spec ---- */

static int read_spec(struct mix *x, const char *path, struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_io *in = weir_io_open_read(path, err);
    int rc = in ? 0 : err->code;
    ssize_t n = 1;
    while (!rc && n > 0) {
        if (weir_buf_reserve(&b, 1 << 16))
            rc = weir_buf_check(&b, err);
        n = rc ? rc : weir_io_read(in, b.p + b.n, 1 << 16, err);
        rc = n < 0 ? (int)n : 0;
        b.n += n > 0 ? (size_t)n : 0;
        if (b.n > MAX_SPEC_BYTES)
            rc = weir_err_set(err, WEIR_EBAD, "%s: too large for a spec", path);
    }
    if (!rc)
        rc = mix_spec_parse(&x->spec, weir_buf_span(&b), in ? weir_io_name(in) : path, err);
    weir_io_abort(in);
    weir_buf_free(&b);
    return rc;
}

static int make_spec(struct mix *x, struct weir_err *err)
{
    const struct weir_indexer_mix_opt *o = x->opt;
    int rc = x->job->n_inputs ? read_spec(x, x->job->inputs[0], err) : 0;
    struct weir_buf b = {0};
    for (size_t i = 0; !rc && i < o->takes.n; i++) {
        b.n = 0;
        weir_buf_addf(&b, "take %s", o->takes.at[i]);
        rc = weir_buf_check(&b, err);
        if (!rc)
            rc = mix_spec_parse(&x->spec, weir_buf_span(&b), "--take", err);
    }
    weir_buf_free(&b);
    if (!rc)
        rc = mix_spec_check(&x->spec, err);
    if (!rc && o->tokens && (x->spec.n_phases > 1 || x->spec.phases[0].tokens))
        rc = weir_err_set(err, WEIR_EUSAGE, "--tokens: the spec's phases say how much they hold");
    if (!rc && o->tokens)
        x->spec.phases[0].tokens = (uint64_t)o->tokens;
    return rc;
}

/* ---- writing ---- */

static int add_all(struct mix *x, struct weir_err *err)
{
    struct mix_pack *p = &x->pack;
    struct weir_buf b = {0};
    uint32_t phase = 0, last_phase = 0;
    int got = 0, rc = mix_pack_open(p, err);
    while (!rc && (got = mix_order_next(x->sort, &b, &phase, err)) > 0) {
        const struct mix_item *item = (const struct mix_item *)b.p;
        if (phase != last_phase)
            rc = mix_pack_flush(p, err);
        last_phase = phase;
        if (!rc)
            rc = p->length ? mix_pack_add(p, item, err) : mix_sink_add(&x->sink, &item, 1, 0, err);
    }
    rc = rc ? rc : got;
    if (!rc)
        rc = mix_pack_flush(p, err);
    weir_buf_free(&b);
    mix_pack_close(p);
    return rc;
}

/* -n, --pack and --pad against what the parts are. */
static int check_rows(struct mix *x, struct weir_err *err)
{
    const struct weir_indexer_mix_opt *o = x->opt;
    const struct index_manifest *m = &x->parts.all;
    const int64_t length = o->length ? o->length : x->parts.with_manifest ? m->max_tokens : -1;
    if (!o->pack && o->pad < 0)
        return o->length ? weir_err_set(err, WEIR_EUSAGE, "-n is for --pack and --pad") : 0;
    if (!x->parts.with_manifest)
        return weir_err_set(err, WEIR_EUSAGE,
                            "--pack and --pad need datasets with manifest and provenance: where "
                            "documents begin stands in NAME.prov");
    if (m->pad >= 0)
        return weir_err_set(err, WEIR_EUSAGE, "the sequences are padded already");
    if (length <= 0 || length > MIX_PACK_MAX)
        return weir_err_set(err, WEIR_EUSAGE, "give -n N, the tokens of a sequence, up to %d",
                            MIX_PACK_MAX);
    if (o->pad > (x->parts.width == 2 ? UINT16_MAX : INT32_MAX))
        return weir_err_set(err, WEIR_EUSAGE, "--pad %" PRId64 " does not fit %s", o->pad,
                            index_dtype_name(x->parts.dtype));
    x->pack = (struct mix_pack){
        .sink = &x->sink, .length = (uint32_t)length, .join = o->pack, .pad = o->pad >= 0};
    return 0;
}

/* How it was made: what made the parts, then this. */
static int put_commands(struct mix *x, struct weir_err *err)
{
    static const char *const orders[] = {"shuffle", "interleaved", "sequential", "batches"};
    struct weir_buf *b = &x->sink.w.m.commands;
    weir_buf_add(b, x->parts.all.commands.p, x->parts.all.commands.n);
    weir_buf_addf(b, "%s\"weir indexer mix --order %s", b->n ? ", " : "", orders[x->plan.order]);
    if (x->plan.order == MIX_SHUFFLE || x->plan.order == MIX_BATCHES)
        weir_buf_addf(b, " --seed %" PRIu64, x->plan.seed);
    if (x->plan.order == MIX_BATCHES)
        weir_buf_addf(b, " --drop %d --epochs %" PRIu64, x->batches.drop, x->batches.epochs);
    if (x->pack.length)
        weir_buf_addf(b, "%s -n %" PRIu32, x->pack.join ? " --pack" : "", x->pack.length);
    if (x->pack.pad)
        weir_buf_addf(b, " --pad %" PRIu32, x->sink.pad);
    weir_buf_adds(b, "\"");
    return weir_buf_check(b, err);
}

static void put_packed(struct mix *x)
{
    const uint64_t n = x->sink.w.m.n_seqs, room = n * x->pack.length;
    if (x->pack.length)
        weir_buf_addf(&x->job->extra,
                      ",\"packed\":{\"length\":%" PRIu32 ",\"sequences\":%" PRIu64
                      ",\"unfilled\":%" PRIu64 ",\"share\":%.6f,\"samples_cut\":%" PRIu64 "}",
                      x->pack.length, n, x->pack.n_unfilled,
                      room ? (double)x->pack.n_unfilled / (double)room : 0.0, x->pack.n_cut);
}

/* The account says what the padding is. */
static int note_packed(struct mix *x, struct weir_err *err)
{
    const struct weir_count n = {.records = x->pack.n_unfilled}, none = {0};
    const struct weir_span name =
        x->pack.pad ? WEIR_LIT("padding tokens") : WEIR_LIT("tokens that sequences lack");
    return x->pack.length && weir_names_add(&x->job->tally.notes, name, n, none)
               ? weir_err_set(err, WEIR_EMEM, "out of memory")
               : 0;
}

/* Reading all tokens to compare them with the manifests, beside the taking of samples, which reads
 * everything else.  Nothing else touches the job's list of inputs meanwhile. */
struct check {
    const struct mix *x;
    pthread_t thread;
    int apart; // in a thread of its own
    struct weir_err err;
};

static void *check_bins(void *ctx)
{
    struct check *c = ctx;
    const struct mix *x = c->x;
    for (size_t i = 0; !c->err.code && i < x->parts.n; i++)
        (void)!index_part_check_bin(&x->parts, &x->parts.at[i], x->job, &c->err);
    return NULL;
}

static void check_begin(struct check *c)
{
    c->apart = c->x->job->threads > 1 && !pthread_create(&c->thread, NULL, check_bins, c);
    if (!c->apart)
        check_bins(c);
}

/* A damaged dataset is the first failure, whatever else it made fail. */
static int check_end(struct check *c, int rc, struct weir_err *err)
{
    if (c->apart)
        pthread_join(c->thread, NULL);
    if (!c->err.code)
        return rc;
    *err = c->err;
    return err->code;
}

static int take_all(struct mix *x, struct weir_err *err)
{
    struct weir_tally *t = &x->job->tally;
    struct mix_list list = {0};
    if (x->plan.order != MIX_BATCHES)
        return mix_order_take(&x->plan, &x->sink, x->sort, t, err);
    int rc = mix_batches_list(&x->batches, &list, err);
    if (!rc)
        rc = mix_list_take(&list, &x->plan, &x->sink, x->sort, t, err);
    mix_list_close(&list);
    return rc;
}

static int write_mix(struct mix *x, struct weir_err *err)
{
    struct weir_tally *t = &x->job->tally;
    struct check check = {.x = x};
    check_begin(&check);
    int rc = check.apart ? 0 : check_end(&check, 0, err);
    if (!rc)
        rc = mix_sink_open(&x->sink, x->job, &x->parts, 2, err);
    x->job->phase = "ordering";
    if (!rc) {
        x->sort = weir_extsort_new(x->job->memory / 4, x->job->temp_dir, err);
        rc = x->sort ? take_all(x, err) : err->code;
    }
    if (x->pack.pad)
        x->sink.pad = (uint32_t)x->opt->pad;
    if (!rc)
        rc = add_all(x, err);
    if (check.apart)
        rc = check_end(&check, rc, err);
    if (!rc)
        rc = note_packed(x, err);
    weir_extsort_free(x->sort);
    x->sort = NULL;
    if (!rc)
        rc = put_commands(x, err);
    t->out = (struct weir_count){x->sink.w.m.n_seqs, x->sink.w.m.n_tokens * x->parts.width,
                                 x->sink.w.m.n_tokens};
    x->sink.length = x->pack.length;
    x->sink.joined = x->pack.join;
    x->job->phase = "writing";
    if (!rc)
        rc = mix_sink_finish(&x->sink, err);
    put_packed(x);
    weir_buf_adds(&x->job->extra, ",\"mix\":");
    mix_plan_json(&x->plan, &x->job->extra);
    return rc;
}

/* The plan is for people: it goes to standard output, whatever -o says. */
static int print_plan(struct mix *x, struct weir_err *err)
{
    struct weir_buf b = {0};
    mix_plan_text(&x->plan, &b);
    int rc = weir_buf_check(&b, err);
    x->job->out = rc ? NULL : weir_io_open_write("-", err);
    if (!rc)
        rc = x->job->out ? weir_io_write(x->job->out, b.p, b.n, err) : err->code;
    weir_buf_free(&b);
    return rc;
}

int weir_indexer_mix_run(const struct weir_indexer_mix_opt *opt, struct weir_job *job,
                         struct weir_err *err)
{
    struct mix x = {.opt = opt, .job = job};
    x.sink.prov.file.fd = -1;
    x.plan = (struct mix_plan){.spec = &x.spec,
                               .parts = &x.parts,
                               .order = (enum mix_order)opt->order,
                               .seed = job->seed,
                               .whole = opt->whole};
    int rc = opt->plan ? 0 : index_writer_check_name(job, err);
    if (!rc)
        rc = make_spec(&x, err);
    if (!rc)
        rc = mix_plan_make(&x.plan, opt->plan ? NULL : job->output, err);
    x.batches = (struct mix_batches){&x.plan, (int)opt->drop, (uint64_t)opt->epochs, job};
    if (!rc && x.plan.order == MIX_BATCHES)
        rc = mix_batches_plan(&x.batches, err);
    if (!rc)
        rc = check_rows(&x, err);
    if (!rc)
        rc = opt->plan ? print_plan(&x, err) : write_mix(&x, err);
    weir_extsort_free(x.sort);
    mix_sink_free(&x.sink);
    mix_plan_free(&x.plan);
    index_parts_free(&x.parts);
    mix_spec_free(&x.spec);
    return weir_job_close_output(job, rc, err);
}
