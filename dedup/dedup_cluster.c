/* The two steps over all signature files: match finds the documents that share a bucket with
 * another one, cluster decides on them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dedup/dedup_shards.h"
#include "dedup/dedup_sign.h"

/* ---- match ---- */

struct match {
    struct dedup_shards shards;
    dedup_match *match;
};

static int match_next(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return dedup_shards_next(&((struct match *)ctx)->shards, b, err);
}

static int bad_record(const struct weir_rec *r, struct weir_err *err)
{
    weir_err_prefix(err, "%s", r->file);
    return err->code;
}

static int match_commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct match *m = ctx;
    struct dedup_key k;
    r->fate = WEIR_MADE; // of nothing
    if (dedup_record_get(weir_rec_raw(b, r), &m->shards.plan, &k, err))
        return bad_record(r, err);
    return k.absent ? 0 : dedup_match_add(m->match, r->user[0], &k, err);
}

/* "A-B" or "A"; all when NULL. */
static int parse_bands(const char *s, unsigned n, unsigned *first, unsigned *last,
                       struct weir_err *err)
{
    *first = 0;
    *last = n - 1;
    if (!s)
        return 0;
    char *end = NULL;
    if (*s >= '0' && *s <= '9')
        *first = *last = (unsigned)strtoul(s, &end, 10);
    if (end && *end == '-' && end[1] >= '0' && end[1] <= '9')
        *last = (unsigned)strtoul(end + 1, &end, 10);
    if (!end || *end || *first > *last || *last >= n)
        return weir_err_set(err, WEIR_EUSAGE, "--bands %s: not A-B with bands from 0 to %u", s,
                            n - 1);
    return 0;
}

static int match_run(struct match *m, struct weir_job *job, unsigned first, unsigned last,
                     struct weir_err *err)
{
    const uint64_t memory = dedup_own_memory(job);
    const struct weir_stage stage = {.ctx = m,
                                     .next = match_next,
                                     .commit = match_commit,
                                     .fixed_memory = memory,
                                     .no_newline = 1};
    struct dedup_bits bits = {0};
    m->match =
        dedup_match_new(&m->shards.plan, first, last, memory - memory / 4, job->temp_dir, err);
    int rc = m->match ? weir_stage_run(&stage, job, err) : err->code;
    if (!rc) {
        bits.n = m->shards.next / 8 + 1;
        if (bits.n > memory / 4 || !(bits.at = weir_calloc(bits.n, 1)))
            rc = weir_err_set(err, WEIR_EMEM, "a bit a document does not fit: raise -m");
    }
    if (!rc)
        rc = dedup_match_finish(m->match, bits.at, err);
    if (!rc)
        rc = dedup_bits_write(&bits, &m->shards, first, last, job->out, err);
    if (!rc)
        weir_buf_addf(&job->extra, ",\"temp_bytes\":%llu",
                      (unsigned long long)dedup_match_temp(m->match));
    free(bits.at);
    dedup_match_free(m->match);
    return weir_job_close_output(job, rc, err);
}

int weir_dedup_match_run(const struct weir_dedup_match_opt *opt, struct weir_job *job,
                         struct weir_err *err)
{
    struct match m = {0};
    unsigned first = 0, last = 0;
    int rc = dedup_shards_open(&m.shards, job, err);
    if (!rc)
        rc = parse_bands(opt->bands, dedup_plan_tables(&m.shards.plan), &first, &last, err);
    if (!rc)
        rc = match_run(&m, job, first, last, err);
    dedup_shards_free(&m.shards);
    return rc;
}

/* ---- cluster ---- */

struct cluster {
    struct dedup_shards shards;
    struct weir_job *job;
    struct dedup_bits bits; // at NULL: every document is looked at
    struct dedup_shard *matched;
    size_t n_matched;
    dedup_greedy *greedy;
    dedup_ranked *ranked;
};

static int cluster_next(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return dedup_shards_next(&((struct cluster *)ctx)->shards, b, err);
}

static int is_candidate(const struct cluster *c, uint64_t number)
{
    return !c->bits.at || (number / 8 < c->bits.n && dedup_bit(c->bits.at, number));
}

