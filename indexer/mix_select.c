/* weir indexer subset and sample: sequences chosen by where they come from, or at random. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/mix_judge.h"
#include "weir/indexer.h"
#include "weir/json.h"
#include "weir/stream.h"

static void keep_all(const struct mix_seq *q, struct weir_buf *b)
{
    const uint32_t all[2] = {0, q->n};
    weir_buf_add(b, all, sizeof all);
}

/* ---- subset ---- */

struct subset {
    const struct weir_indexer_subset_opt *opt;
    struct mix_judge judge;
    struct mix_hashes ids;
    weir_json *json;
};

static int add_id(void *ctx, struct weir_span line, uint64_t number, struct weir_err *err)
{
    struct subset *s = ctx;
    (void)number;
    return line.n ? mix_hashes_add(&s->ids, mix_hash_of(line), err) : 0;
}

static int is_one_of(const struct weir_strings *words, struct weir_span s)
{
    for (size_t i = 0; i < words->n; i++)
        if (weir_span_is(s, words->at[i]))
            return 1;
    return 0;
}

static int file_is_one_of(struct subset *s, struct weir_span origin)
{
    struct weir_err ignored = {0};
    struct weir_field *f;
    size_t n;
    struct weir_buf *b = &s->judge.doc; // holds the origin, with padding behind it
    if (!origin.n || b->failed || weir_json_object(s->json, origin.p, origin.n, &f, &n, &ignored))
        return 0;
    const struct weir_field *file = weir_json_find(f, n, "file");
    return file && file->type == WEIR_JSON_STRING && is_one_of(&s->opt->files, file->str);
}

/* Each kind of condition that is given must hold; of one kind any word. */
static int verdict(void *ctx, const struct index_prov_doc *d, struct weir_err *err)
{
    struct subset *s = ctx;
    const struct weir_indexer_subset_opt *o = s->opt;
    (void)err;
    int holds = 1;
    if (o->sources.n)
        holds = is_one_of(&o->sources, d->source);
    if (holds && o->files.n)
        holds = file_is_one_of(s, d->origin);
    if (holds && o->ids)
        holds = mix_hashes_find(&s->ids, mix_hash_of(d->id)) < s->ids.n;
    return holds != o->inverted;
}

static int chosen(void *ctx, const struct mix_seq *q, struct weir_buf *b, struct weir_err *err)
{
    struct subset *s = ctx;
    const int v = mix_judge_seq(&s->judge, q, err);
    if (v == 1)
        keep_all(q, b);
    return v < 0 ? v : 0;
}

int weir_indexer_subset_run(const struct weir_indexer_subset_opt *opt, struct weir_job *job,
                            struct weir_err *err)
{
    struct subset s = {.opt = opt, .json = weir_json_new(err)};
    struct mix_one one = {0};
    struct mix_keep keep = {.ctx = &s, .stretches = chosen, .left = "other"};
    s.judge.prov.file.fd = -1;
    int rc = s.json ? 0 : err->code;
    if (!rc && !opt->sources.n && !opt->files.n && !opt->ids)
        rc = weir_err_set(err, WEIR_EUSAGE, "which ones? give --source, --file or --ids");
    if (!rc && opt->ids)
        rc = mix_each_line(opt->ids, add_id, &s, err);
    mix_hashes_sort(&s.ids);
    if (!rc)
        rc = mix_one_open(&one, job, job->inputs[0], err);
    if (!rc)
        rc = mix_judge_open(&s.judge, &one, verdict, &s, err);
    if (!rc)
        rc = mix_one_keep(&one, &keep, "weir indexer subset", err);
    mix_judge_close(&s.judge);
    mix_one_close(&one);
    weir_json_free(s.json);
    free(s.ids.at);
    return weir_job_close_output(job, rc, err);
}

/* ---- sample ---- */

struct sample {
    struct mix_one one;
    struct mix_slice slice;
};

static int drawn(void *ctx, const struct mix_seq *q, struct weir_buf *b, struct weir_err *err)
{
    const struct sample *s = ctx;
    const struct mix_pos pos = {0, mix_rank(&s->one.plan, 0, q->seq, 0), q->seq};
    const uint32_t cut[2] = {0, s->slice.cut};
    (void)err;
    if (mix_pos_before(&pos, &s->slice.to))
        keep_all(q, b);
    else if (s->slice.cut && !mix_pos_before(&s->slice.to, &pos))
        weir_buf_add(b, cut, sizeof cut);
    return 0;
}

static int draw(struct sample *s, const struct weir_indexer_sample_opt *o, struct weir_err *err)
{
    const struct mix_source *src = &s->one.spec.sources[0];
    const uint64_t millionths = (uint64_t)(o->share * MIX_UNIT + 0.5);
    const uint64_t samples =
        o->samples ? (uint64_t)o->samples
                   : (uint64_t)((unsigned __int128)src->n_seqs * millionths / MIX_UNIT);
    if (!!o->samples + !!o->tokens + (o->share > 0) != 1)
        return weir_err_set(err, WEIR_EUSAGE, "how many? give one of --samples, --tokens, --share");
    if ((uint64_t)o->tokens > src->n_tokens || samples > src->n_seqs)
        return weir_err_set(err, WEIR_EUSAGE,
                            "%s has %" PRIu64 " samples of %" PRIu64 " tokens, not so many",
                            s->one.parts.at[0].prefix, src->n_seqs, src->n_tokens);
    s->one.plan.seed = s->one.job->seed;
    s->one.plan.whole = s->one.parts.with_manifest && s->one.parts.all.pad >= 0;
    return mix_plan_draw(&s->one.plan, &s->slice, o->tokens > 0,
                         o->tokens ? (uint64_t)o->tokens : samples, err);
}

int weir_indexer_sample_run(const struct weir_indexer_sample_opt *opt, struct weir_job *job,
                            struct weir_err *err)
{
    struct sample s = {.slice = {0}};
    struct mix_keep keep = {.ctx = &s, .stretches = drawn, .left = "not-drawn"};
    char command[80];
    snprintf(command, sizeof command, "weir indexer sample --seed %" PRIu64, job->seed);
    int rc = mix_one_open(&s.one, job, job->inputs[0], err);
    if (!rc)
        rc = draw(&s, opt, err);
    if (!rc)
        rc = mix_one_keep(&s.one, &keep, command, err);
    mix_one_close(&s.one);
    return weir_job_close_output(job, rc, err);
}
