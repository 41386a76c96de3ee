/* The samples of a dataset: its sequences, or where provenance says so the pieces of documents in
 * them, without end-of-document ids and padding. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "infer/file_hash.h"
#include "infer/json_file.h"
#include "infer/sample.h"
#include "infer/score_internal.h"
#include "lib/index_prov.h"

struct score_dataset {
    struct weir_job *job;
    const weir_tok *tok;
    size_t next_input; // behind the one that is open
    struct index_reader r;
    struct index_prov prov;
    int is_open, has_prov;
    uint64_t next_seq;         // of this dataset
    struct index_seq seq;      // the one that is read
    struct index_piece *piece; // of it
    size_t n_piece, cap_piece, next_piece;
    uint64_t piece_end;    // token behind the last one given out
    uint64_t left, wanted; // sequences of all datasets; those still to draw
    int draws;             // not all are wanted
    struct weir_count undrawn;
    struct sample_rng rng;
    struct weir_buf doc, ids;
};

static int is_there(const char *prefix, const char *ext)
{
    struct stat st;
    return index_file_exists(prefix, ext) && (*ext || !stat(prefix, &st));
}

int score_is_dataset(const struct weir_job *job)
{
    for (size_t i = 0; i < job->n_inputs; i++)
        if (is_there(job->inputs[i], "") || !is_there(job->inputs[i], ".idx") ||
            !is_there(job->inputs[i], ".bin"))
            return 0;
    return job->n_inputs > 0;
}

/* ---- what the manifest says ---- */

struct manifest {
    const weir_tok *tok;
    uint64_t bytes; // of NAME.bin
    char hash[33];  // XXH3-128; empty: not said
};

static int compare_tokenizer(const struct manifest *m, struct json_node root, struct weir_err *err)
{
    struct json_node tokenizer, sha;
    struct weir_span s;
    struct weir_buf own = {0};
    if (!json_tree_get(root, "tokenizer", &tokenizer) ||
        !json_tree_get(tokenizer, "sha256", &sha) || !json_tree_string(sha, &s))
        return 0;
    weir_buf_add_hex(&own, weir_tok_sha256(m->tok), 32);
    int rc = weir_buf_check(&own, err);
    if (!rc && !weir_span_eq(s, weir_buf_span(&own)))
        rc = weir_err_set(err, WEIR_EBAD,
                          "the dataset was made with another tokenizer (SHA-256 %.*s, the model's "
                          "is %.*s): its ids mean nothing to this model",
                          (int)(s.n < 64 ? s.n : 64), s.p, (int)own.n, own.p);
    weir_buf_free(&own);
    return rc;
}

static int read_manifest(void *ctx, struct json_node root, struct weir_err *err)
{
    struct manifest *m = ctx;
    struct json_node bin, bytes, hash;
    struct weir_span s;
    int64_t n;
    if (json_tree_get(root, "bin", &bin) && json_tree_get(bin, "bytes", &bytes) &&
        json_tree_get(bin, "xxh128", &hash) && json_tree_whole(bytes, &n) && n >= 0 &&
        json_tree_string(hash, &s) && s.n == 32 && strspn(s.p, "0123456789abcdef") >= 32) {
        m->bytes = (uint64_t)n;
        memcpy(m->hash, s.p, 32);
    }
    return compare_tokenizer(m, root, err);
}

/* Names NAME.bin for the ledger with its hash: the manifest's, or where there is none and all of
 * the file is read anyway, its own. */
static int list_input(const score_dataset *d, struct manifest *m, struct weir_err *err)
{
    struct weir_buf *list = &d->job->input_list;
    const char *path = d->r.bin.path.p;
    if (!m->hash[0] && !d->draws && file_hash(path, &m->bytes, m->hash, NULL, err))
        return err->code;
    if (!m->hash[0])
        return 0;
    weir_buf_adds(list, list->n ? ",{\"name\":" : "{\"name\":");
    weir_buf_add_json_lossy(list, weir_span(path, strlen(path)));
    weir_buf_addf(list, ",\"bytes\":%llu,\"xxh128\":\"%s\"}", (unsigned long long)m->bytes,
                  m->hash);
    return weir_buf_check(list, err);
}

static int check_manifest(const score_dataset *d, const char *prefix, struct weir_err *err)
{
    struct weir_buf path = {0};
    struct manifest m = {.tok = d->tok};
    weir_buf_addf(&path, "%s.json", prefix);
    weir_buf_addc(&path, '\0');
    int rc = weir_buf_check(&path, err);
    if (!rc && !access(path.p, F_OK))
        rc = json_file(path.p, read_manifest, &m, err);
    if (!rc && m.hash[0] && m.bytes != d->r.bin.size)
        rc = weir_err_set(err, WEIR_EBAD, "%s has %llu bytes, its manifest says %llu",
                          d->r.bin.path.p, (unsigned long long)d->r.bin.size,
                          (unsigned long long)m.bytes);
    weir_buf_free(&path);
    return rc ? rc : list_input(d, &m, err);
}

