/* weir dedup lines, paragraphs, spans: pieces of documents that repeat are cut out.
 *
 *      documents ── cut ──► (hash, document, piece) ── sort ──► which go ──► (document, piece) ──
 * sort documents ◄── cut out ◄───────────────────────────────────────────────────────────────────┘
 *
 * All of a run is two passes and two external sorts, whatever the memory, so that the result cannot
 * depend on it. */
#include <stdlib.h>
#include <string.h>

#include "dedup/dedup_cut.h"
#include "lib/twice.h"
#include "weir/doc.h"
#include "weir/extsort.h"
#include "weir/utf8.h"

enum { USER_NUMBER, USER_TEXT, USER_REMOVED, USER_PIECES };
enum { KEEP_BYTES = 64 << 10 };

struct pieces {
    const struct weir_dedup_pieces_opt *opt;
    struct dedup_cut_rule rule;
    dedup_simple *simple, *words_simple;
    struct weir_twice twice;
    uint64_t memory, n_docs;
    weir_extsort *marks, *gone;
    int more; // the next piece to cut out
    uint64_t next_doc;
    uint32_t next_piece;
    uint64_t text_in, text_out, text_removed, text_dropped, n_removed, n_changed;
};

struct worker {
    weir_json *json;
    struct dedup_cutter cutter;
    dedup_words *words;
    struct dedup_simple_text simple;
    struct weir_buf left, json_text, line;
};

void weir_dedup_pieces_opt_init(struct weir_dedup_pieces_opt *opt, enum weir_dedup_pieces kind)
{
    *opt = (struct weir_dedup_pieces_opt){.kind = kind, .max_docs = 10, .sentences = 3};
    if (kind == WEIR_DEDUP_SPANS)
        opt->min_words = 50, opt->min_sentences = 3;
}

static void worker_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    dedup_cutter_free(&w->cutter);
    dedup_words_free(w->words);
    weir_buf_free(&w->simple.chunk);
    weir_buf_free(&w->left);
    weir_buf_free(&w->json_text);
    weir_buf_free(&w->line);
    free(w);
}

static void *worker_new(void *ctx, struct weir_err *err)
{
    const struct pieces *p = ctx;
    struct worker *w = weir_calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->cutter.rule = &p->rule;
    w->json = weir_json_new(err);
    w->words = w->json ? dedup_words_new(DEDUP_WORDS_CHARS, err) : NULL;
    if (w->words)
        return w;
    worker_free(w);
    return NULL;
}

static int number(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    (void)b, (void)err;
    r->user[USER_NUMBER] = ((struct pieces *)ctx)->n_docs++;
    return 0;
}

/* A bad document is marked so; what is negative is worse. */
static int parse(struct worker *w, struct weir_batch *b, struct weir_rec *r, struct weir_doc *doc,
                 struct weir_err *err)
{
    struct weir_err why = {0};
    if (!weir_doc_parse(w->json, weir_rec_raw(b, r), doc, &why))
        return 0;
    if (why.code != WEIR_EBAD)
        return weir_err_set(err, why.code, "%s", why.msg);
    weir_rec_bad(b, r, "bad-document", "%s", why.msg);
    return 0;
}

static enum weir_sentence_rules rules_for(const struct weir_doc *doc)
{
    return weir_sentence_rules_for(doc->lang, doc->code_lang, doc->text);
}

static int no_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory");
}

/* ---- first pass ---- */

static int mark(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    (void)ctx;
    struct worker *w = thread;
    struct weir_doc doc;
    const int rc = parse(w, b, r, &doc, err);
    if (rc || r->fate == WEIR_BAD)
        return rc;
    weir_twice_pass(r);
    if (dedup_cut(&w->cutter, doc.text, rules_for(&doc), 1))
        return no_memory(err);
    r->aux_at = b->aux.n;
    weir_buf_add(&b->aux, w->cutter.mark, w->cutter.n_mark * sizeof *w->cutter.mark);
    r->aux_n = b->aux.n - r->aux_at;
    return 0;
}

static int gather(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct pieces *p = ctx;
    struct dedup_mark m;
    char place[DEDUP_PLACE];
    int rc = 0;
    dedup_put_be(place, r->user[USER_NUMBER], 8);
    for (size_t at = 0; at < r->aux_n && !rc; at += sizeof m) {
        memcpy(&m, b->aux.p + r->aux_at + at, sizeof m);
        dedup_put_be(place + 8, m.piece, 4);
        rc = weir_extsort_add(p->marks, weir_span((char *)&m.hash, sizeof m.hash),
                              weir_span(place, DEDUP_PLACE), err);
    }
    return rc;
}

