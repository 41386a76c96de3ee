/* --compat: whole runs with the signatures and the kept set of another tool.
 *
 *      documents ── sign ──► (band, values, document) ── sort ──► equal neighbours are joined
 *                     └────► (document, id)                             │
 *      documents ◄── drop ── (document, id of its twin) ◄── sort ◄── clusters
 *
 * datatrove joins neighbours in the order of its bucket files, by size, and keeps each cluster's
 * root; users of datasketch keep its first document. */
#include "dedup/dedup_compat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dedup/dedup_internal.h"
#include "lib/twice.h"
#include "weir/doc.h"
#include "weir/extsort.h"

enum { USER_STATE, USER_ID_BYTES };
enum { STATE_EMPTY, STATE_SHORT, STATE_SIGNED };
enum { MAX_KEY = 2 + 8 * DEDUP_MAX_PERM + 4 };

struct compat {
    const struct weir_dedup_opt *opt;
    struct dedup_compat_rule rule;
    size_t n_values, key_bytes;
    uint64_t memory;
    struct weir_twice twice;
    uint32_t n_docs; // with text, as datatrove counts them
    uint64_t n_short, n_other_words;
    weir_extsort *bands, *ids, *drops;
    int32_t *parent; // of each document: another one, or minus the size of the cluster it leads
    int more;        // the next document to drop, and its twin's id
    uint32_t next;
    struct weir_span twin;
};

struct worker {
    weir_json *json;
    dedup_signer *signer;
};

static void worker_free(void *thread)
{
    struct worker *w = thread;
    if (!w)
        return;
    weir_json_free(w->json);
    dedup_signer_free(w->signer);
    free(w);
}

static void *worker_new(void *ctx, struct weir_err *err)
{
    const struct compat *c = ctx;
    struct worker *w = weir_calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->json = weir_json_new(err);
    w->signer = w->json ? dedup_signer_new(&c->rule, err) : NULL;
    if (w->signer)
        return w;
    worker_free(w);
    return NULL;
}

static void put_be(unsigned char *to, uint64_t v, unsigned n)
{
    while (n--) {
        to[n] = (unsigned char)v;
        v >>= 8;
    }
}

static uint64_t get_be(const void *from, unsigned n)
{
    const unsigned char *p = from;
    uint64_t v = 0;
    while (n--)
        v = v << 8 | *p++;
    return v;
}

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

/* First pass: id and signature go to commit. */
static int sign(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                struct weir_err *err)
{
    const struct compat *c = ctx;
    struct worker *w = thread;
    struct weir_doc doc;
    const uint64_t *sig;
    int rc = parse(w, b, r, &doc, err);
    if (rc || r->fate == WEIR_BAD)
        return rc;
    weir_twice_pass(r);
    if (!doc.text.n)
        return 0;
    rc = dedup_signer_sign(w->signer, doc.text, &sig);
    if (rc < 0)
        return weir_err_set(err, rc, "out of memory");
    r->user[USER_STATE] = rc ? STATE_SIGNED : STATE_SHORT;
    r->aux_at = b->aux.n;
    if (doc.id.p)
        weir_buf_add(&b->aux, doc.id.p, doc.id.n);
    else
        weir_buf_addf(&b->aux, "%s:%llu", r->file, (unsigned long long)r->line);
    r->user[USER_ID_BYTES] = b->aux.n - r->aux_at;
    if (rc)
        weir_buf_add(&b->aux, sig, c->n_values * sizeof *sig);
    r->aux_n = b->aux.n - r->aux_at;
    r->user[2] = c->rule.words == DEDUP_WORDS_ENGLISH && dedup_unit_for(doc.text) == DEDUP_CHAR;
    return 0;
}

static int add_bands(struct compat *c, uint32_t doc, const char *sig, struct weir_err *err)
{
    unsigned char key[MAX_KEY];
    for (unsigned band = 0; band < c->rule.bands; band++) {
        put_be(key, band, 2);
        for (unsigned i = 0; i < c->rule.rows; i++) {
            uint64_t v;
            memcpy(&v, sig + ((size_t)band * c->rule.rows + i) * sizeof v, sizeof v);
            put_be(key + 2 + 8 * i, v, 8);
        }
        put_be(key + c->key_bytes, doc, 4);
        const int rc = weir_extsort_add(c->bands, weir_span((char *)key, c->key_bytes + 4),
                                        weir_span(NULL, 0), err);
        if (rc)
            return rc;
    }
    return 0;
}

