/* Datasets to the common form: frames, sources, and what is written of a record. */
#include "kg2instruction/ie_convert.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"
#include "weir/utf8.h"

const struct ie_source *const ie_sources[] = {
    &ie_conll,   &ie_bio,     &ie_peoples_daily, &ie_msra,      &ie_conll04,
    &ie_cluener, &ie_ace2005, &ie_casie,         &ie_duie,      &ie_duee,
    &ie_fewrel,  &ie_nyt,     &ie_iepile,        &ie_annotated, NULL};

struct run {
    const struct weir_convert_opt *opt;
    const struct ie_source *source;
    struct ie_names *names;
    ie_frame *frame;
    uint64_t notes[IE_N_NOTES];
};

void weir_convert_opt_init(void *opt)
{
    *(struct weir_convert_opt *)opt = (struct weir_convert_opt){.names = "keep"};
}

/* ---- what sources call ---- */

int ie_begin(struct ie_conv *c, struct weir_span text)
{
    c->text = text;
    c->n_chars = weir_utf8_count(text.p, text.n);
    c->chars = ie_alloc(&c->doc, (c->n_chars + 1) * sizeof *c->chars);
    if (!c->chars || text.n > UINT32_MAX)
        return WEIR_EMEM;
    for (size_t i = 0, k = 0; k <= c->n_chars; k++) {
        unsigned len = 1;
        c->chars[k] = (uint32_t)i;
        if (i < text.n)
            weir_utf8_decode(text.p + i, text.n - i, &len);
        i += len;
    }
    return 0;
}

void ie_note(struct ie_conv *c, enum ie_note n)
{
    __atomic_fetch_add(&c->notes[n], 1, __ATOMIC_RELAXED);
}

struct weir_span ie_at(const struct ie_conv *c, size_t start, size_t end)
{
    if (start >= end || end > c->n_chars)
        return weir_span("", 0);
    return weir_span(c->text.p + c->chars[start], c->chars[end] - c->chars[start]);
}

static void member(struct weir_buf *b, const char *key, struct weir_span s)
{
    weir_buf_addf(b, "\"%s\":", key);
    weir_buf_add_json(b, s);
}

/* Places only where the text holds what it shall. */
static void place(struct ie_conv *c, struct weir_buf *b, const char *key, struct weir_span s,
                  size_t start, size_t end)
{
    if (start == IE_NOWHERE || end == IE_NOWHERE)
        return;
    if (!s.n || !weir_span_eq(ie_at(c, start, end), s)) {
        ie_note(c, IE_WRONG_OFFSET);
        return;
    }
    weir_buf_addf(b, ",\"%s\":[%zu,%zu]", key, start, end);
}

static struct weir_buf *item(struct ie_list *l)
{
    weir_buf_adds(&l->b, l->n++ ? ",{" : "{");
    return &l->b;
}

void ie_add_entity(struct ie_conv *c, struct weir_span entity, struct weir_span type, size_t start,
                   size_t end, const struct ie_val *rest, const char *const *used)
{
    struct weir_buf *b = item(&c->entity);
    member(b, "entity", entity);
    weir_buf_addc(b, ',');
    member(b, "entity_type", ie_name(c->names, type));
    place(c, b, "offset", entity, start, end);
    ie_put_rest(b, rest, used);
    weir_buf_addc(b, '}');
}

static void side(struct ie_conv *c, struct weir_buf *b, const char *which, struct ie_side s)
{
    char key[32];
    member(b, which, s.text);
    strcat(strcpy(key, which), "_type");
    if (s.type.p) {
        weir_buf_addc(b, ',');
        member(b, key, ie_name(c->names, s.type));
    }
    strcat(strcpy(key, which), "_offset");
    place(c, b, key, s.text, s.start, s.end);
    weir_buf_addc(b, ',');
}

void ie_add_relation(struct ie_conv *c, struct ie_side head, struct weir_span relation,
                     struct ie_side tail, const struct ie_val *rest, const char *const *used)
{
    struct weir_buf *b = item(&c->relation);
    side(c, b, "head", head);
    member(b, "relation", ie_name(c->names, relation));
    weir_buf_addc(b, ',');
    side(c, b, "tail", tail);
    b->n -= b->n > 0; // the last comma
    ie_put_rest(b, rest, used);
    weir_buf_addc(b, '}');
}

