#include "dedup/dedup_sign.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xxh.h"

struct worker {
    weir_json *json;
    XXH3_state_t *hash;
    struct dedup_shingler shingler;
    uint32_t text[DEDUP_BLOCK], shingle[DEDUP_BLOCK + 1], min[DEDUP_MAX_PERM];
    uint8_t sig[DEDUP_MAX_PERM];
    struct weir_buf hashes, set; // --verify: all shingles of the text, and what is made of them
    struct weir_buf place;       // FILE:LINE
};

void dedup_worker_free(void *worker)
{
    struct worker *w = worker;
    if (!w)
        return;
    weir_json_free(w->json);
    XXH3_freeState(w->hash);
    weir_buf_free(&w->hashes);
    weir_buf_free(&w->set);
    weir_buf_free(&w->place);
    free(w);
}

void *dedup_worker_new(struct weir_err *err)
{
    struct worker *w = calloc(1, sizeof *w);
    if (!w || !(w->hash = XXH3_createState())) {
        weir_err_set(err, WEIR_EMEM, "out of memory");
        dedup_worker_free(w);
        return NULL;
    }
    w->json = weir_json_new(err);
    if (w->json)
        return w;
    dedup_worker_free(w);
    return NULL;
}

/* ---- set-up ---- */

static uint64_t hash_name(const char *s)
{
    return XXH3_64bits(s, strlen(s));
}

static void fill_params(struct dedup_setup *s, uint64_t seed)
{
    const struct dedup_plan *p = &s->plan;
    const int ranked = s->keep.by != DEDUP_FIRST;
    s->params = (struct dedup_params){
        .flags = (p->exact ? DEDUP_P_EXACT : 0) | (p->near ? DEDUP_P_NEAR : 0) |
                 (s->opt->raw ? DEDUP_P_RAW : 0) | (p->verify ? DEDUP_P_VERIFY : 0) |
                 (ranked ? DEDUP_P_RANKED : 0),
        .unit = s->rule.unit,
        .n_shingle = s->rule.n,
        .num_perm = p->num_perm,
        .bands = p->bands,
        .rows = p->rows,
        .value_bytes = p->value_bytes,
        .scheme = DEDUP_SCHEME,
        .threshold = p->threshold,
        .seed = seed,
        .member = hash_name(s->opt->field ? s->opt->field : "text"),
        .keep = hash_name(s->opt->keep)};
}

int dedup_setup_init(struct dedup_setup *s, const struct weir_dedup_opt *opt, uint64_t seed,
                     struct weir_err *err)
{
    *s = (struct dedup_setup){.opt = opt, .kernel = dedup_minhash_best()};
    int rc = dedup_rule_parse(opt->shingle, &s->rule, err);
    if (!rc)
        rc = dedup_plan_init(&s->plan, opt, err);
    if (!rc)
        rc = dedup_keep_parse(opt->keep, &s->keep, err);
    if (!rc && opt->raw && !s->plan.exact)
        rc = weir_err_set(err, WEIR_EUSAGE, "--raw is about exact duplicates: give --exact too");
    if (!rc && opt->verify && !s->plan.near)
        rc = weir_err_set(err, WEIR_EUSAGE, "--verify is about near duplicates: give --near too");
    if (rc)
        return rc;
    dedup_perms_init(&s->perms, s->plan.num_perm, seed);
    fill_params(s, seed);
    s->fold = dedup_fold_new(err);
    return s->fold ? 0 : err ? err->code : WEIR_EMEM;
}

void dedup_setup_free(struct dedup_setup *s)
{
    dedup_fold_free(s->fold);
    s->fold = NULL;
}

/* ---- one text ---- */

