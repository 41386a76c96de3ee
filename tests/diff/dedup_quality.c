/* What near-duplicate detection finds, against all pairs.
 *   dedup_quality plant N IN.jsonl OUT.jsonl     N documents of IN, and for every fourth a copy in
 * which each word (Chinese: character) is exchanged by chance dedup_quality curve RULE OUT.jsonl
 * share of planted pairs that share a band, by their Jaccard similarity, beside the predicted
 * chance; status 1 when a share is outside its 99.9 % interval dedup_quality verify RULE T
 * OUT.jsonl REJ    dropped documents whose true similarity with their twin is below T (status 1),
 * and pairs of at least T that stayed RULE is that of weir dedup --shingle.  Similarities are
 * exact: common shingles are counted for all pairs by way of the list of documents of each shingle.
 * Documents are cut to 4,000 bytes before copies are made. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dedup/dedup_internal.h"
#include "weir/doc.h"
#include "weir/io.h"
#include "weir/utf8.h"

enum { MOST = 30000, LONGEST = 4000, SHORTEST = 300, BINS = 14 };

struct text {
    char *p, *id;
    size_t n;
    uint32_t *shingle; // sorted, each once
    size_t n_shingle;
    uint8_t sig[DEDUP_MAX_PERM];
};

static struct weir_err err;
static struct text text[MOST];
static size_t n_text;

static void die(const char *what)
{
    fprintf(stderr, "dedup_quality: %s %s\n", what, err.msg);
    exit(2);
}

static struct weir_buf read_file(const char *path)
{
    struct weir_buf b = {0};
    weir_io *io = weir_io_open_read(path, &err);
    ssize_t got = io ? 1 : -1;
    while (got > 0) {
        if (weir_buf_reserve(&b, 1 << 20))
            die("out of memory");
        got = weir_io_read(io, b.p + b.n, 1 << 20, &err);
        b.n += got > 0 ? (size_t)got : 0;
    }
    weir_io_abort(io);
    if (got < 0)
        die(path);
    return b;
}

/* Up to most documents of at least so many bytes, each cut to longest. */
static void load(const char *path, size_t most, size_t least, size_t longest)
{
    struct weir_buf all = read_file(path);
    weir_json *json = weir_json_new(&err);
    for (size_t at = 0; at < all.n && n_text < most;) {
        const char *nl = memchr(all.p + at, '\n', all.n - at);
        const size_t n = (nl ? (size_t)(nl - all.p) : all.n) - at;
        struct weir_doc d;
        struct weir_buf line = {0}; // parsing wants padding behind
        weir_buf_add(&line, all.p + at, n);
        at += n + 1;
        if (weir_doc_parse(json, weir_buf_span(&line), &d, &err))
            die(path);
        size_t keep = d.text.n < longest ? d.text.n : longest;
        keep = weir_utf8_valid(d.text.p, keep);
        if (keep >= least && !memchr(d.text.p, '\0', keep))
            text[n_text++] = (struct text){.n = keep,
                                           .p = strndup(d.text.p, keep),
                                           .id = strndup(d.id.p ? d.id.p : "", d.id.n)};
        weir_buf_free(&line);
    }
    weir_json_free(json);
    weir_buf_free(&all);
}

static uint64_t state = 6;
static uint64_t rng(void) // xorshift64*, Vigna 2016
{
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return state * 0x2545F4914F6CDD1D;
}

static double chance(void)
{
    return (double)(rng() >> 11) / 9007199254740992.0;
}

static void put_line(FILE *f, size_t id, struct weir_span s)
{
    struct weir_buf b = {0};
    weir_buf_add_json(&b, s);
    fprintf(f, "{\"id\":\"%zu\",\"text\":%.*s}\n", id, (int)b.n, b.p);
    weir_buf_free(&b);
}

/* A unit for exchanging: a Han character, or what stands between spaces. */
static size_t unit_at(const char *p, const char *end)
{
    unsigned len;
    const uint32_t c = weir_utf8_decode(p, (size_t)(end - p), &len);
    if (c == ' ' || c == '\n' || c >= 0x2E80)
        return len;
    size_t n = 0;
    while (p + n < end && p[n] != ' ' && p[n] != '\n' && (unsigned char)p[n] < 0xE3)
        n++;
    return n ? n : len;
}