void ie_add_event(struct ie_conv *c, struct weir_span trigger, struct weir_span type, size_t start,
                  size_t end)
{
    struct weir_buf *b = item(&c->event);
    member(b, "event_trigger", trigger);
    weir_buf_addc(b, ',');
    member(b, "event_type", ie_name(c->names, type));
    place(c, b, "offset", trigger, start, end);
    weir_buf_adds(b, ",\"arguments\":[");
}

void ie_add_argument(struct ie_conv *c, struct weir_span argument, struct weir_span role,
                     size_t start, size_t end, const struct ie_val *rest, const char *const *used)
{
    struct weir_buf *b = &c->event.b;
    weir_buf_adds(b, b->n && b->p[b->n - 1] == '}' ? ",{" : "{");
    member(b, "argument", argument);
    weir_buf_addc(b, ',');
    member(b, "role", ie_name(c->names, role));
    place(c, b, "offset", argument, start, end);
    ie_put_rest(b, rest, used);
    weir_buf_addc(b, '}');
}

void ie_end_event(struct ie_conv *c, const struct ie_val *rest, const char *const *used)
{
    weir_buf_addc(&c->event.b, ']');
    ie_put_rest(&c->event.b, rest, used);
    weir_buf_addc(&c->event.b, '}');
}

/* ---- words ---- */

static int join(struct ie_conv *c, const struct ie_val *words)
{
    c->made.n = 0;
    for (size_t i = 0; i < words->n; i++) {
        if (i)
            weir_buf_addc(&c->made, ' ');
        weir_buf_add(&c->made, words->kid[i].str.p, words->kid[i].str.n);
    }
    return c->made.failed ? WEIR_EMEM : ie_begin(c, weir_buf_span(&c->made));
}

/* The character that byte `at` begins, looked for from character k on. */
static size_t char_of(const struct ie_conv *c, size_t k, size_t at)
{
    while (k < c->n_chars && c->chars[k] < at)
        k++;
    return k;
}

int ie_begin_words(struct ie_conv *c, const struct ie_val *words, struct weir_span sentence,
                   struct ie_words *w)
{
    *w = (struct ie_words){0};
    for (size_t i = 0; words && words->type == WEIR_JSON_ARRAY && i < words->n; i++)
        if (words->kid[i].type != WEIR_JSON_STRING)
            return c->why = "a token is no text", -1;
    if (!words || words->type != WEIR_JSON_ARRAY)
        return c->why = "no list of tokens", -1;
    const int rc = sentence.p ? ie_begin(c, sentence) : join(c, words);
    w->n = words->n;
    w->start = ie_alloc(&c->doc, w->n * sizeof *w->start);
    w->end = ie_alloc(&c->doc, w->n * sizeof *w->end);
    if (rc || !w->start || !w->end)
        return WEIR_EMEM;
    size_t at = 0, k = 0;
    for (size_t i = 0; i < w->n; i++) {
        const struct weir_span s = words->kid[i].str;
        const char *hit = s.n ? memmem(c->text.p + at, c->text.n - at, s.p, s.n) : NULL;
        w->start[i] = w->end[i] = IE_NOWHERE;
        /* A word further than a few bytes on is another one. */
        if (!hit || (size_t)(hit - c->text.p) > at + 16)
            continue;
        at = (size_t)(hit - c->text.p);
        w->start[i] = k = char_of(c, k, at);
        at += s.n;
        w->end[i] = k = char_of(c, k, at);
    }
    return 0;
}

void ie_words_place(const struct ie_words *w, uint64_t from, uint64_t to, size_t *start,
                    size_t *end)
{
    *start = *end = IE_NOWHERE;
    if (from >= to || to > w->n || w->start[from] == IE_NOWHERE || w->end[to - 1] == IE_NOWHERE)
        return;
    *start = w->start[from];
    *end = w->end[to - 1];
}

/* ---- the stage ---- */

static void thread_free(void *thread)
{
    struct ie_conv *c = thread;
    if (!c)
        return;
    weir_json_free(c->json);
    ie_doc_free(&c->doc);
    weir_buf_free(&c->made);
    weir_buf_free(&c->entity.b);
    weir_buf_free(&c->relation.b);
    weir_buf_free(&c->event.b);
    free(c);
}

