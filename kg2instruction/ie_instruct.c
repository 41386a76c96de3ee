/* The common form to instructions. */
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "kg2instruction/ie_ask.h"
#include "kg2instruction/ie_prompt.h"
#include "lib/twice.h"
#include "lib/xxh.h"
#include "weir/kg2instruction.h"

#define SCHEMA_MEMORY ((uint64_t)16 << 20) // labels and their texts are bounded
#define PAIRS_MEMORY  ((uint64_t)32 << 20)

enum { ALPACA, IEPILE };

struct run {
    const struct weir_instruct_opt *opt;
    enum ie_task task;
    struct ie_schema schema;
    struct ie_prompts prompts;
    struct ie_ask ask;
    struct ie_pairs *pairs; // while near labels are learnt
    uint64_t seed;
    uint64_t outside; // facts outside the schema
    /* The first pass's. */
    weir_json *json;
    struct ie_doc doc;
};

struct worker {
    weir_json *json;
    struct ie_doc doc;
    struct weir_buf task, answer, label;
};

void weir_instruct_opt_init(void *opt)
{
    *(struct weir_instruct_opt *)opt = (struct weir_instruct_opt){.neg_ratio = 1, .neg_schema = 1};
}

static void thread_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    ie_doc_free(&w->doc);
    weir_buf_free(&w->task);
    weir_buf_free(&w->answer);
    weir_buf_free(&w->label);
    free(w);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    struct worker *w = weir_calloc(1, sizeof *w);
    if (w && (w->json = weir_json_new(err)))
        return w;
    weir_err_set(err, WEIR_EMEM, "out of memory");
    free(w);
    return NULL;
}

/* ---- a record ---- */

struct record {
    const struct ie_val *rec;
    struct weir_span text;
    struct ie_facts facts;
};

/* 0: read; 1: left out, the record's fate says why; negative: the run ends. */
static int read_record(const struct run *run, weir_json *json, struct ie_doc *doc,
                       struct weir_batch *b, struct weir_rec *r, struct record *to,
                       struct weir_err *err)
{
    struct weir_err why = {0};
    struct weir_field *f;
    const char *wrong;
    size_t n, at = 0;
    const struct weir_span raw = weir_rec_raw(b, r);
    ie_doc_reset(doc);
    if (weir_json_object(json, raw.p, raw.n, &f, &n, &why) < 0) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-json", "%s", why.msg);
        return 1;
    }
    to->rec = ie_parse(doc, raw, &at);
    to->text = ie_text(to->rec, "text");
    if (to->rec && !to->text.p) {
        weir_rec_bad(b, r, "bad-record", "no \"text\"");
        return 1;
    }
    const int rc =
        to->rec ? ie_facts_read(doc, run->task, to->rec, to->text, &to->facts, &wrong) : WEIR_EMEM;
    if (rc == WEIR_EMEM)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (rc < 0)
        weir_rec_bad(b, r, "bad-record", "%s", wrong);
    else if (rc > 0)
        weir_rec_drop(b, r, "not-annotated", NULL);
    return rc != 0;
}

/* ---- the first pass: which labels there are, and which stand together ---- */

static int count_pairs(struct run *run, const struct ie_facts *f, struct weir_err *err)
{
    uint32_t item[IE_MAX_FACTS];
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        const size_t k = f->at[i].label.p ? ie_schema_find(&run->schema, f->at[i].label) : SIZE_MAX;
        size_t x = 0;
        while (x < n && item[x] != k)
            x++;
        if (k != SIZE_MAX && x == n)
            item[n++] = (uint32_t)k;
    }
    return ie_pairs_add(run->pairs, item, n, err);
}

static int look(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct run *run = ctx;
    struct record rec;
    const int rc = read_record(run, run->json, &run->doc, b, r, &rec, err);
    if (!rc && !run->opt->schema && ie_schema_add_facts(&run->schema, run->task, &rec.facts, err))
        return err->code;
    if (!rc && run->pairs && count_pairs(run, &rec.facts, err))
        return err->code;
    weir_twice_pass(r); // what is bad the second pass says
    return rc < 0 ? rc : 0;
}