/* A copy whose units are replaced, at the given rate, by others of the same text. */
static void put_copy(FILE *f, size_t id, const struct text *t, double rate)
{
    static size_t from[LONGEST + 1];
    struct weir_buf b = {0};
    size_t n = 0;
    for (size_t at = 0; at < t->n; at += unit_at(t->p + at, t->p + t->n))
        from[n++] = at;
    from[n] = t->n;
    for (size_t i = 0; i < n; i++) {
        const int edit = t->p[from[i]] != ' ' && t->p[from[i]] != '\n' && chance() < rate;
        const size_t k = edit ? rng() % n : i;
        weir_buf_add(&b, t->p + from[k], from[k + 1] - from[k]);
    }
    put_line(f, id, weir_buf_span(&b));
    weir_buf_free(&b);
}

static int plant(size_t n, const char *in, const char *out)
{
    static const double rates[] = {.002, .004, .007, .01, .015, .02, .03, .04, .06, .08};
    FILE *f = fopen(out, "w");
    load(in, n, SHORTEST, LONGEST);
    if (!f)
        die(out);
    for (size_t i = 0; i < n_text; i++)
        put_line(f, i, weir_span(text[i].p, text[i].n));
    for (size_t i = 0, k = 0; i < n_text; i += 4, k++)
        put_copy(f, 1000000 + i, &text[i], rates[k % 10]);
    printf("%zu documents, %zu planted copies\n", n_text, (n_text + 3) / 4);
    return fclose(f) != 0;
}

