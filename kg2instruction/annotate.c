/* weir kg2instruction annotate: the stage. */
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ann_open.h"
#include "weir/stream.h"

void weir_kg_annotate_opt_init(void *opt)
{
    *(struct weir_kg_annotate_opt *)opt = (struct weir_kg_annotate_opt){.longest = 512};
}

struct run {
    struct ann_shared sh;
    uint64_t negated, contradictory, triples, cut;
};

struct thread {
    weir_json *json;
    struct ann_doc d;
};

static void thread_free(void *thread)
{
    struct thread *t = thread;
    if (!t)
        return;
    weir_json_free(t->json);
    ann_doc_free(&t->d);
    free(t);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    struct run *run = ctx;
    struct thread *t = weir_calloc(1, sizeof *t);
    if (!t) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        return NULL;
    }
    t->d.sh = &run->sh;
    t->json = weir_json_new(err);
    if (t->json)
        return t;
    thread_free(t);
    return NULL;
}

/* Chinese when one letter in six is, whatever the document says of itself. */
static int is_english(const struct ann_doc *d)
{
    if (d->sh->opt->language != WEIR_KG_AUTO)
        return d->sh->opt->language == WEIR_KG_EN;
    const size_t n = d->doc.text.n < 4096 ? d->doc.text.n : 4096;
    size_t han = 0;
    for (size_t i = 0; i < n; i++)
        han += (unsigned char)d->doc.text.p[i] >= 0xE3 && (unsigned char)d->doc.text.p[i] < 0xEA;
    return 6 * han < n;
}

static int annotate(struct ann_doc *d, struct weir_err *err)
{
    d->bad_field = 0;
    d->english = is_english(d);
    d->lang = kg_lang_find(d->sh->kg, d->english ? "en" : "zh");
    if (ann_text_set(&d->text, d->sh->fold, d->doc.text) || ann_cut(d))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    const int rc = ann_mark_all(d, err);
    return rc ? rc : ann_relate(d, err);
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct thread *t = thread;
    struct ann_doc *d = &t->d;
    struct weir_err why = {0};
    (void)ctx;
    if (weir_doc_parse(t->json, weir_rec_raw(b, r), &d->doc, &why)) {
        weir_rec_bad(b, r, "bad-document", "%s", why.msg);
        return 0;
    }
    weir_rec_source(b, r, d->doc.source);
    const int rc = annotate(d, &why);
    if (rc == WEIR_EBAD && d->bad_field) {
        weir_rec_bad(b, r, "bad-links", "%s", why.msg);
        return 0;
    }
    if (rc)
        return weir_err_set(err, rc, "%s", why.msg);
    const size_t at = b->out.n;
    uint32_t n;
    if (ann_write(d, &b->out, &n, err))
        return err->code;
    r->user[0] = d->n_triples, r->user[1] = d->n_negated, r->user[2] = d->n_contradictory;
    r->user[3] = (uint64_t)d->cut;
    if (!n) {
        weir_rec_drop(b, r, "no-triples", NULL);
        return 0;
    }
    r->fate = WEIR_MADE;
    r->out_at = at;
    r->out_n = b->out.n - at;
    r->n_out = n;
    return 0;
}

static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct run *run = ctx;
    (void)b, (void)err;
    run->triples += r->user[0];
    run->negated += r->user[1];
    run->contradictory += r->user[2];
    run->cut += r->user[3];
    return 0;
}

/* ---- the schema ---- */

static void add_types(struct weir_buf *b, uint32_t tails, int english)
{
    int n = 0;
    for (unsigned i = 0; i <= ANN_QUANTITY_TYPE; i++)
        if (tails >> i & 1)
            weir_buf_addf(b, "%s\"%s\"", n++ ? "," : "", ann_topic_name(i, english));
}

/* The properties of a relation; rows behind one another that share its name are one. */
static void add_pids(struct weir_buf *b, const struct ann_relation *r)
{
    int n = 0;
    for (const struct ann_relation *k = r; k->zh && !strcmp(k->zh, r->zh); k++)
        for (int i = 0; i < ANN_PIDS && k->pids[i]; i++)
            weir_buf_addf(b, "%s\"P%u\"", n++ ? "," : "", k->pids[i]);
}

/* One line a topic, as InstructIE has them. */
static void add_topic(struct weir_buf *b, unsigned topic, int english)
{
    int n = 0;
    weir_buf_addf(b, "{\"topic\":\"%s\",\"relations\":[", ann_topic_name(topic, english));
    for (const struct ann_relation *r = ann_relations; r->zh; r++) {
        if (!(r->topics >> topic & 1) || (r > ann_relations && !strcmp(r->zh, r[-1].zh)))
            continue;
        weir_buf_addf(b, "%s{\"relation\":\"%s\",\"pids\":[", n++ ? "," : "",
                      english ? r->en : r->zh);
        add_pids(b, r);
        weir_buf_adds(b, "],\"tail_types\":[");
        add_types(b, r->tails, english);
        weir_buf_adds(b, "]}");
    }
    weir_buf_adds(b, "]}\n");
}

static int list_schema(const struct weir_kg_annotate_opt *opt, struct weir_job *job,
                       struct weir_err *err)
{
    struct weir_buf b = {0};
    for (unsigned t = 0; t < ANN_N_TOPICS; t++)
        add_topic(&b, t, opt->language == WEIR_KG_EN);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return weir_job_close_output(job, rc, err);
}

/* ---- run ---- */

static int note(struct weir_job *job, const char *name, uint64_t n)
{
    const struct weir_count count = {.records = n}, none = {0};
    return n ? weir_names_add(&job->tally.notes, weir_span(name, strlen(name)), count, none) : 0;
}

int weir_kg_annotate_run(const struct weir_kg_annotate_opt *opt, struct weir_job *job,
                         struct weir_err *err)
{
    struct run run = {.sh.opt = opt};
    const struct ann_paths paths = {opt->kg, opt->index, opt->stop};
    if (opt->list_schema)
        return list_schema(opt, job, err);
    if (opt->longest < 1)
        return weir_err_set(err, WEIR_EUSAGE, "--longest must be at least 1");
    int rc = ann_shared_open(&run.sh, &paths, job, err);
    if (!rc) {
        const struct weir_stage stage = {.ctx = &run,
                                         .thread_new = thread_new,
                                         .thread_free = thread_free,
                                         .work = work,
                                         .commit = commit,
                                         .fixed_memory = kg_fold_memory(run.sh.fold) + (1 << 20),
                                         .thread_memory = 8 << 20};
        rc = weir_stage_run(&stage, job, err);
    }
    if (!rc && (note(job, "triples", run.triples) || note(job, "negated", run.negated) ||
                note(job, "contradictory", run.contradictory) ||
                note(job, "documents too dense to try every pair", run.cut)))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    ann_shared_close(&run.sh);
    return weir_job_close_output(job, rc, err);
}
