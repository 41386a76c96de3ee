/* A mix against a model of it that holds everything in memory and follows docs/formats.md, "Mix",
 * word by word; and moving by buckets against moving one by one. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/index_reader.h"
#include "indexer/mix_move.h"
#include "lib/xxh.h"
#include "weir/indexer.h"

enum { N_SOURCES = 3, MAX = 200, MAX_ITEMS = 40000 };

static uint64_t state = 1;

static uint64_t draw(uint64_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
}

static void put(FILE *f, const void *p, size_t n)
{
    assert(fwrite(p, 1, n, f) == n);
}

/* Every token of sample k of source s is 1000 s + k. */
static void write_set(const char *name, const uint32_t *n, uint32_t n_n, uint32_t first)
{
    char path[64];
    const uint64_t counts[3] = {1, n_n, n_n + 1};
    uint64_t at = 0;
    snprintf(path, sizeof path, "%s.bin", name);
    FILE *bin = fopen(path, "wb");
    snprintf(path, sizeof path, "%s.idx", name);
    FILE *idx = fopen(path, "wb");
    assert(bin && idx);
    put(idx, "MMIDIDX\0", 9), put(idx, counts, 8), put(idx, "\4", 1), put(idx, counts + 1, 16);
    put(idx, n, 4 * (size_t)n_n);
    for (uint32_t i = 0; i < n_n; i++) {
        const uint32_t token = first + i;
        put(idx, &at, 8);
        for (uint32_t k = 0; k < n[i]; k++)
            put(bin, &token, 4);
        at += 4 * (uint64_t)n[i];
    }
    for (uint64_t i = 0; i <= n_n; i++)
        put(idx, &i, 8);
    assert(!fclose(bin) && !fclose(idx));
}

/* ---- the model ---- */

struct item {
    uint32_t phase, take, copy, n, token;
    uint64_t rank, ordinal, time;
};

struct source {
    uint32_t n[MAX], n_n;
    struct item stream[MAX_ITEMS]; // copies, each by rank
    size_t n_stream, at;
};

static struct source sources[N_SOURCES];

static int by_stream(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->copy != y->copy)
        return x->copy < y->copy ? -1 : 1;
    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static int by_order(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->phase != y->phase)
        return x->phase < y->phase ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->take != y->take ? (x->take < y->take ? -1 : 1) : by_stream(a, b);
}

static void make_stream(uint64_t s, uint64_t seed, int order)
{
    struct source *x = &sources[s];
    x->n_stream = x->at = 0;
    for (uint32_t copy = 0; copy < MAX_ITEMS / x->n_n; copy++)
        for (uint64_t i = 0; i < x->n_n; i++) {
            const uint64_t key[3] = {s, copy, i};
            const uint64_t even = (uint64_t)(((unsigned __int128)i << 64) / x->n_n);
            x->stream[x->n_stream++] =
                (struct item){.copy = copy,
                              .ordinal = i,
                              .n = x->n[i],
                              .token = (uint32_t)(1000 * s + i),
                              .rank = order ? even : XXH3_64bits_withSeed(key, sizeof key, seed)};
        }
    qsort(x->stream, x->n_stream, sizeof *x->stream, by_stream);
}

static unsigned __int128 place(const struct item *i)
{
    return (unsigned __int128)i->copy << 64 | i->rank;
}

/* Takes amount tokens (or samples) of the stream, which begins at *from and is moved on; gives how
 * many items. */