static int by_value(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Shingle sets and signatures of all texts. */
static void sign_all(const char *name, const struct dedup_plan *plan)
{
    static struct dedup_shingler s;
    static uint32_t code[DEDUP_BLOCK], hash[DEDUP_BLOCK + 1], min[DEDUP_MAX_PERM];
    static struct dedup_perms perms;
    struct dedup_rule rule;
    dedup_fold *fold = dedup_fold_new(&err);
    dedup_kernel *kernel = dedup_minhash_best();
    if (!fold || dedup_rule_parse(name, &rule, &err))
        die(name);
    dedup_perms_init(&perms, plan->num_perm, 1);
    for (size_t i = 0; i < n_text; i++) {
        const struct weir_span all = weir_span(text[i].p, text[i].n);
        struct weir_buf set = {0};
        struct dedup_text t;
        size_t n;
        dedup_text_init(&t, fold, all);
        dedup_shingler_init(&s, fold, rule.unit ? rule.unit : dedup_unit_for(all), rule.n);
        dedup_minhash_start(min, perms.n_lanes);
        do {
            n = dedup_text_next(&t, code);
            const size_t n_hash = dedup_shingle_next(&s, &t, code, n, hash);
            kernel(perms.key, perms.mul, min, perms.n_lanes, hash, n_hash);
            weir_buf_add(&set, hash, n_hash * sizeof *hash);
        } while (n);
        dedup_minhash_fold(min, plan->num_perm, text[i].sig);
        text[i].shingle = (uint32_t *)(void *)set.p;
        n = set.n / sizeof(uint32_t);
        if (n)
            qsort(text[i].shingle, n, sizeof(uint32_t), by_value);
        for (size_t k = 0; k < n; k++)
            if (!k || text[i].shingle[k] != text[i].shingle[k - 1])
                text[i].shingle[text[i].n_shingle++] = text[i].shingle[k];
    }
    dedup_fold_free(fold);
}

static double jaccard(const struct text *a, const struct text *b)
{
    size_t i = 0, k = 0, both = 0;
    while (i < a->n_shingle && k < b->n_shingle) {
        const uint32_t x = a->shingle[i], y = b->shingle[k];
        both += x == y;
        i += x <= y;
        k += y <= x;
    }
    return a->n_shingle + b->n_shingle > both
               ? (double)both / (double)(a->n_shingle + b->n_shingle - both)
               : 0;
}

static int share_a_band(const struct dedup_plan *p, const struct text *a, const struct text *b)
{
    for (unsigned i = 0; i < p->bands; i++)
        if (!memcmp(a->sig + i * p->rows, b->sig + i * p->rows, p->rows))
            return 1;
    return 0;
}

struct bin {
    double n, predicted, variance, found;
};

static int print_bins(const struct bin *bin, const struct dedup_plan *p, const char *what)
{
    int outside = 0;
    printf("%s, %u bands of %u rows\nsimilarity    pairs  predicted  measured  99.9 %% interval\n",
           what, p->bands, p->rows);
    for (int i = 0; i < BINS; i++) {
        if (bin[i].n < 20)
            continue;
        const double mean = bin[i].predicted / bin[i].n, share = bin[i].found / bin[i].n;
        // Wide by one pair, for the steps of what is counted.
        const double wide = 3.29 * sqrt(bin[i].variance) / bin[i].n + 1 / bin[i].n;
        const int bad = fabs(share - mean) > wide;
        printf(".%02d to %.2f  %7.0f     %.4f    %.4f  %.4f to %.4f%s\n", 30 + 5 * i, .35 + .05 * i,
               bin[i].n, mean, share, fmax(0, mean - wide), fmin(1, mean + wide),
               bad ? "  OUTSIDE" : "");
        outside |= bad;
    }
    return outside;
}

static void add_pair(struct bin *bin, const struct dedup_plan *p, const struct text *a,
                     const struct text *b, double j)
{
    const int at = (int)((j - .3) / .05 + 1e-9);
    if (j < .3 || at >= BINS)
        return;
    const double q = dedup_plan_collide(p, j);
    bin[at].n++;
    bin[at].predicted += q;
    bin[at].variance += q * (1 - q);
    bin[at].found += share_a_band(p, a, b);
}

/* Calls pair() for all pairs with a shingle in common, by counting along the list of each shingle.
 */
static void all_pairs(void (*pair)(void *ctx, size_t a, size_t b, double j), void *ctx)
{
    struct entry {
        uint32_t hash, doc;
    } * list;
    size_t n = 0, k = 0;
    for (size_t i = 0; i < n_text; i++)
        n += text[i].n_shingle;
    list = malloc(n * sizeof *list + 1);
    size_t *begin = calloc(((size_t)1 << 24) + 2, sizeof *begin); // by the hash's top 24 bits
    uint16_t *count = calloc(n_text + 1, sizeof *count);
    uint32_t *met = malloc(n_text * sizeof *met + 1);
    if (!list || !begin || !count || !met)
        die("out of memory");
    for (size_t i = 0; i < n_text; i++)
        for (size_t s = 0; s < text[i].n_shingle; s++)
            begin[(text[i].shingle[s] >> 8) + 1]++;
    for (size_t i = 0; i < (size_t)1 << 24; i++)
        begin[i + 1] += begin[i];
    size_t *at = malloc(((size_t)1 << 24) * sizeof *at);
    if (!at)
        die("out of memory");
    memcpy(at, begin, ((size_t)1 << 24) * sizeof *at);
    for (size_t i = 0; i < n_text; i++) { // documents before i are in the lists
        size_t n_met = 0;
        for (size_t s = 0; s < text[i].n_shingle; s++) {
            const uint32_t h = text[i].shingle[s];
            for (k = begin[h >> 8]; k < at[h >> 8]; k++)
                if (list[k].hash == h && !count[list[k].doc]++)
                    met[n_met++] = list[k].doc;
            list[at[h >> 8]++] = (struct entry){h, (uint32_t)i};
        }
        for (k = 0; k < n_met; k++) {
            const struct text *b = &text[met[k]];
            const double both = count[met[k]];
            count[met[k]] = 0;
            pair(ctx, met[k], i, both / ((double)(text[i].n_shingle + b->n_shingle) - both));
        }
    }
    free(list), free(begin), free(count), free(met), free(at);
}

enum { SHAPES = 3 };

struct curve {
    struct dedup_plan plan[SHAPES];
    struct bin planted[SHAPES][BINS], all[SHAPES][BINS];
    double n_pairs;
};

static void curve_pair(void *ctx, size_t a, size_t b, double j)
{
    struct curve *c = ctx;
    const int planted = strtoull(text[b].id, NULL, 10) == 1000000 + strtoull(text[a].id, NULL, 10);
    c->n_pairs++;
    for (int i = 0; i < SHAPES; i++) {
        add_pair(c->all[i], &c->plan[i], &text[a], &text[b], j);
        if (planted)
            add_pair(c->planted[i], &c->plan[i], &text[a], &text[b], j);
    }
}

static int curve(const char *rule, const char *path)
{
    static const unsigned shapes[SHAPES][2] = {{9, 13}, {14, 8}, {25, 5}};
    static struct curve c;
    struct weir_dedup_opt opt;
    int outside = 0;
    load(path, MOST, 0, SIZE_MAX); // a copy may be longer than what it is of
    for (int i = 0; i < SHAPES; i++) {
        weir_dedup_opt_init(&opt);
        opt.bands = shapes[i][0], opt.rows = shapes[i][1];
        if (dedup_plan_init(&c.plan[i], &opt, &err))
            die("plan");
    }
    sign_all(rule, &c.plan[0]);
    all_pairs(curve_pair, &c);
    printf("%s: %zu documents, %.0f pairs with a common shingle\n", rule, n_text, c.n_pairs);
    for (int i = 0; i < SHAPES; i++) {
        outside |= print_bins(c.planted[i], &c.plan[i], "planted pairs");
        print_bins(c.all[i], &c.plan[i], "all pairs");
    }
    return outside;
}

static size_t find_id(const char *id, size_t n)
{
    for (size_t i = 0; i < n_text; i++)
        if (strlen(text[i].id) == n && !memcmp(text[i].id, id, n))
            return i;
    die("a reject of no document");
    return 0;
}

struct missed {
    double threshold, n, kept;
    const uint8_t *dropped;
};

static void missed_pair(void *ctx, size_t a, size_t b, double j)
{
    struct missed *m = ctx;
    if (j < m->threshold)
        return;
    m->n++;
    m->kept += !m->dropped[a] && !m->dropped[b];
}

static int verify(const char *rule, double threshold, const char *path, const char *rejects)
{
    static uint8_t dropped[MOST];
    struct weir_dedup_opt opt;
    struct dedup_plan plan;
    weir_dedup_opt_init(&opt);
    load(path, MOST, 0, SIZE_MAX); // a copy may be longer than what it is of
    if (dedup_plan_init(&plan, &opt, &err))
        die("plan");
    sign_all(rule, &plan);
    struct weir_buf b = read_file(rejects);
    size_t n = 0, below = 0;
    weir_buf_addc(&b, '\0');
    for (char *p = b.p; (p = strstr(p, "\"twin\":\"")); n++) {
        const char *twin = p + 8, *id = strstr(p, "\"record\":{\"id\":\"");
        p = id ? strchr(p, '\n') : NULL;
        if (!p)
            die(rejects);
        const size_t a = find_id(twin, strcspn(twin, "\"")),
                     d = find_id(id + 16, strcspn(id + 16, "\""));
        below += jaccard(&text[a], &text[d]) < threshold - 1e-12;
        dropped[d] = 1;
    }
    weir_buf_free(&b);
    struct missed m = {.threshold = threshold, .dropped = dropped};
    all_pairs(missed_pair, &m);
    printf("%s at %g: %zu dropped, %zu of them below (precision %.4f); of %.0f pairs at or above, "
           "%.0f "
           "have both documents left\n",
           rule, threshold, n, below, n ? 1 - (double)below / (double)n : 1, m.n, m.kept);
    return below > 0 || !n;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "plant"))
        return plant(strtoul(argv[2], NULL, 10), argv[3], argv[4]);
    if (argc == 4 && !strcmp(argv[1], "curve"))
        return curve(argv[2], argv[3]);
    if (argc == 6 && !strcmp(argv[1], "verify"))
        return verify(argv[2], strtod(argv[3], NULL), argv[4], argv[5]);
    die("plant N IN OUT | curve RULE DOCS | verify RULE T DOCS REJECTS");
    return 2;
}