/* ---- which go ---- */

static int next_gone(struct pieces *p, struct weir_err *err)
{
    struct weir_span key, value;
    p->more = weir_extsort_next(p->gone, &key, &value, err);
    if (p->more <= 0)
        return p->more;
    p->next_doc = dedup_get_be(key.p, 8);
    p->next_piece = (uint32_t)dedup_get_be(key.p + 8, 4);
    return 0;
}

static int choose(struct pieces *p, struct weir_err *err)
{
    int rc = weir_extsort_sort(p->marks, err);
    if (!rc)
        rc = p->opt->kind == WEIR_DEDUP_LINES
                 ? dedup_choose_frequent(p->marks, p->gone, (uint64_t)p->opt->max_docs,
                                         (uint64_t)p->opt->min_count, p->twice.job->temp_dir, err)
                 : dedup_choose_later(p->marks, p->gone, err);
    weir_extsort_free(p->marks);
    p->marks = NULL;
    if (!rc)
        rc = weir_extsort_sort(p->gone, err);
    return rc ? rc : next_gone(p, err);
}

/* ---- second pass ---- */

static int bring_gone(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct pieces *p = ctx;
    number(ctx, b, r, err);
    r->aux_at = b->aux.n;
    while (p->more && p->next_doc == r->user[USER_NUMBER]) {
        weir_buf_add(&b->aux, &p->next_piece, sizeof p->next_piece);
        const int rc = next_gone(p, err);
        if (rc)
            return rc;
    }
    r->aux_n = b->aux.n - r->aux_at;
    return 0;
}

static int64_t count_words(const struct pieces *p, struct worker *w, struct weir_span text)
{
    const struct weir_span *words;
    struct weir_span chunk;
    int64_t n = 0, more = 0;
    dedup_simple_start(&w->simple, p->words_simple, text);
    while (more >= 0 && dedup_simple_next(&w->simple, &chunk))
        n += more = dedup_words_of(w->words, chunk, w->simple.marks, &words);
    const int failed = more < 0 || w->simple.chunk.failed;
    weir_buf_reset(&w->simple.chunk, KEEP_BYTES);
    return failed ? WEIR_EMEM : n;
}

static int64_t count_sentences(struct weir_span text, enum weir_sentence_rules rules)
{
    int64_t n = 0;
    for (size_t at = 0; at < text.n; n++)
        at = weir_sentence_end(text, at, rules);
    return n;
}

static int is_white(struct weir_span s)
{
    unsigned len;
    for (size_t at = 0; at < s.n; at += len)
        if (!weir_is_space(weir_utf8_decode(s.p + at, s.n - at, &len)))
            return 0;
    return 1;
}

/* 1 when too little is left of a document; what, how much and how much it should be. */
static int too_short(const struct pieces *p, struct worker *w, enum weir_sentence_rules rules,
                     const char **what, int64_t *value, int64_t *limit)
{
    const struct weir_span left = weir_buf_span(&w->left);
    const struct weir_dedup_pieces_opt *o = p->opt;
    *what = "characters";
    *limit = o->min_chars > 1 ? o->min_chars : 1;
    *value = is_white(left) ? 0 : (int64_t)weir_utf8_count(left.p, left.n);
    if (*value < *limit)
        return 1;
    *what = "words";
    *limit = o->min_words;
    if (*limit && ((*value = count_words(p, w, left)) < 0 || *value < *limit))
        return *value < 0 ? WEIR_EMEM : 1;
    *what = "sentences";
    *limit = o->min_sentences;
    return *limit && (*value = count_sentences(left, rules)) < *limit;
}

static void add_ranges(const struct dedup_cutter *c, struct weir_buf *b)
{
    for (size_t i = 0; i < c->n_gone; i++)
        weir_buf_addf(b, "%s[%zu,%zu]", i ? "," : "[", c->gone[i].from, c->gone[i].to);
    weir_buf_addc(b, ']');
}

