/* Sets of instructions to one, by count.  The first pass sorts digests of what the records say,
 * seeded: equal ones meet there, and the first so many of a set are its draw.  The second pass is
 * told by the records' numbers, and what it takes is sorted by a further digest: the shuffle. */
#include "kg2instruction/ie_compose.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/twice.h"
#include "lib/xxh.h"
#include "weir/extsort.h"

enum { USER_HIGH, USER_LOW, USER_SET };
enum { KEEP_BYTES = 1 << 20 };
#define DUPLICATE UINT64_MAX

struct compose {
    const struct weir_compose_opt *opt;
    struct compose_sets sets;
    struct weir_job *job;
    uint64_t memory, seed;
    uint64_t n_records; // of the pass that runs, but for bad and unfit ones
    int drawn;          // the second pass
    weir_extsort *digests, *ranks, *lines;
};

struct worker {
    weir_json *json;
    struct ie_doc doc;
    struct talk talk;
    struct weir_buf key;
    const char *file; // the last record's, and its set
    size_t set;
};

static void thread_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    ie_doc_free(&w->doc);
    talk_free(&w->talk);
    weir_buf_free(&w->key);
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

static size_t set_of_file(const struct compose *c, struct worker *w, const char *file)
{
    if (c->job->in || c->sets.n_files == 1)
        return c->sets.file[0].set;
    if (w->file == file)
        return w->set;
    size_t i = 0; // standard input has another name in messages, but is one file at most
    while (i < c->sets.n_files && strcmp(c->sets.file[i].name, file) != 0)
        i++;
    for (size_t k = 0; i == c->sets.n_files && k < c->sets.n_files; k++)
        if (!strcmp(c->sets.file[k].name, "-"))
            i = k;
    w->file = file;
    return w->set = c->sets.file[i].set;
}

/* 0: read; 1: left out, the record's fate says why; negative: the run ends. */
static int read_record(struct worker *w, struct weir_batch *b, struct weir_rec *r,
                       const struct ie_val **rec, struct weir_err *err)
{
    struct weir_err why = {0};
    struct weir_field *f;
    const char *wrong;
    size_t n, at = 0;
    const struct weir_span raw = weir_rec_raw(b, r);
    ie_doc_reset(&w->doc);
    if (weir_json_object(w->json, raw.p, raw.n, &f, &n, &why) < 0) {
        if (why.code != WEIR_EBAD)
            return weir_err_set(err, why.code, "%s", why.msg);
        weir_rec_bad(b, r, "bad-json", "%s", why.msg);
        return 1;
    }
    *rec = ie_parse(&w->doc, raw, &at);
    const int rc = *rec ? talk_read(&w->talk, f, n, &wrong) : WEIR_EMEM;
    if (rc == WEIR_EMEM)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (rc)
        weir_rec_bad(b, r, "no-instruction", "%s", wrong);
    return rc != 0;
}

/* Leaves the set in r->user; 1 when the record is none that can be taken. */
static int find_set(const struct compose *c, struct worker *w, const struct ie_val *rec,
                    struct weir_batch *b, struct weir_rec *r)
{
    const size_t own = set_of_file(c, w, r->file);
    const struct weir_span source = ie_text(rec, "source");
    const size_t set = own == SIZE_MAX && source.p ? compose_sets_find(&c->sets, source) : own;
    r->user[USER_SET] = set;
    if (set == SIZE_MAX) {
        weir_rec_source(b, r, source);
        weir_rec_drop(b, r, "no-set", NULL);
        return 1;
    }
    weir_rec_source(b, r, weir_span(c->sets.at[set].name, strlen(c->sets.at[set].name)));
    if (c->opt->form == COMPOSE_MESSAGES || compose_talk_is_single(&w->talk))
        return 0;
    weir_rec_drop(b, r, "several-turns", NULL);
    return 1;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct compose *c = ctx;
    struct worker *w = thread;
    const struct ie_val *rec;
    const int left = read_record(w, b, r, &rec, err);
    if (left || find_set(c, w, rec, b, r))
        return left < 0 ? left : 0;
    weir_buf_reset(&w->key, KEEP_BYTES);
    compose_talk_key(&w->talk, &w->key);
    if (weir_buf_check(&w->key, err))
        return err->code;
    const XXH128_hash_t h = XXH3_128bits_withSeed(w->key.p, w->key.n, c->seed);
    r->user[USER_HIGH] = h.high64;
    r->user[USER_LOW] = h.low64;
    r->fate = WEIR_MADE;
    r->n_out = 0;
    r->out_at = b->out.n;
    if (c->drawn) {
        const char *name = c->sets.at[r->user[USER_SET]].name;
        compose_talk_put(&b->out, &w->talk, rec, c->opt->form, weir_span(name, strlen(name)),
                         c->opt->text);
    }
    r->out_n = b->out.n - r->out_at;
    return 0;
}

