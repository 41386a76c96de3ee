/* weir indexer stats: what a dataset holds, in numbers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/index_manifest.h"
#include "indexer/mix_scan.h"
#include "lib/xxh.h"
#include "weir/indexer.h"
#include "weir/stream.h"

enum { BLOCK_BYTES = 1 << 20, N_BINS = 32, MAX_RANGES = 20 };

struct stats {
    const char *prefix;
    struct mix_scan scan;
    struct index_manifest m;
    int has_manifest;
    uint64_t n_tokens, shortest, longest;
    uint64_t in_pieces; // tokens of documents: the others are end-of-document ids and padding
    uint64_t n_samples, n_repeated, repeated_tokens;
    uint64_t bins[N_BINS], bin_tokens[N_BINS]; // lengths from 2^i to 2^(i + 1) - 1; 0 with 1
    uint64_t n_eod, n_pad, n_ids, n_known;
    uint8_t *seen; // a bit an id
    struct weir_buf b;
};

/* ---- reading ---- */

static unsigned bin_of(uint64_t n)
{
    return n < 2 ? 0 : 63 - (unsigned)__builtin_clzll(n);
}

static int read_seqs(struct stats *s, struct weir_err *err)
{
    struct mix_seq q;
    int got;
    s->shortest = UINT64_MAX;
    while ((got = mix_scan_next(&s->scan, &q, err)) > 0) {
        const unsigned bin = bin_of(q.n);
        s->n_tokens += q.n;
        s->bins[bin]++;
        s->bin_tokens[bin] += q.n;
        s->shortest = q.n < s->shortest ? q.n : s->shortest;
        s->longest = q.n > s->longest ? q.n : s->longest;
        for (uint32_t i = 0; i < q.n_pieces; i++) {
            s->in_pieces += q.p[i].n;
            s->n_samples++;
            s->n_repeated += q.p[i].copy > 0;
            s->repeated_tokens += q.p[i].copy ? q.p[i].n : 0;
        }
    }
    return got;
}

static uint64_t id_at(const char *p, uint32_t width)
{
    uint64_t id = 0;
    memcpy(&id, p, width);
    return id;
}

static int read_ids(struct stats *s, struct weir_job *job, struct weir_err *err)
{
    const struct index_file *f = &s->scan.r.bin;
    const uint32_t width = s->scan.r.width;
    char *block = malloc(BLOCK_BYTES);
    XXH3_state_t *hash = XXH3_createState();
    int rc = block && hash && XXH3_128bits_reset(hash) == XXH_OK
                 ? 0
                 : weir_err_set(err, WEIR_EMEM, "out of memory");
    for (uint64_t at = 0; !rc && at < f->size;) {
        const size_t n = f->size - at < BLOCK_BYTES ? (size_t)(f->size - at) : BLOCK_BYTES;
        rc = index_file_read(f, at, block, n, err);
        if (!rc)
            (void)XXH3_128bits_update(hash, block, n); // fails on NULL only
        for (size_t i = 0; !rc && i + width <= n; i += width) {
            const uint64_t id = id_at(block + i, width);
            if (id < s->n_known)
                s->seen[id / 8] |= (uint8_t)(1 << id % 8);
            else
                rc = weir_err_set(err, WEIR_EBAD,
                                  "%s: byte %" PRIu64 ": id %" PRIu64
                                  " is not of the vocabulary: weir indexer check",
                                  f->path.p, at + i, id);
            s->n_eod += s->m.eod >= 0 && id == (uint64_t)s->m.eod;
        }
        at += n;
    }
    if (!rc) {
        const struct index_content is = index_content_of(f->size, hash);
        index_content_list(&job->input_list, f->path.p, &is);
    }
    XXH3_freeState(hash);
    free(block);
    for (uint64_t i = 0; i < s->n_known; i++)
        s->n_ids += s->seen[i / 8] >> i % 8 & 1;
    return rc;
}

/* What belongs to no piece is an end-of-document id, one a document's last sample, or padding. */
static void count_padding(struct stats *s)
{
    const uint64_t rest = s->has_manifest ? s->n_tokens - s->in_pieces : 0;
    const uint64_t eods = s->m.eod < 0 ? 0 : s->n_eod < rest ? s->n_eod : rest;
    s->n_pad = s->has_manifest && s->m.pad < 0 ? 0 : rest - eods;
    s->n_eod = rest - s->n_pad;
}

