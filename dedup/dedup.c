/* The stage: texts are normalised, hashed and signed in parallel; the index of kept documents is
 * asked and extended in input order. */
#include "weir/dedup.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include "dedup/dedup_internal.h"
#include "weir/doc.h"
#include "weir/stream.h"

struct dedup {
    const struct weir_dedup_opt *opt;
    struct dedup_rule rule;
    struct dedup_plan plan;
    struct dedup_perms perms;
    dedup_kernel *kernel;
    dedup_fold *fold;
    dedup_index *index;
    struct weir_buf detail;
    uint64_t n_short, n_no_field;
};

struct worker {
    weir_json *json;
    XXH3_state_t *hash;
    struct dedup_shingler shingler;
    uint32_t text[DEDUP_BLOCK], shingle[DEDUP_BLOCK + 1], min[DEDUP_MAX_PERM];
};

/* What work() leaves for commit(): the id, then the signature, in the batch's aux. */
enum { USER_HASH_LOW, USER_HASH_HIGH, USER_ID_BYTES, USER_STATE };
enum { STATE_NO_FIELD, STATE_SHORT, STATE_SIGNED };

void weir_dedup_opt_init(struct weir_dedup_opt *opt)
{
    *opt = (struct weir_dedup_opt){.threshold = 0.8, .shingle = "auto", .keep = "first"};
}

static void worker_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    XXH3_freeState(w->hash);
    free(w);
}

static void *worker_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    struct worker *w = calloc(1, sizeof *w);
    if (!w || !(w->hash = XXH3_createState())) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        worker_free(w);
        return NULL;
    }
    w->json = weir_json_new(err);
    if (w->json)
        return w;
    worker_free(w);
    return NULL;
}

/* Adds a block to the signature; returns its shingles. */
static size_t sign_block(const struct dedup *d, struct worker *w, size_t n)
{
    const size_t n_shingles = dedup_shingle_next(&w->shingler, w->text, n, w->shingle);
    d->kernel(d->perms.key, d->perms.mul, w->min, d->perms.n_lanes, w->shingle, n_shingles);
    return n_shingles;
}

/* Hashes and signs a text; 1 when it has shingles enough.  One is too few: among millions of texts
 * of one shingle, some would be taken for copies for nothing but a collision of 32-bit hashes. */
static int sign(const struct dedup *d, struct worker *w, struct weir_span text, XXH128_hash_t *hash)
{
    struct dedup_text t;
    uint64_t n_shingles = 0;
    dedup_text_init(&t, d->fold, text);
    XXH3_128bits_reset(w->hash);
    if (d->opt->near) {
        enum dedup_unit unit = d->rule.unit ? d->rule.unit : dedup_unit_for(text);
        dedup_shingler_init(&w->shingler, d->fold, unit, d->rule.n);
        dedup_minhash_start(w->min, d->perms.n_lanes);
    }
    for (size_t n; (n = dedup_text_next(&t, w->text)) > 0;) {
        XXH3_128bits_update(w->hash, w->text, n * sizeof *w->text);
        if (d->opt->near)
            n_shingles += sign_block(d, w, n);
    }
    if (d->opt->near)
        n_shingles += sign_block(d, w, 0);
    *hash = XXH3_128bits_digest(w->hash);
    return n_shingles > 1;
}

/* The text to compare; 0 when the document has none under the chosen name. */
static int chosen_text(const struct dedup *d, const struct weir_doc *doc, struct weir_span *text)
{
    *text = doc->text;
    if (!d->opt->field)
        return 1;
    const struct weir_field *f = weir_json_find(doc->f, doc->n_f, d->opt->field);
    if (!f || f->type != WEIR_JSON_STRING)
        return 0;
    *text = f->str;
    return 1;
}

/* The id, or the place for a document that has none. */
static void leave_id(struct weir_batch *b, struct weir_rec *r, const struct weir_doc *doc)
{
    r->aux_at = b->aux.n;
    if (doc->id.p)
        weir_buf_add(&b->aux, doc->id.p, doc->id.n);
    else
        weir_buf_addf(&b->aux, "%s:%llu", r->file, (unsigned long long)r->line);
    r->user[USER_ID_BYTES] = b->aux.n - r->aux_at;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct dedup *d = ctx;
    struct worker *w = thread;
    struct weir_span line = weir_rec_raw(b, r), text;
    struct weir_doc doc;
    struct weir_err why = {0};
    if (weir_doc_parse(w->json, line, &doc, &why) < 0) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    weir_rec_source(b, r, doc.source);
    leave_id(b, r, &doc);
    r->user[USER_STATE] = STATE_NO_FIELD;
    if (chosen_text(d, &doc, &text)) {
        XXH128_hash_t hash;
        r->user[USER_STATE] = sign(d, w, text, &hash) ? STATE_SIGNED : STATE_SHORT;
        r->user[USER_HASH_LOW] = hash.low64;
        r->user[USER_HASH_HIGH] = hash.high64;
    }
    if (r->user[USER_STATE] == STATE_SIGNED && !weir_buf_reserve(&b->aux, d->plan.num_perm)) {
        dedup_minhash_fold(w->min, d->plan.num_perm, (uint8_t *)b->aux.p + b->aux.n);
        b->aux.n += d->plan.num_perm;
    }
    r->aux_n = b->aux.n - r->aux_at;
    return weir_buf_check(&b->aux, err);
}