/* The document with what is left, and with a member that says what went. */
static int make_document(const struct pieces *p, struct worker *w, const struct weir_doc *doc,
                         struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct weir_doc changed;
    weir_buf_reset(&w->line, KEEP_BYTES);
    weir_buf_reset(&w->json_text, KEEP_BYTES);
    weir_buf_add_json(&w->json_text, weir_buf_span(&w->left));
    weir_doc_with(&w->line, doc, "text", weir_buf_span(&w->json_text));
    int rc = weir_buf_reserve(&w->line, 0) ? no_memory(err) : weir_buf_check(&w->json_text, err);
    if (!rc)
        rc = weir_buf_check(&w->line, err);
    if (!rc)
        rc = weir_doc_parse(w->json, weir_buf_span(&w->line), &changed, err);
    if (rc)
        return rc;
    weir_buf_reset(&w->json_text, KEEP_BYTES);
    add_ranges(&w->cutter, &w->json_text);
    r->fate = WEIR_MADE;
    r->n_out = 1;
    r->out_at = b->out.n;
    weir_doc_with(&b->out, &changed, p->opt->member, weir_buf_span(&w->json_text));
    weir_buf_addc(&b->out, '\n');
    r->out_n = b->out.n - r->out_at;
    return weir_buf_check(&w->json_text, err);
}

static int drop_document(struct worker *w, struct weir_batch *b, struct weir_rec *r,
                         const char *what, int64_t value, int64_t limit, struct weir_err *err)
{
    weir_buf_reset(&w->line, KEEP_BYTES);
    add_ranges(&w->cutter, &w->line);
    weir_buf_addc(&w->line, '\0');
    const int rc = weir_buf_check(&w->line, err);
    if (!rc)
        weir_rec_drop(b, r, "too-short",
                      "\"rule\":\"%s\",\"value\":%lld,\"limit\":%lld,\"removed\":%s", what,
                      (long long)value, (long long)limit, w->line.p);
    return rc;
}

static int cut_out(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                   struct weir_err *err)
{
    const struct pieces *p = ctx;
    struct worker *w = thread;
    struct weir_doc doc;
    const char *what;
    int64_t value, limit;
    int rc = parse(w, b, r, &doc, err);
    if (rc || r->fate == WEIR_BAD)
        return rc;
    weir_rec_source(b, r, doc.source);
    r->user[USER_TEXT] = doc.text.n;
    r->user[USER_PIECES] = r->aux_n / sizeof(uint32_t);
    if (!r->aux_n)
        return 0;
    uint32_t *gone = malloc(r->aux_n);
    if (!gone)
        return no_memory(err);
    memcpy(gone, b->aux.p + r->aux_at, r->aux_n);
    weir_buf_reset(&w->left, KEEP_BYTES);
    const enum weir_sentence_rules rules = rules_for(&doc);
    if (dedup_cut(&w->cutter, doc.text, rules, 0) ||
        dedup_cut_remove(&w->cutter, doc.text, gone, r->aux_n / sizeof *gone, &w->left))
        rc = no_memory(err);
    free(gone);
    if (rc)
        return rc;
    r->user[USER_REMOVED] = doc.text.n - w->left.n;
    rc = too_short(p, w, rules, &what, &value, &limit);
    if (rc < 0)
        return no_memory(err);
    return rc ? drop_document(w, b, r, what, value, limit, err)
              : make_document(p, w, &doc, b, r, err);
}

static int account(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct pieces *p = ctx;
    (void)b, (void)err;
    p->text_in += r->user[USER_TEXT];
    if (r->fate == WEIR_DROP) {
        p->text_dropped += r->user[USER_TEXT];
        return 0;
    }
    p->text_removed += r->user[USER_REMOVED];
    p->text_out += r->user[USER_TEXT] - r->user[USER_REMOVED];
    p->n_removed += r->user[USER_PIECES];
    p->n_changed += r->user[USER_PIECES] > 0;
    return 0;
}

static int report(const struct pieces *p, struct weir_job *job, struct weir_err *err)
{
    const struct weir_count changed = {.records = p->n_changed}, none = {0};
    weir_buf_addf(&job->extra,
                  ",\"text\":{\"in\":%llu,\"out\":%llu,\"removed\":%llu,\"dropped\":%llu,"
                  "\"pieces\":%llu}",
                  (unsigned long long)p->text_in, (unsigned long long)p->text_out,
                  (unsigned long long)p->text_removed, (unsigned long long)p->text_dropped,
                  (unsigned long long)p->n_removed);
    if (p->n_changed && weir_names_add(&job->tally.notes, WEIR_LIT("documents cut"), changed, none))
        return no_memory(err);
    return weir_buf_check(&job->extra, err);
}

/* ---- the run ---- */