static int gather(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct compat *c = ctx;
    const char *aux = b->aux.p + r->aux_at;
    unsigned char key[4];
    if (r->user[USER_STATE] == STATE_EMPTY)
        return 0;
    if (c->n_docs == INT32_MAX)
        return weir_err_set(err, WEIR_EFAIL, "more than 2^31 - 1 documents");
    const uint32_t doc = c->n_docs++;
    c->n_short += r->user[USER_STATE] == STATE_SHORT;
    c->n_other_words += r->user[2];
    if (r->user[USER_STATE] == STATE_SHORT)
        return 0;
    put_be(key, doc, 4);
    const int rc = weir_extsort_add(c->ids, weir_span((char *)key, 4),
                                    weir_span(aux, r->user[USER_ID_BYTES]), err);
    return rc ? rc : add_bands(c, doc, aux + r->user[USER_ID_BYTES], err);
}

static uint32_t root_of(int32_t *parent, uint32_t x)
{
    while (parent[x] >= 0) {
        if (parent[parent[x]] >= 0)
            parent[x] = parent[parent[x]];
        x = (uint32_t)parent[x];
    }
    return x;
}

static void join(struct compat *c, uint32_t x, uint32_t y)
{
    uint32_t a = root_of(c->parent, x), b = root_of(c->parent, y);
    if (a == b)
        return;
    const int swap = c->rule.compat == DEDUP_COMPAT_DATATROVE
                         ? -(int64_t)c->parent[a] < -(int64_t)c->parent[b]
                         : b < a;
    if (swap) {
        const uint32_t t = a;
        a = b;
        b = t;
    }
    c->parent[a] += c->parent[b];
    c->parent[b] = (int32_t)a;
}

/* ---- signature files: DIR/bucket_BBB/RRRRR.minhash.sig ---- */

struct sig_file {
    const char *dir;
    unsigned rank, band, n_bands; // band: the next to be opened
    weir_io *io;
};

static int make_dir(const char *path, struct weir_err *err)
{
    return mkdir(path, 0777) && errno != EEXIST ? weir_err_errno(err, "%s: cannot make", path) : 0;
}

/* Closes the file that is open and opens those up to this band. */
static int open_band(struct sig_file *f, unsigned band, struct weir_err *err)
{
    struct weir_buf path = {0};
    int rc = 0;
    for (; !rc && f->band <= band; f->band++) {
        rc = weir_io_close(f->io, err);
        f->io = NULL;
        weir_buf_reset(&path, 256);
        weir_buf_addf(&path, "%s/bucket_%03u", f->dir, f->band);
        weir_buf_addc(&path, '\0');
        if (!rc)
            rc = weir_buf_check(&path, err);
        if (!rc)
            rc = make_dir(path.p, err);
        path.n--;
        weir_buf_addf(&path, "/%05u.minhash.sig", f->rank);
        weir_buf_addc(&path, '\0');
        if (!rc)
            rc = weir_buf_check(&path, err);
        if (!rc && !(f->io = weir_io_open_write_plain(path.p, err)))
            rc = err->code;
    }
    weir_buf_free(&path);
    return rc;
}

static int export_record(struct sig_file *f, const unsigned char *key, size_t key_bytes,
                         struct weir_err *err)
{
    char record[MAX_KEY];
    size_t n = 0;
    int rc = open_band(f, (unsigned)get_be(key, 2), err);
    for (size_t at = 2; at < key_bytes; at += 8, n += 8) {
        const uint64_t v = get_be(key + at, 8);
        memcpy(record + n, &v, 8);
    }
    const uint32_t doc = (uint32_t)get_be(key + key_bytes, 4);
    memcpy(record + n, &doc, 4);
    return rc ? rc : weir_io_write(f->io, record, n + 4, err);
}

static int close_sigs(struct sig_file *f, int rc, struct weir_err *err)
{
    if (!rc)
        rc = open_band(f, f->n_bands - 1, err);
    if (!rc)
        return weir_io_close(f->io, err);
    weir_io_abort(f->io);
    return rc;
}

/* ---- clusters ---- */

static int cluster(struct compat *c, struct weir_err *err)
{
    struct sig_file f = {c->opt->export_sig, (unsigned)c->opt->rank, 0, c->rule.bands, NULL};
    unsigned char last[MAX_KEY];
    struct weir_span key, value;
    int have_last = 0, got = 0;
    int rc = weir_extsort_sort(c->bands, err);
    if (!rc && f.dir)
        rc = make_dir(f.dir, err);
    while (!rc && (got = weir_extsort_next(c->bands, &key, &value, err)) > 0) {
        const unsigned char *k = (const unsigned char *)key.p;
        if (have_last && !memcmp(last, k, c->key_bytes))
            join(c, (uint32_t)get_be(last + c->key_bytes, 4),
                 (uint32_t)get_be(k + c->key_bytes, 4));
        memcpy(last, k, key.n);
        have_last = 1;
        if (f.dir)
            rc = export_record(&f, k, c->key_bytes, err);
    }
    rc = rc ? rc : got;
    if (f.dir)
        rc = close_sigs(&f, rc, err);
    weir_extsort_free(c->bands);
    c->bands = NULL;
    return rc;
}