static int first_pass(struct run *run, struct weir_twice *twice, struct weir_err *err)
{
    const int learn = run->opt->hard && !strcmp(run->opt->hard, "learn");
    const struct weir_stage stage = {
        .ctx = run, .commit = look, .fixed_memory = SCHEMA_MEMORY + (learn ? PAIRS_MEMORY : 0)};
    run->json = weir_json_new(err);
    run->pairs = learn ? ie_pairs_new(err) : NULL;
    int rc = run->json && (run->pairs || !learn) ? weir_twice_look(twice, &stage, err) : err->code;
    if (!rc && learn)
        rc = ie_pairs_near(run->pairs, &run->schema, err);
    weir_json_free(run->json);
    ie_doc_free(&run->doc);
    ie_pairs_free(run->pairs);
    run->pairs = NULL;
    return rc;
}

/* ---- the second pass ---- */

/* Facts that the schema does not have are not asked for, and not answered. */
static void leave_out(struct run *run, const struct ie_val *rec, struct ie_facts *f)
{
    size_t n = 0;
    if (ie_get(rec, "schema"))
        return; // the record knows what it asks for
    for (size_t i = 0; i < f->n; i++) {
        const struct ie_fact *x = &f->at[i];
        int is_in = x->label.p && ie_schema_find(&run->schema, x->label) != SIZE_MAX;
        for (size_t k = 0; !x->label.p && k < run->schema.n && !is_in; k++)
            is_in = ie_fact_is(run->task, &run->schema.item[k], x);
        if (is_in)
            f->at[n++] = *x;
        else
            __atomic_fetch_add(&run->outside, 1, __ATOMIC_RELAXED);
    }
    f->n = n;
}

static int is_same(const struct ie_fact *a, const struct ie_fact *b)
{
    return weir_span_eq(a->label, b->label) && weir_span_eq(a->a, b->a) &&
           weir_span_eq(a->b, b->b) && weir_span_eq(a->relation, b->relation) && !a->n_args &&
           !b->n_args;
}

static void make_unique(struct ie_facts *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++) {
        size_t k = 0;
        while (k < n && !is_same(&f->at[k], &f->at[i]))
            k++;
        if (k == n)
            f->at[n++] = f->at[i];
    }
    f->n = n;
}

static void member(struct weir_buf *b, const char *key, struct weir_span s)
{
    weir_buf_addf(b, "\"%s\": ", key);
    weir_buf_add_json(b, s);
}

/* IEPile's id: the SHA-256 of the text. */
static void put_text_id(struct weir_buf *b, struct weir_span text)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA2_CTX c;
    SHA256Init(&c);
    SHA256Update(&c, (const uint8_t *)text.p, text.n);
    SHA256Final(digest, &c);
    weir_buf_adds(b, "\"id\": \"");
    weir_buf_add_hex(b, digest, sizeof digest);
    weir_buf_addc(b, '"');
}

static struct weir_span source_of(const struct run *run, const struct ie_val *rec)
{
    const char *s = run->opt->source ? run->opt->source : ie_task_names[run->task];
    const struct weir_span own = ie_text(rec, "source");
    return own.p && !run->opt->source ? own : weir_span(s, strlen(s));
}

/* What the model shall answer, or in a test all that the text says. */
static void put_answer(struct weir_buf *b, const struct run *run, struct worker *w)
{
    weir_buf_addc(b, ' ');
    if (run->opt->test)
        member(b, "label", weir_buf_span(&w->label));
    else
        member(b, "output", weir_buf_span(&w->answer));
}