static int read_all(struct stats *s, struct weir_job *job, struct weir_err *err)
{
    s->m.eod = s->m.pad = -1;
    s->has_manifest = index_manifest_read(&s->m, s->prefix, err);
    int rc = s->has_manifest < 0 ? s->has_manifest : 0;
    if (!rc)
        rc = mix_scan_open(&s->scan, s->prefix, s->has_manifest, err);
    if (!rc && s->has_manifest && s->scan.prov.n_seqs != s->scan.r.n_seqs)
        rc = weir_err_set(err, WEIR_EBAD, "%s: is of another dataset", s->scan.prov.file.path.p);
    if (!rc)
        rc = read_seqs(s, err);
    s->n_known = s->has_manifest > 0
                     ? (s->m.max_id >= s->m.vocab_size ? s->m.max_id + 1 : s->m.vocab_size)
                     : UINT64_C(1) << (8 * s->scan.r.width > 24 ? 24 : 16);
    if (!rc && (s->n_known > job->memory || !(s->seen = weir_calloc(s->n_known / 8 + 1, 1))))
        rc = weir_err_set(err, WEIR_EMEM, "out of memory: give a larger -m");
    if (!rc)
        rc = read_ids(s, job, err);
    count_padding(s);
    return rc;
}

/* ---- for people ---- */

static double share(uint64_t n, uint64_t of)
{
    return of ? 100.0 * (double)n / (double)of : 0.0;
}

static void put_sources(struct stats *s)
{
    weir_buf_addf(&s->b, "%-24s %12s %12s %15s %8s %12s\n", "source", "documents", "samples",
                  "tokens", "share", "bytes/token");
    for (size_t i = 0; i < s->m.sources.n; i++) {
        const struct weir_named *x = &s->m.sources.at[i];
        weir_buf_addf(&s->b, "%-24.24s %12" PRIu64 " %12" PRIu64 " %15" PRIu64 " %7.3f%% ", x->name,
                      x->in.records, x->out.records, x->out.tokens,
                      share(x->out.tokens, s->n_tokens));
        if (x->in.tokens || !x->out.tokens)
            weir_buf_addf(&s->b, "%12s\n", "-");
        else
            weir_buf_addf(&s->b, "%12.3f\n", (double)x->in.bytes / (double)x->out.tokens);
    }
}

static void put_lengths(struct stats *s)
{
    uint64_t most = 1;
    for (int i = 0; i < N_BINS; i++)
        most = s->bins[i] > most ? s->bins[i] : most;
    weir_buf_addf(&s->b, "%-24s %12s %12s %15s\n", "tokens of a sequence", "", "sequences",
                  "tokens");
    for (int i = 0; i < N_BINS; i++) {
        char range[48];
        const uint64_t from = i ? UINT64_C(1) << i : 0;
        if (!s->bins[i])
            continue;
        snprintf(range, sizeof range, "%" PRIu64 "-%" PRIu64, from, (UINT64_C(2) << i) - 1);
        weir_buf_addf(&s->b, "  %-22s %12s %12" PRIu64 " %15" PRIu64 " ", range, "", s->bins[i],
                      s->bin_tokens[i]);
        for (uint64_t k = 0; k < (s->bins[i] * 20 + most - 1) / most; k++)
            weir_buf_addc(&s->b, '#');
        weir_buf_addc(&s->b, '\n');
    }
}

/* 3-5, 9, …: ids that no token of the dataset has. */
static void put_unused(struct stats *s)
{
    int n = 0;
    for (uint64_t i = 0; i < s->n_known && n <= MAX_RANGES; i++) {
        const uint64_t from = i;
        while (i < s->n_known && !(s->seen[i / 8] >> i % 8 & 1))
            i++;
        if (i == from)
            continue;
        weir_buf_adds(&s->b, n ? ", " : "  never used: ");
        if (n++ == MAX_RANGES)
            weir_buf_adds(&s->b, "...");
        else if (i - from == 1)
            weir_buf_addf(&s->b, "%" PRIu64, from);
        else
            weir_buf_addf(&s->b, "%" PRIu64 "-%" PRIu64, from, i - 1);
    }
    if (n)
        weir_buf_addc(&s->b, '\n');
}

static void put_text(struct stats *s)
{
    const uint64_t n = s->scan.r.n_seqs;
    weir_buf_addf(&s->b, "%s: %" PRIu64 " sequences, %" PRIu64 " tokens\n", s->prefix, n,
                  s->n_tokens);
    if (s->has_manifest)
        put_sources(s);
    put_lengths(s);
    weir_buf_addf(&s->b, "  shortest %" PRIu64 ", longest %" PRIu64 ", mean %.1f\n",
                  n ? s->shortest : 0, s->longest, n ? (double)s->n_tokens / (double)n : 0.0);
    if (s->has_manifest) {
        weir_buf_addf(&s->b,
                      "padding: %" PRIu64 " tokens, %.3f%%; end-of-document ids: %" PRIu64 "\n",
                      s->n_pad, share(s->n_pad, s->n_tokens), s->n_eod);
        weir_buf_addf(&s->b,
                      "samples: %" PRIu64 ", of them %" PRIu64 " stand there again (%" PRIu64
                      " tokens)\n",
                      s->n_samples, s->n_repeated, s->repeated_tokens);
    }
    weir_buf_addf(&s->b, "ids: %" PRIu64, s->n_ids);
    if (s->has_manifest) {
        weir_buf_addf(&s->b, " of %" PRIu64 " used, %.2f%%\n", s->n_known,
                      share(s->n_ids, s->n_known));
        put_unused(s);
    } else {
        weir_buf_adds(&s->b, " used; no manifest, so sources and vocabulary are not known\n");
    }
}