/* (root, document) for each document to drop. */
static int list_drops(struct compat *c, weir_extsort *by_root, struct weir_err *err)
{
    unsigned char root[4], doc[4];
    int rc = 0;
    for (uint32_t i = 0; i < c->n_docs && !rc; i++) {
        if (c->parent[i] < 0)
            continue;
        put_be(root, root_of(c->parent, i), 4);
        put_be(doc, i, 4);
        rc = weir_extsort_add(by_root, weir_span((char *)root, 4), weir_span((char *)doc, 4), err);
    }
    return rc ? rc : weir_extsort_sort(by_root, err);
}

/* Puts the roots' ids to the documents. */
static int name_twins(struct compat *c, weir_extsort *by_root, struct weir_err *err)
{
    struct weir_span root, doc, key = {0}, id = {0};
    int rc = weir_extsort_sort(c->ids, err), got = 0;
    while (!rc && (got = weir_extsort_next(by_root, &root, &doc, err)) > 0) {
        while (!rc && (!key.p || memcmp(key.p, root.p, 4) < 0)) {
            const int one = weir_extsort_next(c->ids, &key, &id, err);
            rc = one > 0 ? 0 : one < 0 ? one : weir_err_set(err, WEIR_EFAIL, "a twin has no id");
        }
        if (!rc)
            rc = weir_extsort_add(c->drops, doc, id, err);
    }
    rc = rc ? rc : got;
    return rc ? rc : weir_extsort_sort(c->drops, err);
}

static int plan_drops(struct compat *c, struct weir_err *err)
{
    if ((uint64_t)c->n_docs * sizeof *c->parent > c->memory / 4)
        return weir_err_set(err, WEIR_EMEM, "the clusters of %u documents need about -m %lluM",
                            c->n_docs, (unsigned long long)(((uint64_t)c->n_docs * 22 >> 20) + 64));
    c->parent = weir_calloc(c->n_docs ? c->n_docs : 1, sizeof *c->parent);
    weir_extsort *by_root = weir_extsort_new(c->memory / 8, c->twice.job->temp_dir, err);
    c->drops = weir_extsort_new(c->memory / 8, c->twice.job->temp_dir, err);
    int rc = !c->parent            ? weir_err_set(err, WEIR_EMEM, "out of memory")
             : by_root && c->drops ? 0
                                   : err->code;
    if (!rc) {
        memset(c->parent, 0xFF, (size_t)c->n_docs * sizeof *c->parent); // each a cluster of one
        rc = cluster(c, err);
    }
    if (!rc)
        rc = list_drops(c, by_root, err);
    if (!rc)
        rc = name_twins(c, by_root, err);
    weir_extsort_free(by_root);
    free(c->parent);
    c->parent = NULL;
    return rc;
}

/* ---- second pass ---- */

static int look_again(void *ctx, void *thread, struct weir_batch *b, struct weir_rec *r,
                      struct weir_err *err)
{
    (void)ctx;
    struct weir_doc doc;
    const int rc = parse(thread, b, r, &doc, err);
    if (rc || r->fate == WEIR_BAD)
        return rc;
    weir_rec_source(b, r, doc.source);
    r->user[USER_STATE] = doc.text.n ? STATE_SIGNED : STATE_EMPTY;
    return 0;
}

static int next_drop(struct compat *c, struct weir_err *err)
{
    struct weir_span doc;
    c->more = weir_extsort_next(c->drops, &doc, &c->twin, err);
    if (c->more > 0)
        c->next = (uint32_t)get_be(doc.p, 4);
    return c->more < 0 ? c->more : 0;
}

static int drop(void *ctx, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct compat *c = ctx;
    struct weir_buf twin = {0};
    if (r->user[USER_STATE] == STATE_EMPTY || c->n_docs++ != c->next || !c->more)
        return 0;
    weir_buf_add_json(&twin, c->twin);
    weir_buf_addc(&twin, '\0');
    const int rc = weir_buf_check(&twin, err);
    if (!rc)
        weir_rec_drop(b, r, "near-duplicate", "\"twin\":%s", twin.p);
    weir_buf_free(&twin);
    return rc ? rc : next_drop(c, err);
}