/* ---- keys ---- */

static void put_u64(uint8_t *to, uint64_t n)
{
    for (int i = 0; i < 8; i++)
        to[i] = (uint8_t)(n >> (56 - 8 * i));
}

static uint64_t get_u64(const char *from)
{
    uint64_t n = 0;
    for (int i = 0; i < 8; i++)
        n = n << 8 | (uint8_t)from[i];
    return n;
}

static struct weir_span bytes(const uint8_t *p, size_t n)
{
    return weir_span((const char *)p, n);
}

/* ---- the first pass ---- */

/* Counts a record of a set; 1 when it can be taken. */
static int arrives(struct compose *c, const struct weir_rec *r)
{
    if (r->user[USER_SET] == SIZE_MAX)
        return 0;
    struct compose_set *set = &c->sets.at[r->user[USER_SET]];
    set->in += !c->drawn;
    set->unfit += !c->drawn && r->fate == WEIR_DROP;
    return r->fate == WEIR_MADE;
}

static int look(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct compose *c = ctx;
    uint8_t key[24], value[8];
    (void)b;
    if (arrives(c, r)) {
        put_u64(key, r->user[USER_HIGH]);
        put_u64(key + 8, r->user[USER_LOW]);
        put_u64(key + 16, c->n_records++);
        put_u64(value, r->user[USER_SET]);
        if (weir_extsort_add(c->digests, bytes(key, 24), bytes(value, 8), err))
            return err->code;
    }
    weir_twice_pass(r);
    return 0;
}

/* Of equal digests the record that came first stays; its rank in its set goes to the second pass.
 */
static int rank(struct compose *c, struct weir_err *err)
{
    struct weir_span key, value;
    char last[16];
    int rc, any = 0;
    if ((rc = weir_extsort_sort(c->digests, err)))
        return rc;
    while ((rc = weir_extsort_next(c->digests, &key, &value, err)) > 0) {
        struct compose_set *set = &c->sets.at[get_u64(value.p)];
        const int again = any && !memcmp(last, key.p, sizeof last);
        uint8_t number[8], place[8];
        memcpy(number, key.p + 16, sizeof number);
        put_u64(place, again ? DUPLICATE : set->unique);
        memcpy(last, key.p, sizeof last);
        any = 1;
        set->duplicates += again;
        set->unique += !again;
        if (weir_extsort_add(c->ranks, bytes(number, 8), bytes(place, 8), err))
            return err->code;
    }
    weir_extsort_free(c->digests);
    c->digests = NULL;
    return rc ? rc : weir_extsort_sort(c->ranks, err);
}

static int first_pass(struct compose *c, struct weir_twice *twice, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = c,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .commit = look,
                                     .fixed_memory = c->memory};
    c->digests = weir_extsort_new(c->memory / 2, c->job->temp_dir, err);
    c->ranks = c->digests ? weir_extsort_new(c->memory / 2, c->job->temp_dir, err) : NULL;
    int rc = c->ranks ? weir_twice_look(twice, &stage, err) : err->code;
    if (!rc)
        rc = rank(c, err);
    return rc ? rc : compose_sets_draw(&c->sets, c->opt, err);
}

/* ---- the second pass ---- */