/* ---- for machines and the ledger ---- */

static void put_json(struct stats *s, struct weir_buf *b)
{
    const char *comma = "";
    weir_buf_adds(b, "{\"dataset\":");
    weir_buf_add_json_lossy(b, weir_span(s->prefix, strlen(s->prefix)));
    weir_buf_addf(b,
                  ",\"sequences\":%" PRIu64 ",\"tokens\":%" PRIu64 ",\"padding\":%" PRIu64
                  ",\"eod\":%" PRIu64 ",\"samples\":%" PRIu64 ",\"repeated\":%" PRIu64
                  ",\"repeated_tokens\":%" PRIu64 ",\"vocabulary\":%" PRIu64
                  ",\"ids_used\":%" PRIu64 ",\"lengths\":[",
                  s->scan.r.n_seqs, s->n_tokens, s->n_pad, s->n_eod, s->n_samples, s->n_repeated,
                  s->repeated_tokens, s->has_manifest ? s->n_known : 0, s->n_ids);
    for (int i = 0; i < N_BINS; i++) {
        if (!s->bins[i])
            continue;
        weir_buf_addf(b,
                      "%s{\"from\":%" PRIu64 ",\"sequences\":%" PRIu64 ",\"tokens\":%" PRIu64 "}",
                      comma, i ? UINT64_C(1) << i : 0, s->bins[i], s->bin_tokens[i]);
        comma = ",";
    }
    weir_buf_adds(b, "],\"sources\":{");
    for (size_t i = 0; i < s->m.sources.n; i++) {
        const struct weir_named *x = &s->m.sources.at[i];
        weir_buf_adds(b, i ? "," : "");
        weir_buf_add_json_lossy(b, weir_span(x->name, strlen(x->name)));
        weir_buf_addf(b,
                      ":{\"documents\":%" PRIu64 ",\"samples\":%" PRIu64 ",\"tokens\":%" PRIu64
                      ",\"text_bytes\":",
                      x->in.records, x->out.records, x->out.tokens);
        if (x->in.tokens)
            weir_buf_adds(b, "null}");
        else
            weir_buf_addf(b, "%" PRIu64 "}", x->in.bytes);
    }
    weir_buf_adds(b, "}}");
}

static int stats_of(const char *prefix, const struct weir_indexer_stats_opt *opt,
                    struct weir_job *job, struct weir_buf *all, struct weir_err *err)
{
    struct stats s = {.prefix = prefix};
    s.scan.r.idx.fd = s.scan.r.bin.fd = s.scan.prov.file.fd = -1;
    int rc = read_all(&s, job, err);
    if (!rc) {
        weir_buf_adds(all, all->n ? "," : "");
        put_json(&s, all);
        if (opt->json) {
            put_json(&s, &s.b);
            weir_buf_addc(&s.b, '\n');
        } else {
            put_text(&s);
        }
        rc = weir_buf_check(&s.b, err);
    }
    if (!rc)
        rc = weir_io_write(job->out, s.b.p, s.b.n, err);
    const struct weir_count n = {s.scan.r.n_seqs, s.scan.r.bin.size, s.n_tokens};
    struct weir_tally *t = &job->tally;
    t->in.records += n.records, t->in.bytes += n.bytes, t->in.tokens += n.tokens;
    t->kept = t->in;
    mix_scan_close(&s.scan);
    index_manifest_free(&s.m);
    free(s.seen);
    weir_buf_free(&s.b);
    return rc;
}

int weir_indexer_stats_run(const struct weir_indexer_stats_opt *opt, struct weir_job *job,
                           struct weir_err *err)
{
    struct weir_buf all = {0};
    int rc = weir_job_open_output(job, err);
    for (size_t i = 0; !rc && i < job->n_inputs; i++)
        rc = stats_of(job->inputs[i], opt, job, &all, err);
    weir_buf_adds(&job->extra, ",\"datasets\":[");
    weir_buf_add(&job->extra, all.p, all.n);
    weir_buf_adds(&job->extra, "]");
    weir_buf_free(&all);
    return weir_job_close_output(job, rc, err);
}