static int drop(struct dedup *d, struct weir_batch *b, struct weir_rec *r,
                enum dedup_verdict verdict, const struct dedup_twin *twin, struct weir_err *err)
{
    const double similarity =
        verdict == DEDUP_EXACT ? 1 : dedup_plan_estimate(&d->plan, twin->matches);
    weir_buf_reset(&d->detail, 4096);
    weir_buf_add_json(&d->detail, twin->id);
    weir_buf_addc(&d->detail, '\0');
    if (weir_buf_check(&d->detail, err))
        return err->code;
    weir_rec_drop(b, r, verdict == DEDUP_EXACT ? "exact-duplicate" : "near-duplicate",
                  "\"twin\":%s,\"similarity\":%.3f", d->detail.p, similarity);
    return 0;
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct dedup *d = ctx;
    const char *aux = b->aux.p + r->aux_at;
    if (r->user[USER_STATE] == STATE_NO_FIELD) {
        d->n_no_field++;
        return 0;
    }
    const struct dedup_key key = {.hash = {r->user[USER_HASH_LOW], r->user[USER_HASH_HIGH]},
                                  .sig = r->user[USER_STATE] == STATE_SIGNED
                                             ? (const uint8_t *)aux + r->user[USER_ID_BYTES]
                                             : NULL,
                                  .id = weir_span(aux, r->user[USER_ID_BYTES])};
    struct dedup_twin twin;
    const enum dedup_verdict verdict = dedup_index_find(d->index, &key, &twin);
    if (verdict != DEDUP_NEW)
        return drop(d, b, r, verdict, &twin, err);
    d->n_short += !key.sig && d->opt->near;
    return dedup_index_add(d->index, &key, err);
}

static int print_plan(const struct dedup *d, struct weir_job *job, struct weir_err *err)
{
    struct weir_buf b = {0};
    dedup_plan_print(&d->plan, &b);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return weir_job_close_output(job, rc, err);
}

static int note(struct weir_job *job, struct weir_span name, uint64_t n)
{
    const struct weir_count count = {.records = n}, none = {0};
    return n ? weir_names_add(&job->tally.notes, name, count, none) : 0;
}

/* What the ledger says beyond counts. */
static int report(const struct dedup *d, struct weir_job *job, struct weir_err *err)
{
    weir_buf_addf(&job->extra, ",\"index\":{\"documents\":%llu,\"bytes\":%llu}",
                  (unsigned long long)dedup_index_count(d->index),
                  (unsigned long long)dedup_index_bytes(d->index));
    if (d->opt->near)
        weir_buf_addf(&job->extra,
                      ",\"plan\":{\"threshold\":%g,\"bands\":%u,\"rows\":%u,\"num_perm\":%u}",
                      d->plan.threshold, d->plan.bands, d->plan.rows, d->plan.num_perm);
    if (note(job, WEIR_LIT("too short for near"), d->n_short) ||
        note(job, WEIR_LIT("without the field"), d->n_no_field))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return weir_buf_check(&job->extra, err);
}

/* Bytes for the index: three quarters of what the program itself leaves, but at least 8 MiB stay
 * for records on their way. */
static uint64_t index_memory(const struct weir_job *job)
{
    const uint64_t own = (uint64_t)24 << 20, least = (uint64_t)8 << 20;
    if (job->memory < own + least)
        return 0;
    const uint64_t left = job->memory - own;
    return left - (left / 4 > least ? left / 4 : least);
}

static int run(struct dedup *d, struct weir_job *job, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = d,
                                     .thread_new = worker_new,
                                     .thread_free = worker_free,
                                     .work = work,
                                     .commit = commit,
                                     .fixed_memory = index_memory(job)};
    dedup_perms_init(&d->perms, d->plan.num_perm, job->seed);
    d->kernel = dedup_minhash_best();
    d->fold = dedup_fold_new(err);
    if (d->fold)
        d->index =
            dedup_index_new(d->opt->exact, d->opt->near ? &d->plan : NULL, stage.fixed_memory, err);
    if (!d->index)
        return err->code;
    int rc = weir_stage_run(&stage, job, err);
    if (!rc)
        rc = report(d, job, err);
    /* A misspelt name would keep everything and say nothing. */
    if (!rc && d->n_no_field && d->n_no_field == job->tally.in.records - job->tally.bad.records)
        rc = weir_err_set(err, WEIR_EFAIL, "--field %s: no document has this field", d->opt->field);
    return weir_job_close_output(job, rc, err);
}

int weir_dedup_run(const struct weir_dedup_opt *given, struct weir_job *job, struct weir_err *err)
{
    struct weir_dedup_opt opt = *given;
    if (!opt.exact && !opt.near)
        opt.exact = opt.near = 1;
    struct dedup d = {.opt = &opt};
    int rc = dedup_rule_parse(opt.shingle, &d.rule, err);
    if (!rc)
        rc = dedup_plan_init(&d.plan, &opt, err);
    if (!rc)
        rc = opt.plan ? print_plan(&d, job, err) : run(&d, job, err);
    dedup_index_free(d.index);
    dedup_fold_free(d.fold);
    weir_buf_free(&d.detail);
    return rc;
}