static size_t take(struct source *x, uint64_t amount, int by_tokens, int whole, int order,
                   unsigned __int128 *from, uint32_t phase, uint32_t number, struct item *to)
{
    size_t n = 0;
    uint64_t sum = 0;
    unsigned __int128 begin = *from, end;
    for (;; x->at++, n++) {
        to[n] = x->stream[x->at];
        if (sum + (by_tokens ? to[n].n : 1) > amount)
            break;
        sum += by_tokens ? to[n].n : 1;
    }
    end = place(&x->stream[x->at]);
    if (sum == amount && x->at % x->n_n == 0) // behind a whole copy
        end = (unsigned __int128)x->stream[x->at].copy << 64;
    *from = end;
    if (by_tokens && !whole && sum < amount) {
        to[n].n = (uint32_t)(amount - sum);
        n++, x->at++;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned __int128 at = place(&to[i]) - begin, length = end - begin;
        to[i].phase = phase, to[i].take = number;
        if (at >= length) {
            to[i].time = UINT64_MAX;
        } else {
            while (length >> 64)
                length >>= 1, at >>= 1;
            const unsigned __int128 t = (at << 64) / length;
            to[i].time = t >> 64 ? UINT64_MAX : (uint64_t)t;
        }
        if (order == WEIR_MIX_SEQUENTIAL)
            to[i].time = 0;
    }
    return n;
}

static void compare(const char *name, const struct item *items, size_t n)
{
    struct index_reader r;
    struct weir_err err = {0};
    assert(!index_reader_open(&r, name, &err));
    assert(r.n_seqs == n);
    for (size_t i = 0; i < n; i++) {
        struct index_seq s;
        uint32_t ids[16];
        assert(!index_reader_seqs(&r, i, 1, &s, &err) && s.n == items[i].n);
        assert(!index_reader_ids(&r, s.at, (size_t)s.n, ids, &err));
        for (int64_t k = 0; k < s.n; k++)
            assert(ids[k] == items[i].token);
    }
    index_reader_close(&r);
}

static void test_random_mix(void)
{
    static struct item items[MAX_ITEMS];
    static char spec[8192];
    char *s = spec, name[8];
    size_t n_items = 0;
    uint32_t n_takes = 0;
    unsigned __int128 from[N_SOURCES] = {0};
    const int order = (int)draw(3), whole = (int)draw(2);
    const uint64_t seed = draw(1000);
    for (uint64_t i = 0; i < N_SOURCES; i++) {
        sources[i].n_n = 1 + (uint32_t)draw(MAX);
        for (uint32_t k = 0; k < sources[i].n_n; k++)
            sources[i].n[k] = 1 + (uint32_t)draw(9);
        snprintf(name, sizeof name, "s%d", (int)i);
        write_set(name, sources[i].n, sources[i].n_n, (uint32_t)(1000 * i));
        make_stream(i, seed, order);
        s += sprintf(s, "source x%d s%d\n", (int)i, (int)i);
    }
    for (uint32_t phase = 0; phase < 3; phase++) {
        s += sprintf(s, "phase p%u\n", phase);
        for (int i = 0; i < N_SOURCES; i++) {
            const int by_tokens = draw(3) > 0;
            const uint64_t amount = 1 + draw(by_tokens ? 1500 : 300);
            struct source *x = &sources[i];
            s += sprintf(s, "take x%d %s %d\n", i, by_tokens ? "tokens" : "samples", (int)amount);
            struct item *to = items + n_items;
            const size_t n =
                take(x, amount, by_tokens, whole, order, &from[i], phase, n_takes++, to);
            uint64_t sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += to[k].n;
            assert(!by_tokens || whole ? sum <= amount || !by_tokens : sum == amount);
            n_items += n;
        }
    }
    qsort(items, n_items, sizeof *items, by_order);
    FILE *f = fopen("spec", "w");
    assert(f && fputs(spec, f) >= 0 && !fclose(f));
    struct weir_job job;
    struct weir_err err = {0};
    struct weir_indexer_mix_opt opt;
    const char *const inputs[] = {"spec"};
    weir_indexer_mix_opt_init(&opt);
    opt.order = order;
    opt.whole = whole;
    weir_job_init(&job, "mix");
    job.inputs = inputs, job.n_inputs = 1, job.output = "mixed", job.temp_dir = ".",
    job.seed = seed;
    job.memory = draw(2) ? 1 << 20 : 1 << 30;
    job.threads = draw(2) ? 1 : 4;
    if (weir_indexer_mix_run(&opt, &job, &err)) {
        fprintf(stderr, "%s\n%s", err.msg, spec);
        assert(0);
    }
    weir_job_free(&job);
    compare("mixed", items, n_items);
}