/* ---- datasets, one after another ---- */

static void close_one(score_dataset *d)
{
    if (!d->is_open)
        return;
    index_reader_close(&d->r);
    if (d->has_prov)
        index_prov_close(&d->prov);
    d->is_open = d->has_prov = 0;
}

static int open_one(score_dataset *d, const char *prefix, struct weir_err *err)
{
    close_one(d);
    d->r.idx.fd = d->r.bin.fd = -1;
    d->is_open = 1;
    int rc = index_reader_open(&d->r, prefix, err);
    if (!rc && index_file_exists(prefix, ".prov")) {
        d->has_prov = 1;
        rc = index_prov_open(&d->prov, prefix, err);
        if (!rc && d->prov.n_seqs != d->r.n_seqs)
            rc =
                weir_err_set(err, WEIR_EBAD, "%s.prov is of another dataset: it has %llu sequences",
                             prefix, (unsigned long long)d->prov.n_seqs);
    }
    d->next_seq = 0;
    d->n_piece = d->next_piece = 0;
    return rc;
}

score_dataset *score_dataset_open(struct weir_job *job, const weir_tok *tok, uint64_t samples,
                                  struct weir_err *err)
{
    score_dataset *d = calloc(1, sizeof *d);
    int rc = d ? 0 : weir_err_set(err, WEIR_EMEM, "out of memory");
    if (!rc) {
        d->job = job;
        d->tok = tok;
        d->rng.state = job->seed;
        d->draws = samples > 0;
    }
    for (size_t i = 0; !rc && i < job->n_inputs; i++) {
        rc = open_one(d, job->inputs[i], err);
        if (!rc)
            rc = check_manifest(d, job->inputs[i], err);
        if (rc)
            break;
        d->left += d->r.n_seqs;
        d->undrawn.records += d->r.n_seqs;
        d->undrawn.bytes += d->r.bin.size;
        d->undrawn.tokens += d->r.bin.size / d->r.width;
    }
    if (!rc) {
        close_one(d);
        d->wanted = samples && samples < d->left ? samples : d->left;
        return d;
    }
    score_dataset_close(d);
    return NULL;
}

void score_dataset_close(score_dataset *d)
{
    if (!d)
        return;
    close_one(d);
    free(d->piece);
    weir_buf_free(&d->doc);
    weir_buf_free(&d->ids);
    free(d);
}

/* ---- sequences and pieces ---- */

/* Pieces of the sequence; without provenance it is one of no document. */
static int read_pieces(score_dataset *d, uint64_t seq, struct weir_err *err)
{
    uint64_t firsts[2] = {0, 1};
    int rc = d->has_prov ? index_prov_firsts(&d->prov, seq, 1, firsts, err) : 0;
    if (rc)
        return rc;
    const uint64_t n = firsts[1] - firsts[0];
    if (firsts[1] < firsts[0] || n > (uint64_t)d->seq.n + 1 ||
        weir_grow(&d->piece, &d->cap_piece, (size_t)n, sizeof *d->piece))
        return weir_err_set(err, WEIR_EBAD, "%s: sequence %llu has %llu pieces",
                            d->prov.file.path.p, (unsigned long long)seq, (unsigned long long)n);
    d->n_piece = (size_t)n;
    d->next_piece = 0;
    d->piece_end = 0;
    if (!d->has_prov)
        d->piece[0] = (struct index_piece){.n = (uint32_t)d->seq.n};
    else
        rc = index_prov_pieces(&d->prov, firsts[0], (size_t)n, d->piece, err);
    return rc;
}

/* Selection sampling (Fan et al. 1962; Knuth, 3.4.2, algorithm S): each sequence is as likely. */
static int is_drawn(score_dataset *d)
{
    const double left = (double)d->left--;
    if (sample_uniform(&d->rng) * left >= (double)d->wanted)
        return 0;
    d->wanted--;
    return 1;
}

