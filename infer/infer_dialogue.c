/* A dialogue: a line of the terminal, its answer, and so on.  Lines that begin with / are commands.
 * Earlier turns stand before a chat's new one as a model is trained on them: BOS, prompt, answer,
 * EOS. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "infer/infer_internal.h"

struct dialogue {
    struct infer *in;
    const struct weir_infer_terminal *terminal;
    weir_tok_scratch *scratch;
    struct infer_ids past;
    struct weir_buf line, text, message;
};

static const char help[] =
    "A line is answered; one that ends in \\ goes on in the next.  Ctrl-C stops an answer.\n"
    "  /params              what answers are made with\n"
    "  /params NAME VALUE … changes it: max-new, sample, temperature, top-k, top-p,\n"
    "                       repetition-penalty, beams, length-penalty, seed\n"
    "  /reset               forgets what was said (--chat)\n"
    "  /quit, Ctrl-D        ends\n"
    "  //…                  a line that begins with /\n";

static void say(struct dialogue *d, const char *text)
{
    d->terminal->say(d->terminal->ctx, text);
}

/* ---- /params ---- */

struct param {
    const char *name;
    double value, least, most;
    int whole;
};

enum { MAX_NEW, SAMPLE, TEMPERATURE, TOP_K, TOP_P, REPETITION, BEAMS, LENGTH, SEED, PARAMS };

static void list_params(const struct gen_opt *o, struct param p[PARAMS])
{
    const struct param all[PARAMS] = {
        [MAX_NEW] = {"max-new", o->max_new, 1, 1 << 24, 1},
        [SAMPLE] = {"sample", o->sample, 0, 1, 1},
        [TEMPERATURE] = {"temperature", o->temperature, 0.001, 100, 0},
        [TOP_K] = {"top-k", o->top_k, 0, 1 << 26, 1},
        [TOP_P] = {"top-p", o->top_p, 0.000001, 1, 0},
        [REPETITION] = {"repetition-penalty", o->repetition_penalty, 0.01, 100, 0},
        [BEAMS] = {"beams", o->beams, 1, GEN_MAX_BEAMS, 1},
        [LENGTH] = {"length-penalty", o->length_penalty, -100, 100, 0},
        [SEED] = {"seed", (double)o->seed, 0, 9007199254740992.0, 1},
    };
    memcpy(p, all, sizeof all);
}

static void take_params(struct gen_opt *o, const struct param p[PARAMS])
{
    o->max_new = (uint32_t)p[MAX_NEW].value;
    o->sample = (int)p[SAMPLE].value;
    o->temperature = (float)p[TEMPERATURE].value;
    o->top_k = (uint32_t)p[TOP_K].value;
    o->top_p = (float)p[TOP_P].value;
    o->repetition_penalty = (float)p[REPETITION].value;
    o->beams = (unsigned)p[BEAMS].value;
    o->length_penalty = p[LENGTH].value;
    o->seed = (uint64_t)p[SEED].value;
}

/* One name and its value; 0 after saying why not. */
static int change_param(struct dialogue *d, struct param p[PARAMS], const char *name,
                        const char *value)
{
    char *end = NULL;
    size_t i = 0;
    while (i < PARAMS && strcmp(name, p[i].name) != 0)
        i++;
    d->message.n = 0;
    if (i == PARAMS) {
        weir_buf_addf(&d->message, "there is no parameter %s: see /help\n", name);
    } else {
        double v = !value                  ? NAN
                   : !strcmp(value, "on")  ? 1
                   : !strcmp(value, "off") ? 0
                                           : strtod(value, &end);
        if (end && (*end || end == value))
            v = NAN;
        if (v >= p[i].least && v <= p[i].most && (!p[i].whole || v == floor(v))) {
            p[i].value = v;
            return 1;
        }
        weir_buf_addf(&d->message, "%s needs a %snumber from %g to %g\n", name,
                      p[i].whole ? "whole " : "", p[i].least, p[i].most);
    }
    weir_buf_addc(&d->message, '\0');
    say(d, d->message.failed ? "out of memory\n" : d->message.p);
    return 0;
}

static void params(struct dialogue *d, char *words)
{
    struct param p[PARAMS];
    char *save = NULL;
    list_params(&d->in->gen_opt, p);
    for (char *name = strtok_r(words, " \t", &save); name; name = strtok_r(NULL, " \t", &save))
        if (!change_param(d, p, name, strtok_r(NULL, " \t", &save)))
            return;
    take_params(&d->in->gen_opt, p);
    d->message.n = 0;
    for (size_t i = 0; i < PARAMS; i++)
        weir_buf_addf(&d->message, "%s%s %.10g", i ? ", " : "", p[i].name, p[i].value);
    if (!d->in->gen_opt.sample)
        weir_buf_adds(&d->message, "\n(temperature, top-k and top-p have no effect: sample is 0)");
    weir_buf_addc(&d->message, '\n');
    weir_buf_addc(&d->message, '\0');
    say(d, d->message.failed ? "out of memory\n" : d->message.p);
}

