#include "tokenize/tokenize_stage.h"

#include <stdlib.h>
#include <string.h>

enum { SEQ_LENGTH = 1024 };

void weir_tokenize_opt_init(struct weir_tokenize_opt *opt)
{
    memset(opt, 0, sizeof *opt);
    opt->seq_length = SEQ_LENGTH;
}

static int check_options(const struct weir_tokenize_opt *opt, struct weir_err *err)
{
    const int knowlm = opt->compat == WEIR_COMPAT_KNOWLM;
    const char *wrong =
        !opt->model                                ? "--model FILE is needed"
        : opt->json && (opt->lines || opt->decode) ? "--json goes with neither --lines nor --decode"
        : (opt->bos || opt->eos) && (!opt->lines || opt->decode) ? "--bos and --eos go with --lines"
        : opt->check && opt->decode                              ? "--check is of encoding"
        : opt->check && opt->encoder == WEIR_ENCODER_LIBRARY
            ? "--check compares with the library: it goes without --encoder library"
        : opt->instructions && (opt->lines || opt->decode || knowlm)
            ? "--instructions goes with none of --lines, --decode and --compat"
        : opt->form && !opt->instructions       ? "--template goes with --instructions"
        : knowlm && (opt->lines || opt->decode) ? "--compat goes with neither --lines nor --decode"
        : !knowlm && (opt->keep_newlines || opt->no_split ||
                      opt->language != WEIR_LANGUAGE_CHINESE || opt->seq_length != SEQ_LENGTH)
            ? "--keep-newlines, --no-split, --language and --seq-length are of --compat knowlm"
        : knowlm && opt->language == WEIR_LANGUAGE_ENGLISH && !opt->no_split
            ? "KnowLM splits English with NLTK's trained model, which Weir has not: give --no-split"
            : NULL;
    return wrong ? weir_err_set(err, WEIR_EUSAGE, "%s", wrong) : 0;
}

static int check_specials(const struct tokenize *t, struct weir_err *err)
{
    const int knowlm = t->opt->compat == WEIR_COMPAT_KNOWLM;
    if ((knowlm || t->opt->bos) && t->header.bos == WEIR_NO_ID)
        return weir_err_set(err, WEIR_EUSAGE, "%s: the model has no BOS", t->opt->model);
    if ((knowlm || t->opt->eos) && t->header.eos == WEIR_NO_ID)
        return weir_err_set(err, WEIR_EUSAGE, "%s: the model has no EOS", t->opt->model);
    return 0;
}

static void fill_header(struct tokenize *t)
{
    struct weir_tok_header *h = &t->header;
    h->width = h->vocab_size <= 65536 ? 2 : 4;
    if (t->opt->compat == WEIR_COMPAT_KNOWLM) {
        h->flags = WEIR_TOK_KNOWLM;
        h->max_tokens = (uint32_t)t->opt->seq_length;
    }
}

/* The model is an input too: the ledger names it. */
static void note_model(struct tokenize *t)
{
    struct weir_buf *b = &t->job->extra;
    weir_buf_adds(b, ",\"model\":{\"name\":");
    weir_buf_add_json_lossy(b, weir_span(t->opt->model, strlen(t->opt->model)));
    weir_buf_adds(b, ",\"sha256\":\"");
    for (size_t i = 0; i < sizeof t->header.sha256; i++)
        weir_buf_addf(b, "%02x", t->header.sha256[i]);
    weir_buf_addf(b, "\",\"vocab_size\":%u}", t->header.vocab_size);
    weir_buf_addf(b, ",\"encoder\":\"%s\"", t->tok ? "weir" : "sentencepiece");
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    (void)ctx;
    struct tokenize_thread *th = weir_calloc(1, sizeof *th);
    if (!th)
        return NULL;
    th->json = weir_json_new(err);
    if (!th->json) {
        free(th);
        return NULL;
    }
    return th;
}

static void free_arrays(struct tokenize_thread *th)
{
    weir_tok_scratch_free(th->scratch);
    free(th->pieces);
    free(th->checked);
    free(th->ids);
    free(th->units);
    free(th->bounds);
    free(th->places);
    weir_buf_free(&th->text);
    weir_buf_free(&th->prompt);
    weir_buf_free(&th->system);
    talk_free(&th->talk);
}

static void thread_free(void *thread)
{
    struct tokenize_thread *th = thread;
    weir_json_free(th->json);
    free_arrays(th);
    free(th);
}

/* Encoding takes many times the memory of its text: large texts go one at a time, each by all
 * threads, and leave no large arrays behind. */
static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct tokenize *t = ctx;
    struct tokenize_thread *th = thread;
    const int is_large = r->raw_n > t->large;
    if (is_large)
        pthread_mutex_lock(&t->one_large);
    const int rc = t->work(t, th, b, r, err);
    if (is_large) {
        weir_json *json = th->json;
        free_arrays(th);
        memset(th, 0, sizeof *th);
        th->json = json;
        pthread_mutex_unlock(&t->one_large);
    }
    if (rc && r->line)
        weir_err_prefix(err, "%s:%llu", r->file, (unsigned long long)r->line);
    return rc;
}

enum { LARGE = 8 << 20 }; // bytes of a text that are worth threads of their own

/* A quarter of the memory that is free for it goes to the threads' small texts, the rest to the one
 * large text. */