/* Keeps a line for the shuffle, so often; what it is written as counts here. */
static int keep(struct compose *c, const struct weir_rec *r, struct weir_span line, uint64_t times,
                struct weir_err *err)
{
    struct compose_set *set = &c->sets.at[r->user[USER_SET]];
    const struct weir_span name = weir_span(set->name, strlen(set->name));
    const struct weir_count none = {0}, out = {times, times * (line.n - 1), 0};
    for (uint64_t i = 0; i < times; i++) {
        const uint64_t from[3] = {r->user[USER_HIGH], r->user[USER_LOW], i};
        uint8_t key[16];
        put_u64(key, XXH3_64bits_withSeed(from, sizeof from, c->seed));
        put_u64(key + 8, c->n_records);
        if (weir_extsort_add(c->lines, bytes(key, 16), line, err))
            return err->code;
    }
    set->taken++;
    set->repeated += times - 1;
    set->bytes += out.bytes;
    if (line.n - 1 > set->longest)
        set->longest = line.n - 1;
    c->job->tally.out.records += out.records;
    c->job->tally.out.bytes += out.bytes;
    if (weir_names_add(&c->job->tally.sources, name, none, out))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

static int take(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct compose *c = ctx;
    struct weir_span key, value;
    if (!arrives(c, r))
        return 0;
    const int rc = weir_extsort_next(c->ranks, &key, &value, err);
    if (rc < 0)
        return rc;
    if (!rc)
        return weir_err_set(err, WEIR_EFAIL, "an input changed while it was read");
    const uint64_t place = get_u64(value.p);
    const uint64_t times =
        place == DUPLICATE ? 0 : compose_set_times(&c->sets.at[r->user[USER_SET]], place);
    const struct weir_span line = weir_span(b->out.p + r->out_at, r->out_n);
    r->out_n = 0; // written when all are there
    if (times && keep(c, r, line, times, err))
        return err->code;
    c->n_records++;
    if (!times)
        weir_rec_drop(b, r, place == DUPLICATE ? "duplicate" : "not-drawn", NULL);
    return 0;
}

static int write_lines(struct compose *c, struct weir_err *err)
{
    struct weir_span key, line;
    int rc = weir_extsort_sort(c->lines, err);
    c->job->phase = "writing";
    while (!rc && (rc = weir_extsort_next(c->lines, &key, &line, err)) > 0)
        rc = weir_io_write(c->job->out, line.p, line.n, err);
    return rc;
}

static int second_pass(struct compose *c, struct weir_twice *twice, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = c,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .commit = take,
                                     .fixed_memory = c->memory};
    c->n_records = 0;
    c->drawn = 1;
    c->lines = weir_extsort_new(c->memory / 2, c->job->temp_dir, err);
    const int rc = c->lines ? weir_twice_write(twice, &stage, err) : err->code;
    return rc ? rc : write_lines(c, err);
}

/* ---- the run ---- */

static int put_report(struct compose *c, struct weir_err *err)
{
    struct weir_buf lines = {0}, *extra = &c->job->extra;
    weir_buf_adds(extra, ",\"sets\":[");
    for (size_t i = 0; i < c->sets.n; i++) {
        const size_t at = lines.n;
        compose_set_put(&c->sets.at[i], &lines);
        weir_buf_adds(extra, i ? "," : "");
        weir_buf_add(extra, lines.p + at, lines.n - at);
        weir_buf_addc(&lines, '\n');
    }
    weir_buf_addc(extra, ']');
    int rc = weir_buf_check(&lines, err);
    weir_io *io = rc || !c->opt->report ? NULL : weir_io_open_write(c->opt->report, err);
    if (!rc && c->opt->report && !io)
        rc = err->code;
    if (io) {
        rc = weir_io_write(io, lines.p, lines.n, err);
        if (rc)
            weir_io_abort(io);
        else
            rc = weir_io_close(io, err);
    }
    weir_buf_free(&lines);
    return rc ? rc : weir_buf_check(extra, err);
}

/* No file is read and written at once. */
static int check_files(const struct compose *c, struct weir_err *err)
{
    const char *const outs[] = {c->job->out ? NULL : c->job->output,
                                c->job->rejects ? weir_io_name(c->job->rejects) : NULL,
                                c->job->ledger, c->opt->report};
    if (weir_io_apart(c->sets.inputs, c->sets.n_files, outs, 4, err))
        return err->code;
    for (size_t i = 0; i < c->sets.n_files && !c->job->in; i++)
        if (!strcmp(c->sets.file[i].name, "-") && isatty(0))
            return weir_err_set(err, WEIR_EUSAGE,
                                "no input file, and standard input is a terminal");
    return 0;
}

static int both_passes(struct compose *c, struct weir_err *err)
{
    struct weir_twice twice = {.job = c->job};
    int rc = check_files(c, err);
    if (!rc)
        rc = first_pass(c, &twice, err);
    if (!rc)
        rc = second_pass(c, &twice, err);
    if (!rc)
        rc = put_report(c, err);
    weir_twice_free(&twice);
    weir_job_release_inputs(c->job);
    weir_extsort_free(c->digests);
    weir_extsort_free(c->ranks);
    weir_extsort_free(c->lines);
    return rc;
}

int weir_compose_run(const struct weir_compose_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct compose c = {
        .opt = opt, .job = job, .memory = weir_twice_memory(job), .seed = job->seed};
    const char *const *inputs = job->inputs;
    const size_t n_inputs = job->n_inputs;
    int rc = opt->fewer && opt->repeat
                 ? weir_err_set(err, WEIR_EUSAGE, "--fewer and --repeat exclude each other")
                 : compose_sets_open(&c.sets, &opt->take, inputs, n_inputs, err);
    if (!rc) {
        job->inputs = c.sets.inputs;
        job->n_inputs = c.sets.n_files;
        rc = both_passes(&c, err);
        job->inputs = inputs;
        job->n_inputs = n_inputs;
    }
    compose_sets_free(&c.sets);
    return weir_job_close_output(job, rc, err);
}