static void *thread_new(void *ctx, struct weir_err *err)
{
    struct run *run = ctx;
    struct ie_conv *c = weir_calloc(1, sizeof *c);
    if (!c || !(c->json = weir_json_new(err))) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        free(c);
        return NULL;
    }
    c->opt = run->opt;
    c->names = run->names;
    c->notes = run->notes;
    return c;
}

static void empty(struct ie_list *l)
{
    weir_buf_reset(&l->b, 1 << 16);
    l->n = 0;
    l->wanted = 0;
}

static void put_list(struct weir_buf *b, const char *key, const struct ie_list *l)
{
    if (!l->n && !l->wanted)
        return;
    weir_buf_addf(b, ",\"%s\":[", key);
    weir_buf_add(b, l->b.p, l->b.n);
    weir_buf_addc(b, ']');
    b->failed |= l->b.failed;
}

/* The record's own id, or one of its bytes, as weir ingest makes it. */
static void put_id(struct weir_buf *b, const struct run *run, const struct ie_val *rec,
                   struct weir_span raw)
{
    const struct ie_val *id = ie_get(rec, "id");
    weir_buf_adds(b, "{\"id\":");
    if (id && id->type != WEIR_JSON_NULL) {
        ie_put_id(b, id);
        return;
    }
    XXH128_canonical_t canon;
    XXH128_canonicalFromHash(&canon, XXH3_128bits(raw.p, raw.n));
    weir_buf_addf(b, "\"%s:", run->source->name);
    weir_buf_add_hex(b, canon.digest, sizeof canon.digest);
    weir_buf_addc(b, '"');
}

static void put_record(struct ie_conv *c, const struct run *run, const struct ie_val *rec,
                       struct weir_batch *b, struct weir_rec *r)
{
    const char *source = run->opt->source ? run->opt->source : run->source->name;
    r->fate = WEIR_MADE;
    r->n_out = 1;
    r->out_at = b->out.n;
    put_id(&b->out, run, rec, weir_rec_raw(b, r));
    weir_buf_adds(&b->out, ",\"text\":");
    weir_buf_add_json(&b->out, c->text);
    put_list(&b->out, "entity", &c->entity);
    put_list(&b->out, "relation", &c->relation);
    put_list(&b->out, "event", &c->event);
    if (!ie_get(rec, "source") || run->opt->source) {
        weir_buf_addc(&b->out, ',');
        member(&b->out, "source", weir_span(source, strlen(source)));
    }
    static const char *const own[] = {"id", "source", NULL};
    const char *used[16];
    size_t n = 0;
    for (const char *const *u = run->source->used; u && *u && n < 12; u++)
        used[n++] = *u;
    for (size_t i = 0; own[i]; i++)
        if (i != 1 || run->opt->source)
            used[n++] = own[i];
    used[n] = NULL;
    ie_put_rest(&b->out, rec, used);
    weir_buf_adds(&b->out, "}\n");
    r->out_n = b->out.n - r->out_at;
    weir_rec_source(b, r, weir_span(source, strlen(source)));
}

static int is_lines(const struct ie_source *s)
{
    return s->form == IE_BLOCKS || s->form == IE_MARKED;
}

/* The record as a tree; NULL when it is bad, or memory is out. */
static const struct ie_val *parse(struct ie_conv *c, struct weir_batch *b, struct weir_rec *r,
                                  struct weir_err *err)
{
    struct weir_err why = {0};
    struct weir_field *f;
    size_t n, at = 0;
    const struct weir_span raw = weir_rec_raw(b, r);
    if (weir_json_object(c->json, raw.p, raw.n, &f, &n, &why) < 0) {
        if (why.code == WEIR_EBAD)
            weir_rec_bad(b, r, "bad-json", "%s", why.msg);
        else
            *err = why;
        return NULL;
    }
    const struct ie_val *rec = ie_parse(&c->doc, raw, &at);
    if (!rec)
        weir_err_set(err, WEIR_EMEM, "out of memory");
    return rec;
}