static int report(const struct compat *c, struct weir_job *job, struct weir_err *err)
{
    static const char *const names[] = {"", "datatrove", "datasketch"};
    const struct weir_count n_short = {.records = c->n_short}, none = {0};
    const struct weir_count other = {.records = c->n_other_words};
    weir_buf_addf(&job->extra,
                  ",\"plan\":{\"compat\":\"%s\",\"words\":\"%s\",\"n_gram\":%u,\"bands\":%u,"
                  "\"rows\":%u,\"num_perm\":%zu}",
                  names[c->rule.compat], c->rule.words ? "chars" : "english", c->rule.n_gram,
                  c->rule.bands, c->rule.rows, c->n_values);
    if ((n_short.records &&
         weir_names_add(&job->tally.notes, WEIR_LIT("too short for near"), n_short, none)) ||
        (other.records &&
         weir_names_add(&job->tally.notes, WEIR_LIT("Chinese in English words"), other, none)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return weir_buf_check(&job->extra, err);
}

static int run(struct compat *c, struct weir_job *job, struct weir_err *err)
{
    struct weir_stage stage = {.ctx = c,
                               .thread_new = worker_new,
                               .thread_free = worker_free,
                               .work = sign,
                               .commit = gather,
                               .fixed_memory = c->memory};
    c->bands = weir_extsort_new(c->memory / 8 * 5, job->temp_dir, err);
    c->ids = weir_extsort_new(c->memory / 8, job->temp_dir, err);
    int rc = c->bands && c->ids ? weir_twice_look(&c->twice, &stage, err) : err->code;
    if (!rc)
        rc = plan_drops(c, err);
    if (!rc)
        rc = next_drop(c, err);
    if (!rc) {
        c->n_docs = 0;
        stage.work = look_again;
        stage.commit = drop;
        rc = weir_twice_write(&c->twice, &stage, err);
    }
    return rc ? rc : report(c, job, err);
}

/* 0 and the rule, or WEIR_EUSAGE. */
static int make_rule(struct compat *c, struct weir_err *err)
{
    const struct weir_dedup_opt *opt = c->opt;
    struct dedup_rule shingle;
    struct dedup_plan plan;
    struct weir_dedup_opt planned = *opt;
    const int datatrove = opt->compat == DEDUP_COMPAT_DATATROVE;
    int rc = dedup_rule_parse(opt->shingle, &shingle, err);
    if (!rc && shingle.unit == DEDUP_CHAR)
        rc = weir_err_set(err, WEIR_EUSAGE,
                          "--compat takes --shingle word:N; for n-grams of "
                          "characters add --words chars");
    if (!rc && opt->export_sig && !datatrove)
        rc = weir_err_set(err, WEIR_EUSAGE, "--export-sig needs --compat datatrove");
    if (!rc && (opt->exact || opt->near || opt->field || opt->plan || opt->index))
        rc =
            weir_err_set(err, WEIR_EUSAGE,
                         "--compat goes with none of --exact, --near, --field, --index and --plan");
    if (!rc && datatrove && !opt->bands && !opt->rows)
        planned.bands = 14, planned.rows = 8, planned.num_perm = 112;
    if (!rc)
        rc = dedup_plan_init(&plan, &planned, err);
    if (rc)
        return rc;
    c->rule = (struct dedup_compat_rule){.compat = (enum dedup_compat)opt->compat,
                                         .words = (enum dedup_words_rule)opt->words,
                                         .n_gram = shingle.n,
                                         .bands = plan.bands,
                                         .rows = plan.rows,
                                         .seed = c->twice.job->seed};
    c->n_values = (size_t)plan.bands * plan.rows;
    c->key_bytes = 2 + 8 * (size_t)plan.rows;
    return 0;
}

int dedup_compat_run(const struct weir_dedup_opt *opt, struct weir_job *job, struct weir_err *err)
{
    struct compat c = {.opt = opt, .memory = weir_twice_memory(job), .twice = {.job = job}};
    int rc = make_rule(&c, err);
    if (!rc && !(c.rule.simple = dedup_simple_new(DEDUP_DATATROVE, err)))
        rc = err->code;
    if (!rc)
        rc = run(&c, job, err);
    dedup_simple_free((dedup_simple *)c.rule.simple);
    weir_extsort_free(c.bands);
    weir_extsort_free(c.ids);
    weir_extsort_free(c.drops);
    weir_twice_free(&c.twice);
    return weir_job_close_output(job, rc, err);
}
