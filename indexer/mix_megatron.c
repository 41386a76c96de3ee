#include "indexer/mix_megatron.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/mix_random.h"

/*      sequences, shuffled, of every epoch   │ 7 │   2   │ 0 │     5      │ …
 *      one stream of tokens cut into samples │ s0 │ s1 │ s2 │ s3 │ s4 │ …
 *      read in a shuffled order                s3, s0, s4, …                                  */
struct megatron {
    struct mix_one *one;
    uint64_t n;      // sequences
    uint64_t length; // tokens of a sample
    uint64_t epoch;  // tokens of an epoch
    uint64_t n_epochs;
    int apart;                    // the last epoch is shuffled by itself
    uint64_t n_samples, n_before; // of all epochs, of all but the last
    uint32_t *lengths, *sequences, *samples;
    uint8_t *read;      // a bit a sample
    weir_extsort *sort; // stretches that were read: sequence, from, end
    struct weir_span key, value;
    int any;
};

static int out_of_memory(struct weir_err *err)
{
    return weir_err_set(err, WEIR_EMEM, "out of memory: give a larger -m");
}

/* GPTDataset._get_num_epochs() and the 80 % rule of its constructor. */
static int plan_epochs(struct megatron *m, uint64_t asked, struct weir_err *err)
{
    if (!m->epoch || asked > UINT64_MAX / 2 / m->length)
        return weir_err_set(err, WEIR_EUSAGE, "--samples: too many");
    m->n_epochs = (asked * m->length + 1 + m->epoch - 1) / m->epoch;
    if (m->n_epochs > UINT32_MAX / (m->n + 1) || m->n_epochs * m->epoch / m->length >= UINT32_MAX)
        return weir_err_set(err, WEIR_EUSAGE, "%" PRIu64 " epochs: too large to be replayed",
                            m->n_epochs);
    m->n_samples = (m->n_epochs * m->epoch - 1) / m->length;
    m->n_before = ((m->n_epochs - 1) * m->epoch - (m->n_epochs > 1)) / m->length;
    const uint64_t last = asked > m->n_before ? asked - m->n_before : 0;
    const double most = 0.80 * (double)((m->epoch - 1) / m->length);
    m->apart = m->n_epochs > 1 && last < (uint64_t)most;
    return 0;
}

/* document_index, then shuffle_index, drawn from one generator. */
static int shuffle_all(struct megatron *m, uint64_t seed, struct weir_err *err)
{
    struct mt19937 g;
    const uint64_t all = m->n * m->n_epochs, first = m->apart ? all - m->n : all;
    const uint64_t bytes = 4 * (m->n + all + m->n_samples) + m->n_samples / 8;
    if (bytes > m->one->job->memory / 2)
        return weir_err_set(err, WEIR_EMEM,
                            "the order of this run takes %" PRIu64 " MB, which needs a larger -m",
                            bytes >> 20);
    m->sequences = weir_calloc(all + 1, sizeof *m->sequences);
    m->samples = weir_calloc(m->n_samples + 1, sizeof *m->samples);
    m->read = weir_calloc(m->n_samples / 8 + 1, 1);
    if (!m->sequences || !m->samples || !m->read)
        return out_of_memory(err);
    mt_seed(&g, seed);
    for (uint64_t i = 0; i < all; i++)
        m->sequences[i] = (uint32_t)(i % m->n);
    numpy_shuffle(&g, m->sequences, first);
    numpy_shuffle(&g, m->sequences + first, all - first);
    for (uint64_t i = 0; i < m->n_samples; i++)
        m->samples[i] = (uint32_t)i;
    const uint64_t before = m->apart ? m->n_before : m->n_samples;
    numpy_shuffle(&g, m->samples, before);
    numpy_shuffle(&g, m->samples + before, m->n_samples - before);
    return 0;
}

static int read_lengths(struct megatron *m, struct weir_err *err)
{
    struct mix_scan scan;
    struct mix_seq q;
    int got = 0;
    if (4 * m->n > m->one->job->memory / 4 || !(m->lengths = weir_calloc(m->n + 1, 4)))
        return out_of_memory(err);
    int rc = mix_scan_open(&scan, m->one->parts.at[0].prefix, 0, err);
    while (!rc && (got = mix_scan_next(&scan, &q, err)) > 0) {
        m->lengths[q.seq] = q.n;
        m->epoch += q.n;
    }
    mix_scan_close(&scan);
    return rc ? rc : got;
}