static void put_iepile(struct weir_buf *b, const struct run *run, struct worker *w,
                       const struct record *rec, const struct ie_group *g, uint64_t choice)
{
    struct weir_buf *t = &w->task;
    const struct ie_prompts *p = &run->prompts;
    t->n = 0;
    weir_buf_adds(t, "{\"instruction\": ");
    weir_buf_add_json(t, p->n_with ? p->with[choice % p->n_with]
                                   : ie_prompt_iepile(run->task, (enum ie_lang)run->opt->lang));
    weir_buf_adds(t, ", \"schema\": ");
    ie_group_put(t, run->task, g, run->opt->test ? NULL : &rec->facts);
    weir_buf_adds(t, ", \"input\": ");
    weir_buf_add_json(t, rec->text);
    weir_buf_addc(t, '}');
    w->answer.n = 0;
    if (!run->opt->test)
        ie_answer_object(&w->answer, run->task, g, &rec->facts, !run->opt->sides);
    weir_buf_addc(b, '{');
    if (run->opt->test) {
        put_text_id(b, rec->text);
        weir_buf_adds(b, ", ");
    }
    member(b, "task", weir_span(ie_task_names[run->task], strlen(ie_task_names[run->task])));
    weir_buf_adds(b, ", ");
    member(b, "source", source_of(run, rec->rec));
    weir_buf_adds(b, ", ");
    member(b, "instruction", weir_buf_span(t));
    weir_buf_addc(b, ',');
    put_answer(b, run, w);
    weir_buf_adds(b, "}\n");
}

static void put_alpaca(struct weir_buf *b, const struct run *run, struct worker *w,
                       const struct record *rec, const struct ie_group *g, struct ie_random *random)
{
    const enum ie_lang lang = (enum ie_lang)run->opt->lang;
    const enum ie_format format = run->opt->format
                                      ? (enum ie_format)(run->opt->format - 1)
                                      : (enum ie_format)ie_random_below(random, IE_N_FORMATS);
    const uint64_t choice = ie_random_next(random);
    w->task.n = w->answer.n = 0;
    ie_group_words(&w->task, run->task, lang, g);
    const size_t words = w->task.n;
    ie_prompt_fill(&w->answer, &run->prompts, choice, format,
                   run->opt->open ? weir_span(NULL, 0) : weir_span(w->task.p, words));
    weir_buf_addc(b, '{');
    member(b, "instruction", weir_buf_span(&w->answer));
    weir_buf_adds(b, ", ");
    member(b, "input", rec->text);
    weir_buf_addc(b, ',');
    w->answer.n = 0;
    if (!run->opt->test)
        ie_answer_rows(&w->answer, run->task, lang, format, g, &rec->facts);
    put_answer(b, run, w);
    weir_buf_adds(b, ", ");
    member(b, "task", weir_span(ie_task_names[run->task], strlen(ie_task_names[run->task])));
    weir_buf_adds(b, ", ");
    member(b, "source", source_of(run, rec->rec));
    const struct ie_val *id = ie_get(rec->rec, "id");
    if (id) {
        weir_buf_adds(b, ", \"id\": ");
        ie_put_id(b, id);
    }
    weir_buf_adds(b, "}\n");
}

static void put_groups(struct weir_batch *b, struct weir_rec *r, const struct run *run,
                       struct worker *w, const struct record *rec, const struct ie_group *groups,
                       size_t n, struct ie_random *random)
{
    r->fate = WEIR_MADE;
    r->out_at = b->out.n;
    for (size_t i = 0; i < n; i++) {
        if (!groups[i].n)
            continue;
        if (run->opt->form == IEPILE)
            put_iepile(&b->out, run, w, rec, &groups[i], ie_random_next(random));
        else
            put_alpaca(&b->out, run, w, rec, &groups[i], random);
        r->n_out++;
    }
    r->out_n = b->out.n - r->out_at;
    b->out.failed |= w->task.failed | w->answer.failed | w->label.failed;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct run *run = ctx;
    struct worker *w = thread;
    struct record rec;
    struct ie_group *groups;
    const char *why;
    size_t n;
    const int left = read_record(run, w->json, &w->doc, b, r, &rec, err);
    if (left)
        return left < 0 ? left : 0;
    weir_rec_source(b, r, source_of(run, rec.rec));
    leave_out(run, rec.rec, &rec.facts);
    w->label.n = 0;
    if (run->opt->test) // in the record's order
        ie_facts_put(&w->label, run->task, &rec.facts);
    if (!run->opt->given)
        ie_facts_sort(&rec.facts);
    if (run->opt->unique)
        make_unique(&rec.facts);
    /* By the text alone: the same wherever it stands. */
    struct ie_random random = {XXH3_64bits_withSeed(rec.text.p, rec.text.n, run->seed)};
    const int rc =
        ie_ask_groups(&run->ask, &w->doc, rec.rec, &rec.facts, &random, &groups, &n, &why);
    if (rc == WEIR_EMEM)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (rc < 0)
        weir_rec_bad(b, r, "bad-record", "%s", why);
    else
        put_groups(b, r, run, w, &rec, groups, n, &random);
    if (r->fate == WEIR_MADE && !r->n_out)
        weir_rec_drop(b, r, "nothing-asked", NULL);
    return 0;
}

