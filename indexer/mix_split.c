/* weir indexer split: documents to train, validate and test with, near-duplicates on one side. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/mix_judge.h"
#include "lib/xxh.h"
#include "weir/indexer.h"
#include "weir/json.h"
#include "weir/stream.h"

enum { N_PARTS = 3 };
static const char *const part_names[N_PARTS] = {"train", "valid", "test"};

struct pair {
    struct mix_hash a, b;
};

struct split {
    const struct weir_indexer_split_opt *opt;
    uint64_t seed;
    uint64_t ends[N_PARTS]; // of each part's share of 2^64
    int has[N_PARTS];
    struct pair *pairs; // of twins
    size_t n_pairs, cap_pairs;
    struct mix_hashes ids; // that have a twin
    size_t *root;          // of each: the smallest of its cluster
    weir_json *json, *record;
    struct mix_judge judge;
    int part; // being written
};

/* ---- clusters ---- */

static size_t find_root(size_t *root, size_t i)
{
    while (root[i] != i)
        i = root[i] = root[root[i]];
    return i;
}

/* {"twin":ID, …} with "id", or "record" with one. */
static int add_twins(void *ctx, struct weir_span line, uint64_t number, struct weir_err *err)
{
    struct split *s = ctx;
    struct weir_field *f, *r;
    size_t n, n_r;
    if (!line.n)
        return 0;
    int rc = weir_json_object(s->json, line.p, line.n, &f, &n, err);
    const struct weir_field *twin = rc ? NULL : weir_json_find(f, n, "twin");
    const struct weir_field *id = rc ? NULL : weir_json_find(f, n, "id");
    const struct weir_field *record = rc ? NULL : weir_json_find(f, n, "record");
    if (!rc && !id && record && record->type == WEIR_JSON_OBJECT) {
        rc = weir_json_object(s->record, record->raw.p, record->raw.n, &r, &n_r, err);
        id = rc ? NULL : weir_json_find(r, n_r, "id");
    }
    if (!rc && twin && twin->type == WEIR_JSON_STRING && id && id->type == WEIR_JSON_STRING) {
        if (weir_grow(&s->pairs, &s->cap_pairs, s->n_pairs + 1, sizeof *s->pairs))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
        s->pairs[s->n_pairs++] = (struct pair){mix_hash_of(id->str), mix_hash_of(twin->str)};
    }
    if (rc)
        weir_err_prefix(err, "%s:%" PRIu64, s->opt->twins, number);
    return rc;
}

static int make_clusters(struct split *s, struct weir_err *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < s->n_pairs; i++) {
        rc = mix_hashes_add(&s->ids, s->pairs[i].a, err);
        if (!rc)
            rc = mix_hashes_add(&s->ids, s->pairs[i].b, err);
    }
    mix_hashes_sort(&s->ids);
    s->root = rc ? NULL : weir_calloc(s->ids.n + 1, sizeof *s->root);
    if (!s->root)
        return rc ? rc : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < s->ids.n; i++)
        s->root[i] = i;
    for (size_t i = 0; i < s->n_pairs; i++) {
        const size_t a = find_root(s->root, mix_hashes_find(&s->ids, s->pairs[i].a));
        const size_t b = find_root(s->root, mix_hashes_find(&s->ids, s->pairs[i].b));
        s->root[a > b ? a : b] = a > b ? b : a;
    }
    return 0;
}

/* ---- which part ---- */

/* By the document, or by its cluster's first member, alone: not by what else is in the dataset. */
static int verdict(void *ctx, const struct index_prov_doc *d, struct weir_err *err)
{
    struct split *s = ctx;
    struct mix_hash h = mix_hash_of(d->id);
    (void)err;
    const size_t i = mix_hashes_find(&s->ids, h);
    if (i < s->ids.n)
        h = s->ids.at[find_root(s->root, i)];
    const uint64_t u = XXH3_64bits_withSeed(&h, sizeof h, s->seed);
    int part = 0;
    while (part < N_PARTS - 1 && (!s->has[part] || u > s->ends[part]))
        part++;
    return part;
}

static int of_part(void *ctx, const struct mix_seq *q, struct weir_buf *b, struct weir_err *err)
{
    struct split *s = ctx;
    const uint32_t all[2] = {0, q->n};
    const int v = mix_judge_seq(&s->judge, q, err);
    if (v == MIX_DIFFER)
        return weir_err_set(err, WEIR_EBAD,
                            "sequence %" PRIu64 " holds documents of different parts: split before "
                            "samples are packed",
                            q->seq);
    if (v == s->part)
        weir_buf_add(b, all, sizeof all);
    return v < 0 ? v : 0;
}