/* ---- moving ---- */

/* The moves once more, in one way: 0 … 2 windows, 3 buckets. */
static void check_way(struct mix_moves *m, const struct index_parts *parts, uint32_t pad, int way,
                      struct weir_job *job, const struct weir_buf *want)
{
    struct weir_err err = {0};
    struct weir_buf got = {0};
    weir_io *out = weir_io_open_buf(&got, &err);
    assert(out && !weir_io_rewind(m->list, &err));
    const int rc = way < 3 ? mix_windows_run(m, parts, pad, (enum mix_reading)way, job, out, &err)
                           : mix_buckets_run(m, parts, pad, job, out, &err);
    assert(!rc && !weir_io_close(out, &err));
    assert(got.n == want->n && !memcmp(got.p, want->p, got.n));
    weir_buf_free(&got);
}

static void test_ways(void)
{
    enum { BYTES = 24 << 20, N_PARTS = 3 };
    static unsigned char data[N_PARTS][BYTES / N_PARTS];
    struct index_part parts_at[N_PARTS];
    static const char *const names[N_PARTS] = {"m0", "m1", "m2"};
    struct index_parts parts = {.at = parts_at, .n = N_PARTS, .width = 4};
    struct weir_buf got = {0}, want = {0};
    struct mix_moves m = {0};
    struct weir_err err = {0};
    struct weir_job job;
    const uint32_t pad = 0x01020304;
    for (int i = 0; i < N_PARTS; i++) {
        char path[16];
        for (size_t k = 0; k < sizeof data[i]; k++)
            data[i][k] = (unsigned char)draw(256);
        snprintf(path, sizeof path, "%s.bin", names[i]);
        FILE *f = fopen(path, "wb");
        assert(f && fwrite(data[i], 1, sizeof data[i], f) == sizeof data[i] && !fclose(f));
        parts_at[i] = (struct index_part){names[i], 1, sizeof data[i] / 4, sizeof data[i]};
    }
    weir_job_init(&job, "mix");
    job.memory = 8 << 20, job.temp_dir = ".";
    assert(!mix_moves_open(&m, ".", &err));
    while (want.n < BYTES) {
        const uint32_t part = (uint32_t)draw(N_PARTS);
        const uint64_t n = 4 * (1 + draw(draw(50) ? 2000 : 500000));
        const uint64_t at = 4 * draw((sizeof data[0] - n) / 4);
        assert(!mix_moves_add(&m, part, at, n, &err));
        weir_buf_add(&want, data[part] + at, n);
        if (draw(3))
            continue;
        const uint64_t pads = draw(300);
        assert(!mix_moves_add(&m, MIX_PAD, 0, 4 * pads, &err));
        for (uint64_t k = 0; k < pads; k++)
            weir_buf_add(&want, &pad, 4);
    }
    assert(!mix_moves_add(&m, 0, 0, 4, &err)); // the last one is put down by mix_moves_run()
    weir_buf_add(&want, data[0], 4);
    weir_io *out = weir_io_open_buf(&got, &err);
    assert(out && !mix_moves_run(&m, &parts, pad, &job, out, &err) && !weir_io_close(out, &err));
    assert(got.n == want.n && !memcmp(got.p, want.p, got.n));
    for (int way = 0; way < 4; way++)
        for (int run = 0; run < 3; run++) {
            job.memory = (uint64_t)(run ? 100 : 8) << 20;
            job.threads = run == 2 ? 4 : 1;
            check_way(&m, &parts, pad, way, &job, &want);
        }
    mix_moves_free(&m);
    weir_buf_free(&got);
    weir_buf_free(&want);
    weir_job_free(&job);
}

int main(void)
{
    for (int i = 0; i < 60; i++)
        test_random_mix();
    test_ways();
    return 0;
}