/* Adds a block to the signature; returns its shingles. */
static size_t sign_block(const struct dedup_setup *s, struct worker *w, const struct dedup_text *t,
                         size_t n)
{
    const size_t n_shingles = dedup_shingle_next(&w->shingler, t, w->text, n, w->shingle);
    s->kernel(s->perms.key, s->perms.mul, w->min, s->perms.n_lanes, w->shingle, n_shingles);
    if (s->plan.verify)
        weir_buf_add(&w->hashes, w->shingle, n_shingles * sizeof *w->shingle);
    return n_shingles;
}

/* Hashes the normalised text and signs it; returns its shingles. */
static uint64_t sign_text(const struct dedup_setup *s, struct worker *w, struct weir_span text)
{
    struct dedup_text t;
    uint64_t n_shingles = 0;
    dedup_text_init(&t, s->fold, text);
    XXH3_128bits_reset(w->hash);
    if (s->plan.near) {
        const enum dedup_unit unit = s->rule.unit ? s->rule.unit : dedup_unit_for(text);
        dedup_shingler_init(&w->shingler, s->fold, unit, s->rule.n);
        dedup_minhash_start(w->min, s->perms.n_lanes);
        weir_buf_reset(&w->hashes, (size_t)1 << 20);
    }
    for (size_t n; (n = dedup_text_next(&t, w->text)) > 0;) {
        XXH3_128bits_update(w->hash, w->text, n * sizeof *w->text);
        if (s->plan.near)
            n_shingles += sign_block(s, w, &t, n);
    }
    if (s->plan.near)
        n_shingles += sign_block(s, w, &t, 0);
    return n_shingles;
}

static void sign_key(const struct dedup_setup *s, struct worker *w, struct weir_span text,
                     struct dedup_key *k)
{
    const uint64_t n = s->opt->raw && !s->plan.near ? 0 : sign_text(s, w, text);
    const XXH128_hash_t hash =
        s->opt->raw ? XXH3_128bits(text.p, text.n) : XXH3_128bits_digest(w->hash);
    k->hash[0] = hash.low64;
    k->hash[1] = hash.high64;
    // One shingle is too few: among millions of texts of one, some would be taken for copies for
    // nothing but a collision of 32-bit hashes.
    if (n < 2)
        return;
    dedup_minhash_fold(w->min, s->plan.num_perm, w->sig);
    k->sig = w->sig;
    if (!s->plan.verify || w->hashes.failed)
        return;
    weir_buf_reset(&w->set, (size_t)1 << 20);
    dedup_set_put(&w->set, (uint32_t *)(void *)w->hashes.p, w->hashes.n / sizeof(uint32_t));
    k->set = weir_buf_span(&w->set);
}

/* The text to compare; 0 when the document has none under the chosen name. */
static int chosen_text(const struct weir_dedup_opt *opt, const struct weir_doc *doc,
                       struct weir_span *text)
{
    *text = doc->text;
    if (!opt->field)
        return 1;
    const struct weir_field *f = weir_json_find(doc->f, doc->n_f, opt->field);
    if (!f || f->type != WEIR_JSON_STRING)
        return 0;
    *text = f->str;
    return 1;
}

/* The id, or the place for a document that has none. */
static struct weir_span id_of(struct worker *w, const struct weir_rec *r,
                              const struct weir_doc *doc)
{
    if (doc->id.p)
        return doc->id;
    w->place.n = 0;
    weir_buf_addf(&w->place, "%s:%llu", r->file, (unsigned long long)r->line);
    return weir_buf_span(&w->place);
}

int dedup_parse(weir_json *json, struct weir_batch *b, struct weir_rec *r, struct weir_doc *doc,
                struct weir_err *err)
{
    struct weir_err why = {0};
    if (!weir_doc_parse(json, weir_rec_raw(b, r), doc, &why)) {
        weir_rec_source(b, r, doc->source);
        return 0;
    }
    if (why.code != WEIR_EBAD)
        return weir_err_set(err, why.code, "%s", why.msg);
    weir_rec_bad(b, r, "bad-document", "%s", why.msg);
    return 0;
}