static int work(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    struct run *run = ctx;
    struct ie_conv *c = thread;
    const struct ie_val *rec = NULL;
    ie_doc_reset(&c->doc);
    weir_buf_reset(&c->made, 1 << 16);
    empty(&c->entity);
    empty(&c->relation);
    empty(&c->event);
    c->label = weir_span(r->aux_n ? b->aux.p + r->aux_at : NULL, r->aux_n);
    c->why = "not a record of this source";
    const struct weir_span raw = weir_rec_raw(b, r);
    if (!is_lines(run->source) && !(rec = parse(c, b, r, err)))
        return err->code;
    if (is_lines(run->source) && weir_utf8_valid(raw.p, raw.n) != raw.n) {
        weir_rec_bad(b, r, "bad-utf8", "not valid UTF-8");
        return 0;
    }
    const int rc = run->source->convert(c, raw, rec);
    if (rc == WEIR_EMEM || c->doc.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    if (rc > 0)
        weir_rec_drop(b, r, "document-mark", NULL);
    else if (rc < 0)
        weir_rec_bad(b, r, "bad-record", "%s", c->why);
    else
        put_record(c, run, rec, b, r);
    return 0;
}

static int add_notes(const struct run *run, struct weir_job *job, struct weir_err *err)
{
    static const char *const names[] = {"lost-column", "lost-spaces", "tag-without-begin",
                                        "wrong-offset"};
    for (size_t i = 0; i < IE_N_NOTES; i++) {
        const struct weir_count n = {run->notes[i], 0, 0}, none = {0};
        if (n.records &&
            weir_names_add(&job->tally.notes, weir_span(names[i], strlen(names[i])), n, none))
            return weir_err_set(err, WEIR_EMEM, "out of memory");
    }
    return 0;
}

static int next(void *ctx, struct weir_batch *b, struct weir_err *err)
{
    return ie_frame_next(((struct run *)ctx)->frame, b, err);
}

static int run_stage(struct run *run, struct weir_job *job, struct weir_err *err)
{
    const struct weir_stage stage = {.ctx = run,
                                     .next = next,
                                     .thread_new = thread_new,
                                     .thread_free = thread_free,
                                     .work = work,
                                     .fixed_memory = (uint64_t)2 << 20,
                                     .raw_rejects = 1};
    weir_inputs *in = weir_inputs_open(job, err);
    if (!in)
        return err->code;
    weir_job_use_inputs(job, in);
    run->frame = ie_frame_open(job, in, run->source->form, &stage, err);
    int rc = run->frame ? weir_stage_run(&stage, job, err) : err->code;
    if (!rc)
        job->tally.framing += ie_frame_tail(run->frame);
    if (!rc)
        rc = add_notes(run, job, err);
    ie_frame_close(run->frame);
    weir_inputs_close(in);
    return rc;
}

static int list_sources(struct weir_job *job, struct weir_err *err)
{
    struct weir_buf table = {0};
    for (size_t i = 0; ie_sources[i]; i++)
        weir_buf_addf(&table, "%-14s %s\n", ie_sources[i]->name, ie_sources[i]->help);
    int rc = weir_buf_check(&table, err);
    if (!rc)
        rc = weir_job_open_output(job, err);
    if (!rc)
        rc = weir_io_write(job->out, table.p, table.n, err);
    weir_buf_free(&table);
    return weir_job_close_output(job, rc, err);
}

static int choose(struct run *run, struct weir_err *err)
{
    const char *from = run->opt->from;
    if (!from)
        return weir_err_set(err, WEIR_EUSAGE, "--from SOURCE is needed; --list-sources shows them");
    for (size_t i = 0; ie_sources[i]; i++)
        if (!strcmp(ie_sources[i]->name, from))
            run->source = ie_sources[i];
    if (!run->source)
        return weir_err_set(err, WEIR_EUSAGE, "--from %s: no such source; --list-sources shows all",
                            from);
    if (!is_lines(run->source) &&
        (run->opt->token_column || run->opt->tag_column || run->opt->join))
        return weir_err_set(err, WEIR_EUSAGE,
                            "--token-column, --tag-column and --join mean nothing to --from %s",
                            from);
    return ie_names_open(&run->names, run->opt->names, from, err);
}

int weir_convert_run(const struct weir_convert_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct run run = {.opt = opt};
    if (opt->list_sources)
        return list_sources(job, err);
    int rc = choose(&run, err);
    if (!rc)
        rc = run_stage(&run, job, err);
    ie_names_free(run.names);
    return weir_job_close_output(job, rc, err);
}