/* The next sequence that is wanted; 0 behind the last one. */
static int next_sequence(score_dataset *d, struct weir_err *err)
{
    while (d->wanted) {
        if (!d->is_open || d->next_seq == d->r.n_seqs) {
            if (d->next_input == d->job->n_inputs)
                return 0;
            if (open_one(d, d->job->inputs[d->next_input++], err))
                return err->code;
            continue;
        }
        const uint64_t seq = d->next_seq++;
        if (!is_drawn(d))
            continue;
        if (index_reader_seqs(&d->r, seq, 1, &d->seq, err))
            return err->code;
        const uint64_t bytes = (uint64_t)d->seq.n * d->r.width;
        if (d->seq.n < 0 || d->seq.n > UINT32_MAX || d->seq.at > d->r.bin.size ||
            bytes > d->r.bin.size - d->seq.at)
            return weir_err_set(err, WEIR_EBAD, "%s: sequence %llu lies outside %s",
                                d->r.idx.path.p, (unsigned long long)seq, d->r.bin.path.p);
        d->undrawn.records--;
        d->undrawn.bytes -= bytes;
        d->undrawn.tokens -= (uint64_t)d->seq.n;
        return read_pieces(d, seq, err) ? err->code : 1;
    }
    return 0;
}

static int add_piece(score_dataset *d, const struct index_piece *p, struct weir_batch *b,
                     struct weir_err *err)
{
    const size_t n = (size_t)p->n * d->r.width;
    struct index_prov_doc doc = {0};
    if (p->begin < d->piece_end || p->begin > (uint64_t)d->seq.n || p->n > d->seq.n - p->begin)
        return weir_err_set(err, WEIR_EBAD, "%s: a piece lies outside its sequence",
                            d->prov.file.path.p);
    if (d->has_prov && index_prov_doc(&d->prov, p->doc, &d->doc, &doc, err))
        return err->code;
    struct weir_rec *r = weir_batch_add(b, NULL, n);
    if (!r)
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    r->file = d->job->inputs[d->next_input - 1];
    r->line = d->next_seq; // one more than its number
    r->offset = d->seq.at + (uint64_t)p->begin * d->r.width;
    r->length = n;
    r->framing = (p->begin - d->piece_end) * d->r.width;
    d->piece_end = (uint64_t)p->begin + p->n;
    r->n_tokens_in = p->n;
    weir_rec_source(b, r, doc.source);
    score_keep_id(b, r, doc.id);
    return index_file_read(&d->r.bin, r->offset, b->raw.p + r->raw_at, n, err);
}

int score_dataset_next(score_dataset *d, struct weir_batch *b, struct weir_err *err)
{
    while (d->next_piece == d->n_piece) {
        /* What stands behind the last piece of a sequence is of no record. */
        if (d->is_open && d->n_piece)
            d->job->tally.framing += ((uint64_t)d->seq.n - d->piece_end) * d->r.width;
        d->n_piece = d->next_piece = 0;
        const int rc = next_sequence(d, err);
        if (rc <= 0)
            return rc;
    }
    return add_piece(d, &d->piece[d->next_piece++], b, err) ? err->code : 1;
}

int score_dataset_finish(const score_dataset *d, struct weir_err *err)
{
    struct weir_tally *t = &d->job->tally;
    const struct weir_count n = d->undrawn;
    if (!d->draws || !n.records)
        return 0;
    t->in.records += n.records, t->in.bytes += n.bytes, t->in.tokens += n.tokens;
    t->dropped.records += n.records, t->dropped.bytes += n.bytes, t->dropped.tokens += n.tokens;
    /* Whose they are is not looked up: they are a source of their own. */
    return weir_names_add(&t->reasons, WEIR_LIT("not-drawn"), n, (struct weir_count){0}) ||
                   weir_names_add(&t->sources, WEIR_LIT("(not drawn)"), n, (struct weir_count){0})
               ? weir_err_set(err, WEIR_EMEM, "out of memory")
               : 0;
}

static uint64_t id_at(const uint8_t *p, uint32_t width)
{
    uint64_t v = 0;
    memcpy(&v, p, width);
    return v;
}

int score_dataset_ids(const score_dataset *d, const struct weir_batch *b, const struct weir_rec *r,
                      uint32_t **ids, size_t *n, struct weir_err *err)
{
    const uint32_t vocabulary = weir_tok_vocab_size(d->tok);
    const uint32_t width = r->n_tokens_in ? (uint32_t)(r->raw_n / r->n_tokens_in) : 1;
    *n = r->n_tokens_in;
    if (!(*ids = weir_calloc(*n + 1, sizeof **ids)))
        return weir_err_set(err, WEIR_EMEM, "out of memory");
    for (size_t i = 0; i < *n; i++) {
        const uint64_t id = id_at((const uint8_t *)b->raw.p + r->raw_at + i * width, width);
        if (id >= vocabulary) {
            free(*ids);
            *ids = NULL;
            return weir_err_set(
                err, WEIR_EBAD, "%s: sequence %llu holds id %llu, the tokenizer has %u", r->file,
                (unsigned long long)r->line - 1, (unsigned long long)id, vocabulary);
        }
        (*ids)[i] = (uint32_t)id;
    }
    return 0;
}