/* ---- the run ---- */

static int default_split(const struct weir_instruct_opt *o)
{
    static const int by_task[IE_N_TASKS] = {6, 4, 4, 4, 4, 4, 1};
    return o->split_num ? (int)o->split_num : o->form == IEPILE ? by_task[o->task] : -1;
}

static int check(const struct weir_instruct_opt *o, struct weir_err *err)
{
    if (o->form == IEPILE && (o->format || o->open))
        return weir_err_set(err, WEIR_EUSAGE, "--format and --open are for --form alpaca");
    if (o->form == ALPACA && o->sides)
        return weir_err_set(err, WEIR_EUSAGE, "--sides is for --form iepile");
    if (o->hard_set && (!o->hard || !strcmp(o->hard, "learn")))
        return weir_err_set(err, WEIR_EUSAGE, "--hard-set needs a file of --hard");
    if (o->test && (o->hard || o->neg_ratio < 1 || o->neg_schema < 1))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--test asks for every label: no --hard, --neg-ratio or --neg-schema");
    if (o->split_num < -1)
        return weir_err_set(err, WEIR_EUSAGE, "--split-num: -1 is all labels at once");
    return 0;
}

static int open_all(struct run *run, struct weir_err *err)
{
    const struct weir_instruct_opt *o = run->opt;
    if (o->schema && ie_schema_read(&run->schema, run->task, o->schema, err))
        return err->code;
    if ((o->form == ALPACA || o->templates) &&
        ie_prompts_open(&run->prompts, run->task, (enum ie_lang)o->lang, o->templates, err))
        return err->code;
    return 0;
}

static int both_passes(struct run *run, struct weir_job *job, struct weir_err *err)
{
    const struct weir_instruct_opt *o = run->opt;
    struct weir_twice twice = {.job = job};
    const struct weir_stage stage = {.ctx = run,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .fixed_memory = SCHEMA_MEMORY};
    const int learn = o->hard && !strcmp(o->hard, "learn");
    const int two = !o->schema || learn;
    int rc = two ? first_pass(run, &twice, err) : 0;
    if (!rc && o->hard && !learn)
        rc = ie_near_read(&run->schema, run->task, o->hard, o->hard_set, err);
    if (!rc)
        rc = two ? weir_twice_write(&twice, &stage, err) : weir_stage_run(&stage, job, err);
    weir_twice_free(&twice);
    const struct weir_count out = {run->outside, 0, 0}, none = {0};
    if (!rc && run->outside &&
        weir_names_add(&job->tally.notes, WEIR_LIT("outside-schema"), out, none))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory");
    return rc;
}

int weir_instruct_run(const struct weir_instruct_opt *opt, struct weir_job *job,
                      struct weir_err *err)
{
    struct run run = {.opt = opt, .task = (enum ie_task)opt->task, .seed = job->seed};
    ie_schema_init(&run.schema);
    run.ask = (struct ie_ask){opt, &run.schema, default_split(opt), opt->hard != NULL};
    int rc = check(opt, err);
    if (!rc)
        rc = open_all(&run, err);
    if (!rc)
        rc = both_passes(&run, job, err);
    ie_prompts_close(&run.prompts);
    ie_schema_free(&run.schema);
    return weir_job_close_output(job, rc, err);
}