static int by_value(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

static int read_file(const char *path, uint64_t limit, struct weir_buf *b, struct weir_err *err)
{
    enum { BLOCK = 64 << 10 };
    weir_io *io = weir_io_open_read(path, err);
    if (!io)
        return err->code;
    ssize_t got = 1;
    while (got > 0 && b->n <= limit && !weir_buf_reserve(b, BLOCK)) {
        got = weir_io_read(io, b->p + b->n, BLOCK, err);
        b->n += got > 0 ? (size_t)got : 0;
    }
    int rc = got < 0 ? (int)got : weir_buf_check(b, err);
    if (!rc && b->n > limit)
        rc = weir_err_set(err, WEIR_EMEM, "%s: more than -m leaves for it", path);
    weir_io_abort(io);
    return rc;
}

/* The hashes of the lines of --allow, sorted. */
static int read_allowed(struct pieces *p, uint64_t **hashes, struct weir_err *err)
{
    struct weir_buf b = {0};
    struct dedup_cutter c = {.rule = &p->rule};
    if (!p->opt->allow)
        return 0;
    int rc = read_file(p->opt->allow, p->memory / 8, &b, err);
    if (!rc && b.n && weir_utf8_valid(b.p, b.n) != b.n)
        rc = weir_err_set(err, WEIR_EBAD, "%s: not valid UTF-8", p->opt->allow);
    if (!rc && b.n && dedup_cut(&c, weir_buf_span(&b), WEIR_SENTENCE_EN, 1))
        rc = no_memory(err);
    *hashes = rc ? NULL : weir_calloc(c.n_mark + 1, sizeof **hashes);
    if (!rc && !*hashes)
        rc = no_memory(err);
    for (size_t i = 0; !rc && i < c.n_mark; i++)
        (*hashes)[i] = c.mark[i].hash;
    if (!rc) {
        qsort(*hashes, c.n_mark, sizeof **hashes, by_value);
        p->rule.n_allowed = c.n_mark;
        p->rule.allowed = *hashes;
    }
    dedup_cutter_free(&c);
    weir_buf_free(&b);
    return rc;
}

static int run(struct pieces *p, struct weir_job *job, struct weir_err *err)
{
    struct weir_stage stage = {.ctx = p,
                               .arrive = number,
                               .thread_new = worker_new,
                               .thread_free = worker_free,
                               .work = mark,
                               .commit = gather,
                               .fixed_memory = p->memory};
    p->marks = weir_extsort_new(p->memory / 8 * 5, job->temp_dir, err);
    p->gone = p->marks ? weir_extsort_new(p->memory / 4, job->temp_dir, err) : NULL;
    int rc = p->gone ? weir_twice_look(&p->twice, &stage, err) : err->code;
    if (!rc)
        rc = choose(p, err);
    if (!rc) {
        p->n_docs = 0;
        stage.arrive = bring_gone;
        stage.work = cut_out;
        stage.commit = account;
        rc = weir_twice_write(&p->twice, &stage, err);
    }
    return rc ? rc : report(p, job, err);
}

int weir_dedup_pieces_run(const struct weir_dedup_pieces_opt *given, struct weir_job *job,
                          struct weir_err *err)
{
    static const char *const members[] = {"removed_lines", "removed_paragraphs", "removed_spans"};
    struct weir_dedup_pieces_opt opt = *given;
    struct pieces p = {.opt = &opt, .memory = weir_twice_memory(job), .twice = {.job = job}};
    const int spans = opt.kind == WEIR_DEDUP_SPANS;
    uint64_t *allowed = NULL;
    if (!opt.member)
        opt.member = members[opt.kind];
    p.simple = dedup_simple_new(spans ? DEDUP_DATATROVE : DEDUP_CCNET, err);
    p.words_simple = p.simple ? dedup_simple_new(DEDUP_DATATROVE, err) : NULL;
    p.rule = (struct dedup_cut_rule){
        .n_sentences = spans ? (unsigned)opt.sentences : 0, .raw = opt.raw, .simple = p.simple};
    int rc = p.words_simple ? read_allowed(&p, &allowed, err) : err->code;
    if (!rc)
        rc = run(&p, job, err);
    free(allowed);
    dedup_simple_free(p.simple);
    dedup_simple_free(p.words_simple);
    weir_extsort_free(p.marks);
    weir_extsort_free(p.gone);
    weir_twice_free(&p.twice);
    return weir_job_close_output(job, rc, err);
}