static int cluster_commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct cluster *c = ctx;
    struct dedup_key k;
    struct dedup_drop drop;
    const struct weir_span record = weir_rec_raw(b, r);
    r->fate = WEIR_MADE; // of nothing
    if (dedup_record_get(record, &c->shards.plan, &k, err))
        return bad_record(r, err);
    if (k.absent || !is_candidate(c, r->user[0]))
        return 0;
    if (c->ranked)
        return dedup_ranked_add(c->ranked, r->user[0], &k, record, err);
    const int rc = dedup_greedy_offer(c->greedy, r->user[0], &k, &drop, err);
    if (rc == DEDUP_EXACT || rc == DEDUP_NEAR)
        return dedup_greedy_note(c->greedy, &drop, err);
    return rc < 0 ? rc : 0;
}

/* The match files must be of these very signatures. */
static int check_matched(const struct cluster *c, struct weir_err *err)
{
    int same = c->n_matched == c->shards.n_part;
    for (size_t i = 0; same && i < c->n_matched; i++)
        same = !memcmp(&c->matched[i], &c->shards.part[i].shard, sizeof *c->matched);
    return same || !c->bits.at
               ? 0
               : weir_err_set(err, WEIR_EBAD,
                              "the --match files were made from other signature files, or from "
                              "these in another order");
}

/* The last ".sig" of a name, or its end. */
static const char *suffix(const char *base)
{
    const char *found = base + strlen(base);
    for (const char *p = base; *p && (p = strstr(p + 1, ".sig"));)
        found = p;
    return found;
}

/* DIR/A.verdict for A.sig.zst. */
static int verdict_name(const struct weir_dedup_cluster_opt *opt, const char *sig,
                        struct weir_buf *name)
{
    const char *slash = strrchr(sig, '/'), *base = slash ? slash + 1 : sig;
    name->n = 0;
    if (opt->verdicts)
        weir_buf_addf(name, "%s/", opt->verdicts);
    else
        weir_buf_add(name, sig, (size_t)(base - sig));
    weir_buf_add(name, base, (size_t)(suffix(base) - base));
    weir_buf_adds(name, ".verdict");
    weir_buf_addc(name, 0);
    return name->failed;
}

/* The verdicts on one shard; drop is the next one of all, got whether there is one. */
static int write_verdicts(struct cluster *c, const struct dedup_part *p, weir_io *io,
                          struct dedup_drop *drop, int *got, uint64_t count[2],
                          struct weir_err *err)
{
    struct dedup_writer w;
    struct weir_buf b = {0};
    int rc = dedup_write_begin(&w, io, DEDUP_VERDICT_MAGIC,
                               weir_span((const char *)&p->shard, sizeof p->shard), err);
    while (!rc && *got && drop->order - p->base < p->shard.documents) {
        drop->order -= p->base;
        b.n = 0;
        dedup_verdict_put(&b, drop);
        count[drop->verdict == DEDUP_NEAR]++;
        rc = weir_buf_check(&b, err);
        if (!rc)
            rc = dedup_write_record(&w, weir_buf_span(&b), err);
        if (!rc)
            *got = dedup_greedy_next(c->greedy, drop, err);
        rc = *got < 0 ? *got : rc;
    }
    if (!rc)
        rc = dedup_write_end(&w, p->shard.content, err);
    dedup_writer_free(&w);
    weir_buf_free(&b);
    return rc;
}

/* A line of the output: what was decided on one shard. */
static int say(struct weir_job *job, const struct dedup_part *p, const char *verdict,
               const uint64_t count[2], struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_buf_adds(&b, "{\"signatures\":");
    weir_buf_add_json_lossy(&b, weir_span(p->name, strlen(p->name)));
    weir_buf_adds(&b, ",\"verdict\":");
    weir_buf_add_json_lossy(&b, weir_span(verdict, strlen(verdict)));
    weir_buf_addf(&b, ",\"documents\":%llu,\"exact\":%llu,\"near\":%llu}\n",
                  (unsigned long long)p->shard.documents, (unsigned long long)count[0],
                  (unsigned long long)count[1]);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(job->out, b.p, b.n, err);
    job->tally.out.records++;
    job->tally.out.bytes += b.n - 1;
    weir_buf_free(&b);
    return rc;
}

static int write_part(struct cluster *c, const struct dedup_part *p, const char *name,
                      struct dedup_drop *drop, int *got, struct weir_err *err)
{
    uint64_t count[2] = {0};
    weir_io *io = weir_io_open_write(name, err);
    if (!io)
        return err->code;
    const int rc = write_verdicts(c, p, io, drop, got, count, err);
    if (rc) {
        weir_io_abort(io);
        return rc;
    }
    const int closed = weir_io_close(io, err);
    return closed ? closed : say(c->job, p, name, count, err);
}