static void share_memory(struct tokenize *t, uint64_t fixed)
{
    const uint64_t taken = fixed + ((uint64_t)32 << 20);
    const uint64_t rest = t->job->memory > taken ? t->job->memory - taken : 1 << 20;
    t->large = rest / 4 / (uint64_t)t->job->threads / tokenize_cost(t);
    t->large = t->large < LARGE ? t->large : LARGE;
    tokenize_limit(t, rest - rest / 4);
}

/* user[0]: bytes that do not come back, of a document that was written. */
static int commit(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct tokenize *t = ctx;
    if (r->fate != WEIR_MADE)
        return 0;
    if (t->sum)
        weir_tok_sum_frame(t->sum, b->out.p + r->out_at, r->out_n);
    if (!r->user[0])
        return 0;
    struct weir_names *notes = &t->job->tally.notes;
    const struct weir_count one = {1, 0, 0}, bytes = {r->user[0], 0, 0}, none = {0};
    if (weir_names_add(notes, WEIR_LIT("folded-records"), one, none) ||
        weir_names_add(notes, WEIR_LIT("folded-bytes"), bytes, none))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

static int next_frame(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return weir_tok_reader_next(((struct tokenize *)ctx)->frames, b, err);
}

static int next_line(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return weir_lines_next(((struct tokenize *)ctx)->lines, b, err);
}

/* Opens what the stage reads other than documents. */
static int open_reader(struct tokenize *t, struct weir_stage *s, struct weir_err *err)
{
    if (!t->opt->lines && !t->opt->decode)
        return 0;
    t->inputs = weir_inputs_open(t->job, err);
    if (!t->inputs)
        return err->code;
    weir_job_use_inputs(t->job, t->inputs);
    if (t->opt->lines) {
        t->lines = weir_lines_open(t->inputs, t->job->max_record, err);
        if (!t->lines)
            return err->code;
        weir_lines_verbatim(t->lines);
        s->next = next_line;
        s->raw_rejects = 1;
        return 0;
    }
    struct weir_tok_header h;
    t->frames = weir_tok_reader_open(t->inputs, t->job->max_record, &h, err);
    if (!t->frames)
        return err->code;
    if (memcmp(h.sha256, t->header.sha256, sizeof h.sha256))
        return weir_err_set(err, WEIR_EBAD, "%s: made with another tokenizer than %s",
                            weir_inputs_name(t->inputs), t->opt->model);
    t->header = h;
    s->next = next_frame;
    s->raw_rejects = 1;
    return 0;
}

static int write_header(struct tokenize *t, struct weir_err *err)
{
    struct weir_buf b = {0};
    t->sum = weir_tok_sum_new();
    if (!t->sum)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    int rc = weir_job_open_output(t->job, err);
    weir_tok_put_header(&b, &t->header);
    if (!rc)
        rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(t->job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static int write_end(struct tokenize *t, struct weir_err *err)
{
    struct weir_buf b = {0};
    weir_tok_put_end(&b, t->sum);
    int rc = weir_buf_check(&b, err);
    if (!rc)
        rc = weir_io_write(t->job->out, b.p, b.n, err);
    weir_buf_free(&b);
    return rc;
}

static int run_stage(struct tokenize *t, struct weir_err *err)
{
    const struct weir_tokenize_opt *opt = t->opt;
    struct weir_stage s = {
        .ctx = t, .thread_new = thread_new, .thread_free = thread_free, .commit = commit};
    const int framed = !opt->json && !opt->lines && !opt->decode;
    s.fixed_memory = tokenize_memory(t);
    s.thread_memory = tokenize_thread_memory(t);
    s.no_newline = framed;
    s.work = work;
    share_memory(t, s.fixed_memory);
    t->work = opt->lines ? (opt->decode ? tokenize_unline_work : tokenize_line_work)
                         : (opt->decode         ? tokenize_undoc_work
                            : opt->instructions ? tokenize_instruct_work
                                                : tokenize_doc_work);
    int rc = open_reader(t, &s, err);
    if (!rc && framed)
        rc = write_header(t, err);
    if (!rc)
        rc = weir_stage_run(&s, t->job, err);
    if (!rc && framed)
        rc = write_end(t, err);
    if (!rc && t->lines)
        t->job->tally.framing += weir_lines_tail(t->lines);
    if (!rc && t->frames)
        t->job->tally.framing += weir_tok_reader_tail(t->frames);
    return weir_job_close_output(t->job, rc, err);
}

int weir_tokenize_run(const struct weir_tokenize_opt *opt, struct weir_job *job,
                      struct weir_err *err)
{
    struct tokenize t = {.opt = opt, .job = job, .one_large = PTHREAD_MUTEX_INITIALIZER};
    int rc = check_options(opt, err);
    if (rc)
        return rc;
    rc = tokenize_open(&t, err);
    if (rc) {
        tokenize_close(&t);
        return rc;
    }
    fill_header(&t);
    note_model(&t);
    rc = check_specials(&t, err);
    if (!rc && opt->instructions)
        rc = template_open(&t.template, opt->form ? opt->form : "alpaca", err);
    if (!rc)
        rc = run_stage(&t, err);
    weir_lines_close(t.lines);
    weir_tok_reader_close(t.frames);
    weir_inputs_close(t.inputs);
    weir_tok_sum_free(t.sum);
    template_close(&t.template);
    tokenize_close(&t);
    pthread_mutex_destroy(&t.one_large);
    return rc;
}