/* 1 when the dialogue ends. */
static int command(struct dialogue *d, char *line)
{
    const size_t n = strcspn(line, " \t");
    const struct weir_span word = weir_span(line, n);
    if (weir_span_is(word, "/quit") || weir_span_is(word, "/exit"))
        return 1;
    if (weir_span_is(word, "/params")) {
        params(d, line + n);
    } else if (weir_span_is(word, "/reset")) {
        d->past.n = 0;
        say(d, "forgotten\n");
    } else {
        say(d, weir_span_is(word, "/help") ? help : "no such command: see /help\n");
    }
    return 0;
}

/* ---- turns ---- */

static int add_past(struct dialogue *d, const uint32_t *ids, size_t n, struct weir_err *err)
{
    if (weir_grow(&d->past.at, &d->past.cap, d->past.n + n, sizeof *ids))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    memcpy(d->past.at + d->past.n, ids, n * sizeof *ids);
    d->past.n += n;
    return 0;
}

/* The answer ends as the model ends its own. */
static int end_turn(struct dialogue *d, struct weir_err *err)
{
    const struct model_config *c = &d->in->runner.model->config;
    if (!c->n_eos || (d->past.n && gen_is_eos(d->in->gen, d->past.at[d->past.n - 1])))
        return 0;
    return add_past(d, &c->eos[0], 1, err);
}

/* What cannot be answered is said, and what was said before stays. */
static int answer_line(struct dialogue *d, struct weir_span line, struct weir_err *err)
{
    struct infer *in = d->in;
    struct weir_err why = {0};
    uint32_t *ids = NULL;
    size_t n = 0;
    const size_t before = d->past.n;
    d->text.n = 0;
    template_fill(&in->template, line, weir_span("", 0), &d->text);
    int rc = weir_buf_check(&d->text, &why);
    if (!rc)
        rc = runner_encode(&in->runner, d->scratch, weir_buf_span(&d->text), !in->opt->no_bos, &ids,
                           &n, &why);
    if (!rc)
        rc = add_past(d, ids, n, &why);
    if (!rc)
        rc = infer_speak(in, d->past.at, d->past.n, &d->past, &why);
    if (!rc)
        rc = end_turn(d, &why);
    free(ids);
    if (rc || !in->opt->chat)
        d->past.n = before;
    if (rc != WEIR_EUSAGE && rc != WEIR_EMEM)
        return rc ? weir_err_set(err, rc, "%s", why.msg) : 0;
    say(d, why.msg);
    say(d, in->opt->chat ? ": /reset forgets what was said\n" : "\n");
    return 0;
}

/* A line and those that it goes on in; as read(). */
static int read_line(struct dialogue *d, struct weir_err *err)
{
    struct weir_buf part = {0};
    int rc, again = 0;
    d->line.n = 0;
    do {
        part.n = 0;
        rc = d->terminal->read(d->terminal->ctx, again++, &part, err);
        if (rc > 0 && again > 1)
            weir_buf_addc(&d->line, '\n');
        if (rc > 0)
            weir_buf_add(&d->line, part.p, part.n);
    } while (rc > 0 && d->line.n && d->line.p[d->line.n - 1] == '\\' && d->line.n--);
    weir_buf_free(&part);
    weir_buf_addc(&d->line, '\0');
    const int bad = weir_buf_check(&d->line, err);
    if (!bad)
        d->line.n--;
    return bad ? bad : again > 1 && !rc ? 1 : rc;
}

static int talk(struct dialogue *d, struct weir_err *err)
{
    int rc;
    while ((rc = read_line(d, err)) > 0) {
        char *line = d->line.p;
        const size_t slash = d->line.n > 1 && line[0] == '/' && line[1] == '/';
        if (d->line.n && line[0] == '/' && !slash) {
            if (command(d, line))
                return 0;
        } else if (d->line.n && answer_line(d, weir_span(line + slash, d->line.n - slash), err)) {
            return err->code;
        }
    }
    return rc;
}

int infer_dialogue(struct infer *in, struct weir_err *err)
{
    struct dialogue d = {.in = in, .terminal = in->opt->terminal};
    d.scratch = weir_tok_scratch_new(in->runner.tongue.tok, err);
    int rc = d.scratch ? weir_job_open_output(in->job, err) : err->code;
    if (!rc)
        rc = talk(&d, err);
    weir_tok_scratch_free(d.scratch);
    free(d.past.at);
    weir_buf_free(&d.line);
    weir_buf_free(&d.text);
    weir_buf_free(&d.message);
    return rc;
}