static int write_all(struct cluster *c, const struct weir_dedup_cluster_opt *opt,
                     struct weir_err *err)
{
    struct weir_buf name = {0};
    struct dedup_drop drop;
    if (opt->verdicts && mkdir(opt->verdicts, 0777) && errno != EEXIST)
        return weir_err_errno(err, "%s: cannot make this folder", opt->verdicts);
    int got = dedup_greedy_next(c->greedy, &drop, err);
    int rc = got < 0 ? got : 0;
    for (size_t i = 0; !rc && i < c->shards.n_part; i++) {
        rc = verdict_name(opt, c->shards.part[i].name, &name)
                 ? weir_err_set(err, WEIR_EMEM, "out of memory")
                 : write_part(c, &c->shards.part[i], name.p, &drop, &got, err);
    }
    weir_buf_free(&name);
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two shards whose verdicts would have one name: one would be lost. */
static int check_names(const struct weir_dedup_cluster_opt *opt, const struct weir_job *job,
                       struct weir_err *err)
{
    char **names = weir_calloc(job->n_inputs + 1, sizeof *names);
    struct weir_buf b = {0};
    int rc = names ? 0 : WEIR_EMEM;
    for (size_t i = 0; !rc && i < job->n_inputs; i++)
        if (verdict_name(opt, job->inputs[i], &b) || !(names[i] = strdup(b.p)))
            rc = WEIR_EMEM;
    if (rc)
        weir_err_set(err, rc, "out of memory");
    else
        qsort(names, job->n_inputs, sizeof *names, by_text);
    for (size_t i = 1; !rc && i < job->n_inputs; i++)
        if (!strcmp(names[i], names[i - 1]))
            rc = weir_err_set(err, WEIR_EUSAGE, "two signature files would have the verdicts %s",
                              names[i]);
    for (size_t i = 0; names && i < job->n_inputs; i++)
        free(names[i]);
    free(names);
    weir_buf_free(&b);
    return rc;
}

static void report(const struct cluster *c)
{
    struct dedup_greedy_stats s;
    dedup_greedy_look(c->greedy, &s);
    weir_buf_addf(
        &c->job->extra,
        ",\"index\":{\"documents\":%llu,\"bytes\":%llu,\"passes\":%u},\"temp_bytes\":%llu",
        (unsigned long long)s.indexed, (unsigned long long)s.index_bytes, s.passes,
        (unsigned long long)s.temp_bytes);
}

static int cluster_run(struct cluster *c, const struct weir_dedup_cluster_opt *opt,
                       struct weir_err *err)
{
    struct weir_job *job = c->job;
    const struct dedup_plan *plan = &c->shards.plan;
    const uint64_t memory = dedup_own_memory(job);
    const struct weir_stage stage = {.ctx = c,
                                     .next = cluster_next,
                                     .commit = cluster_commit,
                                     .fixed_memory = memory,
                                     .no_newline = 1};
    int rc = opt->match.n ? dedup_bits_read(&c->bits, &opt->match, &c->shards, memory / 4,
                                            &c->matched, &c->n_matched, err)
                          : 0;
    const uint64_t sorting = c->shards.params.flags & DEDUP_P_RANKED ? memory / 4 : 0;
    if (!rc &&
        !(c->greedy = dedup_greedy_new(plan, memory - sorting - c->bits.n, job->temp_dir, err)))
        rc = err->code;
    if (!rc && sorting && !(c->ranked = dedup_ranked_new(sorting, job->temp_dir, err)))
        rc = err->code;
    if (rc)
        return rc;
    if (c->bits.at)
        dedup_greedy_matched(c->greedy);
    rc = weir_stage_run(&stage, job, err);
    if (!rc)
        rc = check_matched(c, err);
    if (!rc && c->ranked)
        rc = dedup_ranked_offer(c->ranked, plan, c->greedy, err);
    if (!rc)
        rc = dedup_greedy_finish(c->greedy, err);
    if (!rc)
        rc = write_all(c, opt, err);
    if (!rc)
        report(c);
    return weir_job_close_output(job, rc, err);
}

int weir_dedup_cluster_run(const struct weir_dedup_cluster_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    struct cluster c = {.job = job};
    int rc = check_names(opt, job, err);
    if (!rc)
        rc = dedup_shards_open(&c.shards, job, err);
    if (!rc)
        rc = cluster_run(&c, opt, err);
    dedup_greedy_free(c.greedy);
    dedup_ranked_free(c.ranked);
    free(c.bits.at);
    free(c.matched);
    dedup_shards_free(&c.shards);
    return rc;
}