int dedup_sign(const struct dedup_setup *s, void *worker, struct weir_batch *b, struct weir_rec *r,
               struct weir_err *err)
{
    struct worker *w = worker;
    struct weir_doc doc;
    struct weir_span text;
    const int rc = dedup_parse(w->json, b, r, &doc, err);
    if (rc || r->fate == WEIR_BAD)
        return rc;
    struct dedup_key k = {.id = id_of(w, r, &doc)};
    k.absent = !chosen_text(s->opt, &doc, &text);
    if (!k.absent) {
        sign_key(s, w, text, &k);
        k.rank = dedup_keep_rank(&s->keep, &doc, text);
    }
    r->user[0] = k.absent ? DEDUP_NO_FIELD : k.sig ? DEDUP_SIGNED : DEDUP_SHORT;
    r->aux_at = b->aux.n;
    dedup_record_put(&b->aux, &s->plan, &k);
    r->aux_n = b->aux.n - r->aux_at;
    if (w->hashes.failed || w->set.failed || w->place.failed)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return weir_buf_check(&b->aux, err);
}

int dedup_look(void *worker, struct weir_batch *b, struct weir_rec *r, struct weir_err *err)
{
    struct weir_doc doc;
    return dedup_parse(((struct worker *)worker)->json, b, r, &doc, err);
}

/* ---- what is said of it ---- */

void dedup_states_count(struct dedup_states *n, const struct weir_rec *r, int near)
{
    n->n_no_field += r->user[0] == DEDUP_NO_FIELD;
    n->n_short += near && r->user[0] == DEDUP_SHORT;
}

static int note(struct weir_job *job, struct weir_span name, uint64_t n)
{
    const struct weir_count count = {.records = n}, none = {0};
    return n ? weir_names_add(&job->tally.notes, name, count, none) : 0;
}

int dedup_states_note(const struct dedup_states *n, struct weir_job *job, struct weir_err *err)
{
    if (note(job, WEIR_LIT("too short for near"), n->n_short) ||
        note(job, WEIR_LIT("without the field"), n->n_no_field))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    return 0;
}

int dedup_report(const struct dedup_setup *s, const struct dedup_states *n, struct weir_job *job,
                 struct weir_err *err)
{
    const struct dedup_plan *p = &s->plan;
    const struct weir_tally *t = &job->tally;
    if (p->near)
        weir_buf_addf(&job->extra,
                      ",\"plan\":{\"threshold\":%g,\"bands\":%u,\"rows\":%u,\"num_perm\":%u}",
                      p->threshold, p->bands, p->rows, p->num_perm);
    // A misspelt name would keep everything and say nothing.
    if (n->n_no_field && n->n_no_field == t->in.records - t->bad.records)
        return weir_err_set(err, WEIR_EFAIL, "--field %s: no document has this field",
                            s->opt->field);
    const int rc = dedup_states_note(n, job, err);
    return rc ? rc : weir_buf_check(&job->extra, err);
}

int dedup_drop_record(struct weir_batch *b, struct weir_rec *r, int verdict,
                      const struct dedup_twin *twin, struct weir_err *err)
{
    struct weir_buf id = {0};
    weir_buf_add_json_lossy(&id, twin->id);
    weir_buf_addc(&id, '\0');
    const int rc = weir_buf_check(&id, err);
    if (!rc)
        weir_rec_drop(b, r, verdict == DEDUP_EXACT ? "exact-duplicate" : "near-duplicate",
                      "\"twin\":%s,\"similarity\":%.3f", id.p, twin->similarity);
    weir_buf_free(&id);
    return rc;
}

uint64_t dedup_own_memory(const struct weir_job *job)
{
    const uint64_t own = (uint64_t)24 << 20, least = (uint64_t)8 << 20;
    if (job->memory < own + least)
        return 0;
    const uint64_t left = job->memory - own;
    return left - (left / 4 > least ? left / 4 : least);
}