static int read_shares(struct split *s, struct weir_err *err)
{
    const struct weir_indexer_split_opt *o = s->opt;
    const double rest = 1 - o->valid - o->test, train = o->train > 0 ? o->train : rest;
    const double shares[N_PARTS] = {train, o->valid, o->test};
    double sum = 0;
    if (train < 0 || train + o->valid + o->test > 1 + 1e-9 || train + o->valid + o->test < 1 - 1e-9)
        return weir_err_set(err, WEIR_EUSAGE, "the shares add up to %g, not to 1",
                            train < 0 ? o->valid + o->test : train + o->valid + o->test);
    for (int i = 0; i < N_PARTS; i++) {
        sum += shares[i];
        const double end = sum * 18446744073709551616.0;
        s->has[i] = shares[i] > 1e-12;
        s->ends[i] = end >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)end;
    }
    /* rounding must not leave the last ones without a part */
    for (int i = N_PARTS; i-- > 0;)
        if (s->has[i]) {
            s->ends[i] = UINT64_MAX;
            break;
        }
    return 0;
}

/* ---- writing ---- */

static int write_part(struct split *s, struct weir_job *job, const char *output, int last,
                      struct weir_err *err)
{
    struct mix_one one = {0};
    struct mix_keep keep = {.ctx = s, .stretches = of_part, .left = "other-part"};
    char command[100];
    struct weir_buf name = {0};
    weir_buf_addf(&name, "%s-%s", output, part_names[s->part]);
    weir_buf_addc(&name, '\0');
    snprintf(command, sizeof command, "weir indexer split --seed %" PRIu64 ": %s", s->seed,
             part_names[s->part]);
    int rc = weir_buf_check(&name, err);
    job->output = rc ? output : name.p;
    rc = rc ? rc : mix_one_open(&one, job, job->inputs[0], err);
    if (!rc)
        rc = mix_judge_open(&s->judge, &one, verdict, s, err);
    if (!rc)
        rc = mix_one_keep(&one, &keep, command, err);
    mix_judge_close(&s->judge);
    mix_one_close(&one);
    job->output = output;
    const int defer = job->defer_commit;
    job->defer_commit = defer && last; // of several datasets only the last one's name can wait
    rc = weir_job_close_output(job, rc, err);
    job->defer_commit = defer;
    weir_buf_free(&name);
    return rc;
}

static int write_parts(struct split *s, struct weir_job *job, struct weir_err *err)
{
    const char *const output = job->output;
    struct weir_tally all = {0};
    int last = 0, rc = 0;
    for (int i = 0; i < N_PARTS; i++)
        last = s->has[i] ? i : last;
    if (!strcmp(output, "-"))
        return weir_err_set(err, WEIR_EUSAGE, "needs -o NAME: NAME-train, NAME-valid, NAME-test");
    for (s->part = 0; !rc && s->part < N_PARTS; s->part++) {
        if (!s->has[s->part])
            continue;
        rc = write_part(s, job, output, s->part == last, err);
        /* the dataset was read once a part; it counts once */
        const struct weir_count in = job->tally.in, out = job->tally.out;
        all.out.records += out.records, all.out.bytes += out.bytes, all.out.tokens += out.tokens;
        if (!rc &&
            weir_names_add(&all.sources,
                           weir_span(part_names[s->part], strlen(part_names[s->part])), out, out))
            rc = weir_err_set(err, WEIR_EMEM, "out of memory");
        for (size_t k = 0; k < job->tally.reasons.n; k++)
            free(job->tally.reasons.at[k].name);
        free(job->tally.reasons.at);
        memset(&job->tally, 0, sizeof job->tally);
        all.in = in;
        if (s->part != last)
            job->input_list.n = 0;
    }
    all.kept = all.in;
    job->tally = all;
    return rc;
}

int weir_indexer_split_run(const struct weir_indexer_split_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    struct split s = {
        .opt = opt, .seed = job->seed, .json = weir_json_new(err), .record = weir_json_new(err)};
    s.judge.prov.file.fd = -1;
    int rc = s.json && s.record ? read_shares(&s, err) : err->code;
    if (!rc && opt->twins)
        rc = mix_each_line(opt->twins, add_twins, &s, err);
    if (!rc)
        rc = make_clusters(&s, err);
    if (!rc)
        rc = write_parts(&s, job, err);
    free(s.pairs);
    free(s.ids.at);
    free(s.root);
    weir_json_free(s.json);
    weir_json_free(s.record);
    return rc;
}