static int add_read(struct megatron *m, uint32_t seq, uint64_t from, uint64_t end,
                    struct weir_err *err)
{
    struct weir_buf key = {0};
    mix_key_put(&key, seq, 4);
    mix_key_put(&key, from, 4);
    mix_key_put(&key, end, 4);
    int rc = weir_buf_check(&key, err);
    if (!rc)
        rc = weir_extsort_add(m->sort, weir_buf_span(&key), weir_span("", 0), err);
    weir_buf_free(&key);
    return rc;
}

/* A sequence that stands at token `at` of the stream: the stretches of it that samples held. */
static int add_sequence(struct megatron *m, uint32_t seq, uint64_t at, struct weir_err *err)
{
    const uint64_t end = at + m->lengths[seq];
    int rc = 0;
    for (uint64_t s = at / m->length; !rc && s * m->length < end && s < m->n_samples; s++) {
        if (!(m->read[s / 8] >> s % 8 & 1))
            continue;
        const uint64_t from = s * m->length > at ? s * m->length : at;
        const uint64_t to = (s + 1) * m->length < end ? (s + 1) * m->length : end;
        rc = add_read(m, seq, from - at, to - at, err);
    }
    return rc;
}

static int add_all(struct megatron *m, uint64_t consumed, struct weir_err *err)
{
    int rc = 0;
    uint64_t at = 0;
    for (uint64_t i = 0; i < consumed; i++)
        m->read[m->samples[i] / 8] |= (uint8_t)(1 << m->samples[i] % 8);
    m->sort = weir_extsort_new(m->one->job->memory / 8, m->one->job->temp_dir, err);
    if (!m->sort)
        return err->code;
    for (uint64_t i = 0; !rc && i < m->n * m->n_epochs; i++) {
        rc = add_sequence(m, m->sequences[i], at, err);
        at += m->lengths[m->sequences[i]];
    }
    if (!rc)
        rc = weir_extsort_sort(m->sort, err);
    m->any = rc ? 0 : weir_extsort_next(m->sort, &m->key, &m->value, err);
    return rc ? rc : m->any < 0 ? m->any : 0;
}

static uint32_t number(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

/* What lies between the stretches that were read. */
static int not_read(void *ctx, const struct mix_seq *q, struct weir_buf *b, struct weir_err *err)
{
    struct megatron *m = ctx;
    uint32_t at = 0;
    while (m->any > 0 && number(m->key.p) == q->seq) {
        const uint32_t from = number(m->key.p + 4), end = number(m->key.p + 8);
        const uint32_t stretch[2] = {at, from};
        if (from > at)
            weir_buf_add(b, stretch, sizeof stretch);
        at = end > at ? end : at;
        m->any = weir_extsort_next(m->sort, &m->key, &m->value, err);
    }
    const uint32_t stretch[2] = {at, q->n};
    if (q->n > at)
        weir_buf_add(b, stretch, sizeof stretch);
    return m->any < 0 ? m->any : 0;
}

int mix_megatron_rest(struct mix_one *o, const struct weir_indexer_rest_opt *opt, uint64_t consumed,
                      const char *command, struct weir_err *err)
{
    struct megatron m = {.one = o, .n = o->parts.at[0].n_seqs, .length = (uint64_t)opt->length};
    struct mix_keep keep = {.ctx = &m, .stretches = not_read, .left = "seen"};
    int rc = 0;
    if (!opt->length || !opt->samples)
        rc = weir_err_set(err, WEIR_EUSAGE,
                          "--order megatron needs -n, the run's sequence length, and --samples, "
                          "what it was to read in all");
    else if (m.n >= UINT32_MAX)
        rc = weir_err_set(err, WEIR_EFAIL, "too many sequences for --order megatron");
    if (!rc)
        rc = read_lengths(&m, err);
    if (!rc)
        rc = plan_epochs(&m, (uint64_t)opt->samples, err);
    if (!rc && consumed > m.n_samples)
        rc = weir_err_set(err, WEIR_EUSAGE, "%" PRIu64 " samples were read, the run has %" PRIu64,
                          consumed, m.n_samples);
    if (!rc)
        rc = shuffle_all(&m, o->job->seed, err);
    if (!rc)
        rc = add_all(&m, consumed, err);
    free(m.sequences);
    free(m.samples);
    if (!rc)
        rc = mix_one_keep(o, &keep, command, err);
    free(m.lengths);
    free(m.read);
    weir_extsort_free(m.sort);
    return rc;
}
